//! The stream against itself and against tokio-rustls, over loopback TCP.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{BIG, PeerEnd, Stream};

const BOTH: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

fn configs(version: &'static SupportedProtocolVersion) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    (Arc::new(server), Arc::new(client))
}

fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

async fn tcp() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap());
    let (client, server) = tokio::join!(client, listener.accept());
    (client.unwrap(), server.unwrap().0)
}

/// (client, server)
async fn pair(version: &'static SupportedProtocolVersion) -> (Stream, Stream) {
    let (server, client) = configs(version);
    let (c, s) = tcp().await;
    let (c, s) = tokio::join!(Stream::connect(c, client, name()), Stream::accept(s, server));
    (c.unwrap(), s.unwrap())
}

/// Bounds a test: nothing here takes long unless it hangs.
async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("the test hangs")
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

async fn carry(from: &mut Stream, to: &mut Stream, bytes: &[u8]) {
    let mut got = vec![0; bytes.len()];
    let send = async {
        from.write_all(bytes).await.unwrap();
        from.flush().await.unwrap();
    };
    let (_, read) = tokio::join!(send, to.read_exact(&mut got));
    read.unwrap();
    assert!(got == bytes, "the bytes arrive as they were sent");
}

#[tokio::test]
async fn a_handshake_gives_protocol_and_certificate() {
    bounded(async {
        for version in BOTH {
            let (mut client, mut server) = pair(version).await;
            assert_eq!(client.alpn(), Some(&b"http/1.1"[..]));
            assert_eq!(server.alpn(), Some(&b"http/1.1"[..]));
            assert!(client.is_tls() && client.peer_certificate().is_some());
            assert!(server.peer_certificate().is_none());
            carry(&mut client, &mut server, b"ping").await;
            carry(&mut server, &mut client, b"pong").await;
        }
    })
    .await;
}

#[tokio::test]
async fn large_writes_arrive_whole_both_ways() {
    bounded(async {
        let bytes = pattern(3 * BIG + 12_345);
        for version in BOTH {
            let (mut client, mut server) = pair(version).await;
            carry(&mut client, &mut server, &bytes).await;
            carry(&mut server, &mut client, &bytes).await;
            assert!(client.part.capacity() == 0 && server.part.capacity() == 0, "an idle stream keeps no buffer");
            assert_eq!((client.unsent(), server.unsent()), (0, 0));
        }
    })
    .await;
}

#[tokio::test]
async fn new_keys_from_both_sides_do_not_disturb_the_bytes() {
    bounded(async {
        let (mut client, mut server) = pair(&rustls::version::TLS13).await;
        let bytes = pattern(150_000);
        for _ in 0..20 {
            client.renew_keys();
            carry(&mut client, &mut server, &bytes).await;
            server.renew_keys();
            carry(&mut server, &mut client, &bytes).await;
        }
    })
    .await;
}

#[tokio::test]
async fn new_keys_are_sent_by_a_turn_too() {
    bounded(async {
        let (mut far_a, mut a) = pair(&rustls::version::TLS13).await;
        let (mut b, mut far_b) = pair(&rustls::version::TLS13).await;
        let bytes = pattern(150_000);
        for round in 0..10 {
            far_a.renew_keys();
            b.renew_keys();
            let send = async {
                far_a.write_all(&bytes).await.unwrap();
                far_a.flush().await.unwrap();
            };
            let mut moved = 0;
            let pump = async {
                while moved < bytes.len() {
                    poll_fn(|cx| b.poll_drain(cx)).await.unwrap();
                    poll_fn(|cx| {
                        a.poll_turn(&mut b, cx, |plain, out| {
                            moved += plain.len();
                            out.put(plain)
                        })
                    })
                    .await
                    .unwrap();
                }
                poll_fn(|cx| b.poll_drain(cx)).await.unwrap();
            };
            let mut got = vec![0; bytes.len()];
            let (_, (), read) = tokio::join!(send, pump, far_b.read_exact(&mut got));
            read.unwrap();
            assert!(got == bytes, "round {round}");
        }
    })
    .await;
}

#[tokio::test]
async fn close_notify_is_a_clean_end_and_its_lack_is_not() {
    bounded(async {
        for version in BOTH {
            let (mut client, mut server) = pair(version).await;
            client.write_all(b"last").await.unwrap();
            client.shutdown().await.unwrap();
            client.shutdown().await.unwrap();
            let mut got = Vec::new();
            server.read_to_end(&mut got).await.unwrap();
            assert_eq!(got, b"last");
            assert_eq!(server.peer_end(), Some(PeerEnd::Clean));
            // The other direction is still open.
            carry(&mut server, &mut client, b"answer").await;

            let (mut client, mut server) = pair(version).await;
            // With unread bytes (tickets) the client's end would be a reset.
            carry(&mut server, &mut client, b"read").await;
            drop(client);
            let error = server.read(&mut [0; 8]).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
            assert_eq!(server.peer_end(), Some(PeerEnd::Cut));
        }
    })
    .await;
}

