//! Whole sessions between a browser and a console made by hand: what passes, and how a session ends.

use std::time::Duration;

use crate::peers::{CLOSE, PING, PONG, Rig, bounded, control, frame};
use nexus_relay::{EndReason, Options, State};

const KEY: [u8; 8] = [4, 1, 0, 0, 0, 0, 0, 0x61];
const ASK: [u8; 10] = [3, 0, 0, 0, 0, 0, 2, 208, 1, 144];
const MASK: Option<[u8; 4]> = Some([9, 8, 7, 6]);

fn short(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[tokio::test]
async fn a_person_sees_and_types() {
    bounded(async {
        for tls in [false, true] {
            let mut rig = Rig::live_with(control(), tls, |session| session).await;
            rig.pve.down(b"server init").await;
            assert_eq!(rig.browser.binary().await, b"server init");
            assert_eq!(rig.stats.state(), State::Live);
            rig.browser.up(&KEY).await;
            let typed = rig.pve.frame().await.unwrap();
            assert_eq!((typed.first, typed.mask, &typed.payload[..]), (0x82, Some([0; 4]), &KEY[..]));
            // Frames come through as PVE made them, of any size.
            for len in [0, 1, 125, 126, 65_535, 65_536, 131_072] {
                let picture: Vec<u8> = (0..len).map(|i| (i % 253) as u8).collect();
                rig.pve.down(&picture).await;
                assert!(rig.browser.binary().await == picture, "{len} bytes");
            }
            rig.end.end(EndReason::EndedByAdmin);
            rig.ends(EndReason::EndedByAdmin).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_is_always_shared_and_counted() {
    bounded(async {
        // `live` checks that a ClientInit of 0 reaches PVE as 1.
        let mut rig = Rig::live(control()).await;
        rig.browser.up(&[&ASK[..], &KEY].concat()).await;
        assert_eq!(rig.pve.binary().await, [&ASK[..], &KEY].concat());
        rig.pve.down(&[5; 98]).await;
        rig.browser.binary().await;
        rig.browser.raw(&frame(0x80 | CLOSE, MASK, &1001_u16.to_be_bytes())).await;
        let ended = rig.task.await.unwrap();
        assert_eq!((ended.reason, ended.bytes_up, ended.bytes_down), (EndReason::ClientClosed, 1 + 18, 100));
        let echo = rig.browser.frame().await.unwrap();
        assert_eq!((echo.first, echo.payload), (0x80 | CLOSE, 1001_u16.to_be_bytes().to_vec()));
        assert_eq!(rig.stats.state(), State::Ended);
    })
    .await;
}

#[tokio::test]
async fn a_paste_is_cut_into_frames_that_pve_takes() {
    bounded(async {
        let mut rig = Rig::live(control()).await;
        let mut paste = vec![6, 0, 0, 0];
        paste.extend_from_slice(&(300_000_u32).to_be_bytes());
        paste.resize(300_008, b'x');
        // Fragmented by the browser at an odd place, with a ping between the fragments (RFC 6455 section 5.4).
        let (one, two) = paste.split_at(100_001);
        let bytes = [frame(0x02, MASK, one), frame(0x80 | PING, MASK, b"now"), frame(0x80, MASK, two)].concat();
        let send = async {
            rig.browser.raw(&bytes).await;
            loop {
                let frame = rig.browser.frame().await.unwrap();
                if frame.first == 0x80 | PONG {
                    return frame.payload;
                }
            }
        };
        let receive = async {
            let mut got = Vec::new();
            while got.len() < paste.len() {
                let frame = rig.pve.frame().await.unwrap();
                assert_eq!((frame.first, frame.mask), (0x82, Some([0; 4])), "whole, with the zero mask");
                assert!(frame.payload.len() <= 65_536);
                got.extend_from_slice(&frame.payload);
            }
            got
        };
        let (pong, got) = tokio::join!(send, receive);
        assert!(got == paste);
        assert_eq!(pong, b"now");
    })
    .await;
}

#[tokio::test]
async fn a_watcher_cannot_do_anything() {
    bounded(async {
        let forbidden: [&[u8]; 7] = [
            &KEY,
            &[5, 1, 0, 9, 0, 9],
            &[6, 0, 0, 0, 0, 0, 0, 1, b'x'],
            &[6, 0, 0, 0, 255, 255, 255, 252, 1, 0, 0, 0],
            &[251, 0, 2, 208, 1, 144, 0, 0],
            &[255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30],
            &[250, 0, 1, 2],
        ];
        for message in forbidden {
            let mut rig = Rig::live(Options { clipboard_in: true, clipboard_out: true, ..Options::default() }).await;
            rig.browser.up(&ASK).await;
            assert_eq!(rig.pve.binary().await, ASK);
            rig.browser.up(message).await;
            rig.ends(EndReason::ProtocolError).await;
        }
    })
    .await;
}

#[tokio::test]
async fn bad_frames_from_a_browser_end_the_session() {
    bounded(async {
        let key = &KEY[..];
        let bad = [
            ("unmasked", frame(0x82, None, key)),
            ("reserved bit", frame(0xc2, MASK, key)),
            ("unknown opcode", frame(0x83, MASK, key)),
            ("text", frame(0x81, MASK, key)),
            ("continuation of nothing", frame(0x80, MASK, key)),
            ("a message inside another", [frame(0x02, MASK, &[4]), frame(0x82, MASK, key)].concat()),
            ("a long ping", frame(0x89, MASK, &[0; 126])),
            ("a fragmented ping", frame(0x09, MASK, b"")),
            ("a huge frame", vec![0x82, 0xff, 0, 0, 0, 0x10, 0, 0, 0, 0]),
            ("an impossible length", vec![0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            ("a padded length", vec![0x82, 0xfe, 0, 8]),
            ("half a close code", frame(0x88, MASK, &[3])),
        ];
        for (what, bytes) in bad {
            let mut rig = Rig::live(control()).await;
            rig.browser.raw(&bytes).await;
            assert_eq!(rig.browser.close().await.0, EndReason::ProtocolError.code(), "{what}");
            drop(rig.browser);
            assert_eq!(rig.task.await.unwrap().reason, EndReason::ProtocolError, "{what}");
            assert_eq!(rig.pve.rest().await, b"", "{what}: nothing reaches PVE");
        }
    })
    .await;
}

#[tokio::test]
async fn messages_of_huge_length_are_refused_before_they_come() {
    bounded(async {
        let huge: [&[u8]; 5] = [
            &[6, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff],
            &[6, 0, 0, 0, 0x80, 0, 0, 0, 1, 0, 0, 0],
            &[2, 0, 0xff, 0xff],
            &[248, 0, 0, 0, 0, 0, 0, 0, 65],
            &[251, 0, 0, 1, 0, 1, 255, 0],
        ];
        for message in huge {
            let mut rig = Rig::live(control()).await;
            rig.browser.up(message).await;
            rig.ends(EndReason::ProtocolError).await;
        }
    })
    .await;
}

#[tokio::test]
async fn other_answers_to_the_greeting_end_the_session() {
    bounded(async {
        for answer in [&b"RFB 003.003\n"[..], b"RFB 003.008\n\x02", b"GET / HTTP/1.1"] {
            let mut rig = Rig::begin(control(), false).await;
            rig.browser.up(answer).await;
            rig.ends(EndReason::ProtocolError).await;
        }
    })
    .await;
}

#[tokio::test]
async fn clipboard_is_kept_where_it_may_not_go() {
    bounded(async {
        let mut rig = Rig::live(Options { clipboard_in: false, clipboard_out: false, ..control() }).await;
        // Raw, the extended clipboard, power control, audio, desktop size.
        let asked: Vec<u8> =
            [0, 0xC0A1_E5CE_u32 as i32, -309, -259, -223].iter().flat_map(|e: &i32| e.to_be_bytes()).collect();
        rig.browser.up(&[&[2, 0, 0, 5][..], &asked].concat()).await;
        assert_eq!(rig.pve.binary().await, [&[2, 0, 0, 2][..], &[0; 4], &(-223_i32).to_be_bytes()].concat());
        rig.browser.up(&[&[6, 0, 0, 0, 0, 0, 0, 5][..], b"hello", &KEY].concat()).await;
        assert_eq!(rig.pve.binary().await, KEY, "the text is left out, the key passes");
        rig.browser.up(&[6, 0, 0, 0, 255, 255, 255, 252, 1, 0, 0, 0]).await;
        rig.ends(EndReason::ProtocolError).await;

        let mut rig = Rig::live(Options { clipboard_in: false, ..control() }).await;
        let ask_for_text = [6, 0, 0, 0, 255, 255, 255, 252, 2, 0, 0, 1];
        let give_text = [6, 0, 0, 0, 255, 255, 255, 250, 0x10, 0, 0, 1, 7, 7];
        rig.browser.up(&[&give_text[..], &ask_for_text].concat()).await;
        assert_eq!(rig.pve.binary().await, ask_for_text);
    })
    .await;
}

#[tokio::test]
async fn pings_wait_for_the_border_between_two_frames() {
    bounded(async {
        let mut rig = Rig::live(Options { ping_every: short(5), ..control() }).await;
        let first = rig.browser.frame().await.unwrap();
        assert_eq!((first.first, first.payload.len()), (0x80 | PING, 4));
        let whole = frame(0x82, None, &[3; 3000]);
        // Cut within the header, within the payload, and a new frame begun behind.
        let both = [&whole[..], &whole].concat();
        for cut in [1, 3, 1500, whole.len() + 2] {
            rig.pve.raw(&both[..cut]).await;
            // The browser's pings are answered at once unless a frame is open.
            rig.browser.raw(&frame(0x80 | PING, MASK, &cut.to_be_bytes())).await;
            rig.browser.up(&ASK).await;
            // The ask has come through, so the ping before it has been seen.
            rig.pve.binary().await;
            rig.pve.raw(&both[cut..]).await;
            let (mut pictures, mut pongs) = (0, 0);
            while (pictures, pongs) != (2, 1) {
                let frame = rig.browser.frame().await.unwrap();
                match frame.first & 0x0f {
                    PING => {}
                    PONG => {
                        assert_eq!(frame.payload, cut.to_be_bytes());
                        pongs += 1;
                    }
                    _ => {
                        assert!(frame.payload == [3; 3000]);
                        pictures += 1;
                    }
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_round_trips_of_both_legs_are_measured_while_pictures_pass() {
    bounded(async {
        let mut rig = Rig::live(Options { ping_every: short(10), ..control() }).await;
        assert_eq!((rig.stats.browser_rtt(), rig.stats.upstream_rtt()), (None, None));
        let (mut browser, mut pve) = (rig.browser, rig.pve);
        // Both answer; PVE sends pictures besides, so that it is never silent.
        let answers = async {
            while let Some(got) = browser.frame().await {
                if got.first == 0x80 | PING {
                    browser.raw(&frame(0x80 | PONG, MASK, &got.payload)).await;
                }
            }
        };
        let pictures = async {
            while let Some(got) = pve.frame().await {
                pve.down(&[3; 3000]).await;
                if got.first == 0x80 | PING {
                    pve.raw(&frame(0x80 | PONG, None, &got.payload)).await;
                }
            }
        };
        let (stats, end) = (std::sync::Arc::clone(&rig.stats), rig.end.clone());
        let known = async {
            while stats.browser_rtt().is_none() || stats.upstream_rtt().is_none() {
                tokio::time::sleep(short(1)).await;
            }
            end.end(EndReason::EndedByAdmin);
        };
        tokio::select! {
            biased;
            () = known => {}
            _ = async { tokio::join!(answers, pictures) } => panic!("the session ended"),
        }
        assert_eq!((&mut rig.task).await.unwrap().reason, EndReason::EndedByAdmin);
    })
    .await;
}

#[tokio::test]
async fn a_half_open_browser_is_noticed() {
    bounded(async {
        // PVE answers pings and so stays alive; the browser does not.
        let mut rig = Rig::live(Options { ping_every: short(10), gone_after: short(60), ..control() }).await;
        let pong = async {
            while let Some(got) = rig.pve.frame().await {
                if got.first == 0x80 | PING {
                    rig.pve.raw(&frame(0x80 | PONG, None, b"")).await;
                }
            }
        };
        let (ended, ()) = tokio::join!(rig.task, pong);
        assert_eq!(ended.unwrap().reason, EndReason::ClientGone);
    })
    .await;
}

#[tokio::test]
async fn a_silent_console_is_noticed() {
    bounded(async {
        let mut rig = Rig::live(Options { ping_every: short(10), gone_after: short(60), ..control() }).await;
        let pong = async {
            loop {
                let got = rig.browser.frame().await.unwrap();
                match got.first & 0x0f {
                    PING => rig.browser.raw(&frame(0x80 | PONG, MASK, b"")).await,
                    CLOSE => return got.payload,
                    _ => {}
                }
            }
        };
        let (closed, _asked) = tokio::join!(pong, rig.pve.frame());
        assert_eq!(closed[..2], EndReason::PveUnreachable.code().to_be_bytes());
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_never_reads_costs_little_and_is_given_up() {
    bounded(async {
        let mut rig = Rig::live(Options { stall: short(150), ..control() }).await;
        let picture = frame(0x82, None, &vec![1; 131_072]);
        let mut sent = 0_u64;
        let flood = async {
            use tokio::io::AsyncWriteExt;
            while rig.pve.stream.write_all(&picture).await.is_ok() && rig.pve.stream.flush().await.is_ok() {
                sent += picture.len() as u64;
            }
        };
        let (ended, ()) = tokio::join!(rig.task, flood);
        let ended = ended.unwrap();
        assert_eq!(ended.reason, EndReason::ClientSlow);
        // The sockets' own buffers take a few MiB; the relay does not read on.
        assert!(sent < 32 << 20, "{sent} bytes were taken from PVE");
    })
    .await;
}

#[tokio::test]
async fn limits_of_the_tenant_end_a_session() {
    bounded(async {
        let rig = Rig::live(Options { idle: Some(short(40)), ..control() }).await;
        rig.ends(EndReason::Idle).await;
        let rig = Rig::live(Options { max_length: Some(short(40)), ..control() }).await;
        rig.ends(EndReason::MaxLength).await;
        let watcher = Options { view_only: true, idle: Some(short(20)), max_length: Some(short(80)), ..control() };
        Rig::live(watcher).await.ends(EndReason::MaxLength).await;
    })
    .await;
}

#[tokio::test]
async fn an_end_from_elsewhere_is_told_behind_a_whole_frame() {
    bounded(async {
        for reason in [EndReason::Revoked, EndReason::RightsChanged, EndReason::SignedOut, EndReason::Shutdown] {
            let mut rig = Rig::live(control()).await;
            let whole = frame(0x82, None, &[3; 3000]);
            rig.pve.raw(&whole[..100]).await;
            let mut seen = [0; 100];
            tokio::io::AsyncReadExt::read_exact(&mut rig.browser.stream, &mut seen).await.unwrap();
            rig.end.end(reason);
            rig.pve.raw(&whole[100..]).await;
            let mut rest = vec![0; whole.len() - 100];
            tokio::io::AsyncReadExt::read_exact(&mut rig.browser.stream, &mut rest).await.unwrap();
            assert!([&seen[..], &rest].concat() == whole);
            rig.ends(reason).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_end_during_the_greeting_is_told_too() {
    bounded(async {
        let rig = Rig::begin(control(), true).await;
        rig.end.end(EndReason::Shutdown);
        rig.ends(EndReason::Shutdown).await;
    })
    .await;
}

#[tokio::test]
async fn a_console_that_closes_is_told_with_its_cause() {
    bounded(async {
        for tls in [false, true] {
            let mut rig = Rig::live_with(control(), tls, |session| session).await;
            rig.pve.down(b"last picture").await;
            drop(rig.pve);
            assert_eq!(rig.browser.binary().await, b"last picture");
            rig.browser.told(EndReason::PveClosed).await;
            assert_eq!(rig.task.await.unwrap().reason, EndReason::PveClosed);

            let stopped = async { EndReason::GuestStopped };
            let mut rig = Rig::live_with(control(), tls, |session| session.explain(stopped)).await;
            rig.pve.raw(&frame(0x80 | CLOSE, None, &[])).await;
            rig.browser.told(EndReason::GuestStopped).await;
            assert_eq!(rig.task.await.unwrap().reason, EndReason::GuestStopped);
        }
    })
    .await;
}

#[tokio::test]
async fn a_frame_cut_in_the_middle_does_not_swallow_the_reason() {
    bounded(async {
        let mut rig = Rig::live(control()).await;
        let whole = frame(0x82, None, &[3; 90_000]);
        rig.pve.raw(&whole[..50_000]).await;
        drop(rig.pve);
        let cut = rig.browser.binary().await;
        assert_eq!(cut.len(), 90_000);
        assert!(cut[..49_990].iter().all(|b| *b == 3) && cut[50_000..].iter().all(|b| *b == 0));
        rig.browser.told(EndReason::PveClosed).await;
        assert_eq!(rig.task.await.unwrap().reason, EndReason::PveClosed);
    })
    .await;
}

#[tokio::test]
async fn what_pve_never_sends_is_refused() {
    bounded(async {
        let bad = [
            ("text", frame(0x81, None, b"x")),
            ("fragment", frame(0x02, None, b"x")),
            ("masked", frame(0x82, MASK, b"x")),
            ("reserved bit", frame(0xc2, None, b"x")),
            ("too long", vec![0x82, 127, 0, 0, 0, 0, 0x10, 0, 0, 0]),
            ("garbage", b"HTTP/1.1 500 oh no\r\n\r\n".to_vec()),
        ];
        for (what, bytes) in bad {
            let mut rig = Rig::live(control()).await;
            rig.pve.raw(&[&frame(0x82, None, b"good")[..], &bytes].concat()).await;
            assert_eq!(rig.browser.binary().await, b"good", "{what}");
            rig.browser.told(EndReason::PveProtocol).await;
            assert_eq!(rig.task.await.unwrap().reason, EndReason::PveProtocol, "{what}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_vanishes_ends_the_session() {
    bounded(async {
        for tls in [false, true] {
            let rig = Rig::live_with(control(), tls, |session| session).await;
            drop(rig.browser);
            assert_eq!(rig.task.await.unwrap().reason, EndReason::ClientGone);
            let rig = Rig::begin(control(), tls).await;
            drop(rig.browser);
            assert_eq!(rig.task.await.unwrap().reason, EndReason::ClientGone);
        }
    })
    .await;
}

#[tokio::test]
async fn new_keys_from_every_side_do_not_disturb_a_session() {
    bounded(async {
        let mut rig = Rig::live_with(control(), true, |session| session).await;
        for round in 0..10_u8 {
            rig.pve.stream.renew_keys();
            rig.pve.down(&vec![round; 120_000]).await;
            assert!(rig.browser.binary().await == vec![round; 120_000]);
            rig.browser.stream.renew_keys();
            rig.browser.up(&KEY).await;
            assert_eq!(rig.pve.binary().await, KEY);
        }
    })
    .await;
}

#[tokio::test]
async fn bytes_sent_with_the_upgrade_are_not_lost() {
    bounded(async {
        // A browser that does not wait for the greeting: everything in one write, ahead of us.
        let mut rig = Rig::begin(control(), true).await;
        let early = [b"RFB 003.008\n".to_vec(), vec![1, 1], ASK.to_vec(), KEY.to_vec()].concat();
        rig.browser.up(&early).await;
        assert_eq!(rig.pve.binary().await, [&[1][..], &ASK, &KEY].concat());
        for expected in [&b"RFB 003.008\n"[..], &[1, 1, 0, 0, 0, 0]] {
            assert_eq!(rig.browser.binary().await, expected);
        }
    })
    .await;
}
