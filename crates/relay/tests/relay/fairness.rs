//! One console that always has bytes must not keep its thread's others waiting; counted in turns, not in time.

use nexus_net::stream::BIG;
use nexus_relay::{Browser, EndReason, EndSignal, Options, Session, authenticate};

use crate::peers::{Peer, Rig, bounded, control, frame, let_in, pair};

/// How many turns the busy console has work for.
const TURNS: u64 = 96;

/// What a browser sends that pastes without end into a guest that takes no texts: every turn has bytes to read, and
/// no socket has to be waited for.
fn pastes() -> Vec<u8> {
    let mut text = vec![6, 0, 0, 0];
    text.extend_from_slice(&(1_u32 << 20).to_be_bytes());
    text.resize(8 + (1 << 20), b'x');
    let text = frame(0x82, Some([1, 2, 3, 4]), &text);
    let mut all = frame(0x82, Some([0; 4]), b"RFB 003.008\n\x01\x01");
    while all.len() < TURNS as usize * BIG {
        all.extend_from_slice(&text);
    }
    all
}

#[tokio::test]
async fn a_busy_console_lets_the_others_have_their_turns() {
    bounded(async {
        let mut rig = Rig::live(control()).await;
        let ((_browser, mut ours), (upstream, pve)) = (pair(false).await, pair(false).await);
        let mut pve = Peer { stream: pve };
        let (upstream, ()) = tokio::join!(authenticate(upstream, b"PASSWORD"), let_in(&mut pve));
        ours.unread(&pastes());
        let options = Options { clipboard_in: false, ..control() };
        let busy = Session::new(Browser::new(ours), upstream.unwrap(), options);
        let (stats, end) = (busy.stats(), EndSignal::new());
        let busy = tokio::spawn(busy.run(end.clone()));
        while stats.turns() == 0 {
            tokio::task::yield_now().await;
        }
        // Peers, relay and test share one thread: an echo is four hand-overs, each behind a turn of the busy one.
        let mut worst = 0;
        for round in 0..8_u8 {
            let before = stats.turns();
            rig.browser.up(&[4, 1, 0, 0, 0, 0, 0, round]).await;
            let echo = rig.pve.binary().await;
            rig.pve.down(&echo).await;
            assert_eq!(rig.browser.binary().await[7], round);
            worst = worst.max(stats.turns() - before);
        }
        assert!(stats.turns() < TURNS, "the busy console has been busy all the time");
        assert!((1..=10).contains(&worst), "an echo waited for {worst} turns of another console");

        end.end(EndReason::EndedByAdmin);
        assert_eq!(busy.await.unwrap().reason, EndReason::EndedByAdmin);
        rig.end.end(EndReason::EndedByAdmin);
        rig.ends(EndReason::EndedByAdmin).await;
    })
    .await;
}