#[tokio::test]
async fn a_plain_stream_ends_cleanly() {
    bounded(async {
        let (c, s) = tcp().await;
        let (mut client, mut server) = (Stream::plain(c), Stream::plain(s));
        carry(&mut client, &mut server, &pattern(BIG * 2 + 7)).await;
        client.shutdown().await.unwrap();
        assert_eq!(server.read(&mut [0; 8]).await.unwrap(), 0);
        assert_eq!(server.peer_end(), Some(PeerEnd::Clean));
        assert!(!server.is_tls() && server.alpn().is_none());
    })
    .await;
}

#[tokio::test]
async fn unread_bytes_come_first_in_their_order() {
    bounded(async {
        let (mut client, mut server) = pair(&rustls::version::TLS13).await;
        client.write_all(b"56").await.unwrap();
        client.flush().await.unwrap();
        let mut one = [0];
        server.read_exact(&mut one).await.unwrap();
        assert_eq!(&one, b"5");
        server.unread(b"5");
        server.unread(b"34");
        server.unread(b"12");
        assert!(server.has_unread());
        let mut all = [0; 6];
        server.read_exact(&mut all).await.unwrap();
        assert_eq!(&all, b"123456");
    })
    .await;
}

#[tokio::test]
async fn a_large_left_over_passes_through_a_turn() {
    bounded(async {
        let bytes = pattern(BIG * 2 + 999);
        let (mut a, _far) = pair(&rustls::version::TLS13).await;
        let (mut b, mut far) = pair(&rustls::version::TLS13).await;
        a.unread(&bytes);
        let pump = async {
            while a.has_unread() {
                poll_fn(|cx| b.poll_drain(cx)).await.unwrap();
                poll_fn(|cx| a.poll_turn(&mut b, cx, |plain, out| out.put(plain))).await.unwrap();
            }
            poll_fn(|cx| b.poll_drain(cx)).await.unwrap();
        };
        let mut got = vec![0; bytes.len()];
        let ((), read) = tokio::join!(pump, far.read_exact(&mut got));
        read.unwrap();
        assert!(got == bytes);
    })
    .await;
}

/// The kind of alert that `error` says was received.
fn alert(error: &io::Error) -> Option<rustls::AlertDescription> {
    match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::AlertReceived(description) => Some(*description),
        _ => None,
    }
}

#[tokio::test]
async fn a_refused_certificate_is_told_to_the_server() {
    bounded(async {
        for version in BOTH {
            let (server, _) = configs(version);
            let (_, stranger) = configs(version);
            let (c, s) = tcp().await;
            let (client, server) = tokio::join!(Stream::connect(c, stranger, name()), Stream::accept(s, server));
            let error = client.unwrap_err();
            let inner = error.get_ref().unwrap().downcast_ref::<rustls::Error>();
            assert!(matches!(inner, Some(rustls::Error::InvalidCertificate(_))), "{error:?}");
            assert!(alert(&server.unwrap_err()).is_some(), "the server learns why");
        }
    })
    .await;
}

