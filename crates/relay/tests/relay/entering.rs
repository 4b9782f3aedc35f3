//! Before a session: entering PVE's console, and a browser that waits or is sent away.

use nexus_relay::rfb::SecurityError;
use nexus_relay::{Browser, EndReason, EndSignal, HandshakeError, Session, authenticate};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::peers::{Peer, Rig, bounded, control, frame, hello, let_in, pair};

/// What a console of PVE sends, frame by frame, until it has let us in.
const ENTERED: [&[u8]; 4] = [b"RFB 003.008\n", &[1, 2], &[7; 16], &[0; 4]];

/// Enters a console that sends `bytes` at once and then closes.
async fn enter(bytes: &[u8], tls: bool) -> Result<(), HandshakeError> {
    let (ours, mut pve) = pair(tls).await;
    let console = async {
        pve.write_all(bytes).await.unwrap();
        pve.shutdown().await.unwrap();
        let mut said = Vec::new();
        let _ = pve.read_to_end(&mut said).await;
    };
    let enter = async { authenticate(ours, b"PASSWORD").await.map(drop) };
    tokio::join!(enter, console).0
}

fn frames(payloads: &[&[u8]]) -> Vec<u8> {
    payloads.iter().flat_map(|payload| frame(0x82, None, payload)).collect()
}

#[tokio::test]
async fn a_console_may_close_at_every_step() {
    bounded(async {
        let whole = frames(&ENTERED);
        for len in 0..whole.len() {
            let error = enter(&whole[..len], len % 8 == 0).await.unwrap_err();
            assert!(matches!(error, HandshakeError::Closed), "after {len} bytes: {error:?}");
            assert_eq!(error.end_reason(), EndReason::PveClosed);
        }
        assert!(enter(&whole, true).await.is_ok());
        // A close frame is no other thing.
        let bytes = [frames(&ENTERED[..2]), frame(0x88, None, &[3, 232])].concat();
        assert!(matches!(enter(&bytes, false).await, Err(HandshakeError::Closed)));
    })
    .await;
}

#[tokio::test]
async fn refusals_of_a_console_are_told_apart() {
    bounded(async {
        let failed = [&ENTERED[..3], &[&[0, 0, 0, 1], b"\0\0\0\x16Authentication failed\0"]].concat();
        let error = enter(&frames(&failed), true).await.unwrap_err();
        assert!(error.is_auth_failed());
        assert_eq!(error.end_reason(), EndReason::PveAuthFailed);
        assert_eq!(error.to_string(), "the console did not take the password: Authentication failed");

        let cases: [(&[&[u8]], SecurityError); 3] = [
            (&[b"RFB 004.000\n"], SecurityError::Version),
            (&[b"RFB 003.008\n", &[2, 19, 30]], SecurityError::Types(vec![19, 30])),
            (&[b"RFB 003.008\n", &[0, 0, 0, 0, 4], b"full"], SecurityError::Refused("full".to_owned())),
        ];
        for (payloads, expected) in cases {
            let error = enter(&frames(payloads), false).await.unwrap_err();
            assert_eq!(error.end_reason(), EndReason::PveProtocol);
            assert!(matches!(error, HandshakeError::Security(security) if security == expected));
        }
        for garbage in [&b"SSH-2.0-OpenSSH"[..], &frame(0x81, None, b"RFB 003.008\n"), &frame(0x82, Some([1; 4]), b"R")]
        {
            let error = enter(garbage, false).await.unwrap_err();
            assert!(matches!(error, HandshakeError::Frame(_)), "{error:?}");
            assert_eq!(error.end_reason(), EndReason::PveProtocol);
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_is_no_tls_any_more_is_an_error() {
    bounded(async {
        let (ours, pve) = pair(true).await;
        drop(pve);
        let error = authenticate(ours, b"PASSWORD").await.unwrap_err();
        assert!(matches!(error, HandshakeError::Closed), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn what_came_beyond_the_handshake_is_passed_on_in_whole_frames() {
    bounded(async {
        // The last four bytes of the handshake and more in one frame, another frame behind, the next one begun.
        let late = frame(0x82, None, &[&[0; 4][..], b"rest of this frame"].concat());
        let behind = frame(0x82, None, &vec![9; 500]);
        let all = [&frames(&ENTERED[..3])[..], &late, &behind].concat();
        let begun = all.len() - behind.len();
        for cut in (begun - late.len()..all.len()).step_by(7).chain([begun + 1, begun + 2, begun + 3]) {
            let (browser, ours) = pair(false).await;
            let (upstream, pve) = pair(true).await;
            let (mut browser, mut pve) = (Peer { stream: browser }, Peer { stream: pve });
            pve.raw(&all[..cut]).await;
            let finish = async {
                // The answer to the challenge is the third thing said: what follows is told to a browser only.
                for _ in 0..3 {
                    pve.frame().await.unwrap();
                }
                pve.raw(&all[cut..]).await;
                pve
            };
            let (upstream, _pve) = tokio::join!(authenticate(upstream, b"PASSWORD"), finish);
            let end = EndSignal::new();
            let session = Session::new(Browser::new(ours), upstream.unwrap(), control());
            let task = tokio::spawn(session.run(end.clone()));
            hello(&mut browser).await;
            assert_eq!(browser.binary().await, b"rest of this frame", "cut after {cut}");
            assert_eq!(browser.binary().await, vec![9; 500], "cut after {cut}");
            end.end(EndReason::Shutdown);
            browser.told(EndReason::Shutdown).await;
            assert_eq!(task.await.unwrap().reason, EndReason::Shutdown);
        }
    })
    .await;
}

#[tokio::test]
async fn a_browser_is_told_why_there_is_no_console() {
    bounded(async {
        for tls in [false, true] {
            let (browser, ours) = pair(tls).await;
            let close = Browser::new(ours).close(EndReason::NodeFull);
            let mut browser = Peer { stream: browser };
            tokio::join!(close, browser.told(EndReason::NodeFull));
        }
        // One that does not listen is not waited for.
        let (browser, ours) = pair(true).await;
        drop(browser);
        Browser::new(ours).close(EndReason::ConsoleGone).await;
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_leaves_while_it_waits_is_noticed() {
    bounded(async {
        for tls in [false, true] {
            let (browser, ours) = pair(tls).await;
            let mut ours = Browser::new(ours);
            drop(browser);
            ours.gone().await;

            let (browser, ours) = pair(tls).await;
            let (mut browser, mut ours) = (Peer { stream: browser }, Browser::new(ours));
            let chat = async {
                loop {
                    browser.up(&[0; 1000]).await;
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                () = ours.gone() => {}
                () = chat => unreachable!("it never stops"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn waiting_for_a_browser_to_leave_loses_nothing() {
    bounded(async {
        let (browser, ours) = pair(true).await;
        let (upstream, pve) = pair(false).await;
        let (mut browser, mut pve) = (Peer { stream: browser }, Peer { stream: pve });
        let mut ours = Browser::new(ours);
        // The browser is early; its words come in two parts while `gone` runs and is dropped twice.
        let words = frame(0x82, Some([7; 4]), b"RFB 003.008\n\x01\x00");
        for part in [&words[..5], &words[5..]] {
            browser.raw(part).await;
            for _ in 0..3 {
                tokio::select! {
                    biased;
                    () = ours.gone() => panic!("it is there"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        let (upstream, ()) = tokio::join!(authenticate(upstream, b"PASSWORD"), let_in(&mut pve));
        let session = Session::new(ours, upstream.unwrap(), control());
        let (end, stats) = (EndSignal::new(), session.stats());
        let task = tokio::spawn(session.run(end.clone()));
        let mut rig = Rig { browser, pve, end, stats, task };
        assert_eq!(rig.pve.binary().await, [1]);
        rig.end.end(EndReason::EndedByAdmin);
        rig.ends(EndReason::EndedByAdmin).await;
    })
    .await;
}