#[tokio::test]
async fn a_forged_record_is_answered_with_an_alert() {
    bounded(async {
        let (server, client) = configs(&rustls::version::TLS13);
        let (c, s) = tcp().await;
        let (c, s) = tokio::join!(Stream::connect(c, client, name()), Stream::accept(s, server));
        let (mut client, mut server) = (c.unwrap(), s.unwrap());
        // An application record that nobody sealed.
        client.sock.write_all(&[&[23, 3, 3, 0, 32][..], &[7; 32]].concat()).await.unwrap();
        let error = server.read(&mut [0; 8]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let error = client.read(&mut [0; 8]).await.unwrap_err();
        assert_eq!(alert(&error), Some(rustls::AlertDescription::BadRecordMac));
        assert!(server.write_all(b"x").await.is_err(), "a broken connection takes nothing more");
    })
    .await;
}

#[tokio::test]
async fn garbage_instead_of_a_handshake_is_an_error() {
    bounded(async {
        let (server, _) = configs(&rustls::version::TLS13);
        let (mut c, s) = tcp().await;
        c.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let error = Stream::accept(s, server.clone()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);

        let (c, s) = tcp().await;
        drop(c);
        assert_eq!(Stream::accept(s, server).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    })
    .await;
}

#[tokio::test]
async fn it_speaks_with_the_buffered_implementation() {
    bounded(async {
        for version in BOTH {
            let (server, client) = configs(version);
            let (c, s) = tcp().await;
            let connector = tokio_rustls::TlsConnector::from(client.clone());
            let (c, s) = tokio::join!(connector.connect(name(), c), Stream::accept(s, server.clone()));
            let (mut c, mut s) = (c.unwrap(), s.unwrap());
            let bytes = pattern(200_000);
            let mut got = vec![0; bytes.len()];
            let (sent, read) = tokio::join!(
                async {
                    c.write_all(&bytes).await?;
                    c.flush().await
                },
                s.read_exact(&mut got)
            );
            sent.unwrap();
            read.unwrap();
            assert!(got == bytes);

            let (c, s) = tcp().await;
            let acceptor = tokio_rustls::TlsAcceptor::from(server);
            let (c, s) = tokio::join!(Stream::connect(c, client, name()), acceptor.accept(s));
            let (mut c, mut s) = (c.unwrap(), s.unwrap());
            s.write_all(&bytes).await.unwrap();
            s.shutdown().await.unwrap();
            let mut got = Vec::new();
            c.read_to_end(&mut got).await.unwrap();
            assert!(got == bytes);
            assert_eq!(c.peer_end(), Some(PeerEnd::Clean));
        }
    })
    .await;
}

/// Seals one TLS 1.3 record by hand (RFC 8446 section 5.2), to split what rustls itself never splits.
fn sealed_by_hand(secrets: (u64, rustls::ConnectionTrafficSecrets), content: &[u8], kind: u8) -> Vec<u8> {
    let (sequence, rustls::ConnectionTrafficSecrets::Aes256Gcm { key, iv }) = secrets else { panic!("another suite") };
    let mut nonce = [0; 12];
    nonce.copy_from_slice(iv.as_ref());
    for (byte, number) in nonce[4..].iter_mut().zip(sequence.to_be_bytes()) {
        *byte ^= number;
    }
    let mut sealed = [content, &[kind]].concat();
    let len = u16::try_from(sealed.len() + 16).unwrap().to_be_bytes();
    let head = [23, 3, 3, len[0], len[1]];
    let key = ring::aead::UnboundKey::new(&ring::aead::AES_256_GCM, key.as_ref()).unwrap();
    ring::aead::LessSafeKey::new(key)
        .seal_in_place_append_tag(
            ring::aead::Nonce::assume_unique_for_key(nonce),
            ring::aead::Aad::from(head),
            &mut sealed,
        )
        .unwrap();
    [&head[..], &sealed].concat()
}

#[tokio::test]
async fn a_handshake_message_split_over_records_may_stand_open() {
    bounded(async {
        let (server, client) = configs(&rustls::version::TLS13);
        let mut client = ClientConfig::clone(&client);
        client.enable_secret_extraction = true;
        let (c, s) = tcp().await;
        let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
        let (c, s) = tokio::join!(connector.connect(name(), c), Stream::accept(s, server));
        let (c, mut s) = (c.unwrap(), s.unwrap());
        let (mut c, client) = c.into_inner();
        let (sequence, secrets) = client.dangerous_extract_secrets().unwrap().tx;
        let again = match &secrets {
            rustls::ConnectionTrafficSecrets::Aes256Gcm { key, iv } => {
                let mut bytes = [0; 32];
                bytes.copy_from_slice(key.as_ref());
                rustls::ConnectionTrafficSecrets::Aes256Gcm {
                    key: bytes.into(),
                    iv: rustls::crypto::cipher::Iv::copy(iv.as_ref()),
                }
            }
            _ => panic!("another suite"),
        };
        // A KeyUpdate (RFC 8446 section 4.6.3) whose second part comes later.
        c.write_all(&sealed_by_hand((sequence, secrets), &[24, 0, 0], 22)).await.unwrap();
        let mut byte = [0];
        let waits = tokio::time::timeout(Duration::from_millis(50), s.read(&mut byte)).await;
        assert!(waits.is_err(), "nothing to read yet: {waits:?}");
        assert!(!s.part.is_empty(), "the first part has come");
        // Writing must not make rustls look for it in other bytes.
        s.write_all(b"between").await.unwrap();
        s.flush().await.unwrap();
        s.renew_keys();
        s.write_all(b"between").await.unwrap();
        // Anything but its second part is refused.
        c.write_all(&sealed_by_hand((sequence + 1, again), b"x", 23)).await.unwrap();
        assert_eq!(s.read(&mut byte).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(s.write_all(b"x").await.is_err());
        s.shutdown().await.unwrap();
    })
    .await;
}
