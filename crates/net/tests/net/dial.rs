//! The dialer against real sockets on loopback: each TLS policy, each failure with its stage, the proxy.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nexus_net::dial::{DialError, Dialer, Resolver, Stage, Timings, Way};
use nexus_net::guard::{Guard, GuardConfig, Rule};
use nexus_net::proxy::SocksProxy;
use nexus_net::tls::{TlsPolicy, TlsProblem, certificates_from_pem, fingerprint};
use rustls::HandshakeKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::tls_server::{Authority, dialer, guard, serve, server_config, target};

async fn problem(port: u16, host: &str, policy: &TlsPolicy) -> (TlsProblem, bool) {
    match dialer(&[port]).dial(&target(host, port, policy)).await {
        Err(DialError::Tls { problem, certificate, .. }) => (*problem, certificate.is_some()),
        other => panic!("expected a TLS problem, got {other:?}"),
    }
}

#[tokio::test]
async fn each_policy_accepts_the_host_it_is_for() {
    let ca = Authority::new();
    let leaf = ca.good_leaf();
    let server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
    let port = server.address.port();
    let policies = [
        TlsPolicy::Verify { extra_roots: vec![ca.certificate.clone()] },
        TlsPolicy::Ca(vec![ca.certificate.clone()]),
        TlsPolicy::Pin(fingerprint(&leaf.certificate)),
        TlsPolicy::Insecure,
    ];
    for policy in policies {
        for host in ["127.0.0.1", "localhost"] {
            let mut dialed = dialer(&[port]).dial(&target(host, port, &policy)).await.unwrap();
            assert_eq!((dialed.address, dialed.way), (server.address, Way::Direct));
            assert_eq!(dialed.stream.peer_certificate().as_ref(), Some(&leaf.certificate));
            assert!(dialed.stream.is_tls() && dialed.timings.tls > Duration::ZERO);
            dialed.stream.write_all(b"hello").await.unwrap();
            dialed.stream.flush().await.unwrap();
            let mut back = [0; 5];
            dialed.stream.read_exact(&mut back).await.unwrap();
            assert_eq!(&back, b"hello");
        }
    }
}

#[tokio::test]
async fn an_unknown_issuer_is_told_with_the_certificate() {
    let (ca, other) = (Authority::new(), Authority::new());
    let leaf = ca.good_leaf();
    let server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
    let port = server.address.port();
    for policy in
        [TlsPolicy::Ca(vec![other.certificate.clone()]), TlsPolicy::Verify { extra_roots: vec![other.certificate] }]
    {
        assert_eq!(problem(port, "127.0.0.1", &policy).await, (TlsProblem::UnknownIssuer, true));
    }
}

#[tokio::test]
async fn a_wrong_name_names_both_sides() {
    let ca = Authority::new();
    let leaf = ca.leaf(&["10.0.0.5", "pve1.example"], (2020, 2090));
    let server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
    let (problem, shown) = problem(server.address.port(), "127.0.0.1", &TlsPolicy::Ca(vec![ca.certificate])).await;
    let TlsProblem::WrongName { expected, presented } = problem else { panic!("{problem:?}") };
    assert_eq!(expected, "127.0.0.1");
    assert!(presented.iter().any(|name| name.contains("pve1.example")), "{presented:?}");
    assert!(shown);
}

#[tokio::test]
async fn dates_are_checked_by_a_chain_and_not_by_a_pin() {
    let ca = Authority::new();
    let policy = TlsPolicy::Ca(vec![ca.certificate.clone()]);
    for (years, expected) in [((2000, 2001), TlsProblem::Expired), ((2090, 2099), TlsProblem::NotYetValid)] {
        let leaf = ca.leaf(&["127.0.0.1"], years);
        let server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
        let port = server.address.port();
        assert_eq!(problem(port, "127.0.0.1", &policy).await, (expected, true));
        let pin = TlsPolicy::Pin(fingerprint(&leaf.certificate));
        assert!(dialer(&[port]).dial(&target("127.0.0.1", port, &pin)).await.is_ok());
    }
}

#[tokio::test]
async fn weak_keys_and_signatures_are_told_apart() {
    let read = |pem: &str| certificates_from_pem(pem).unwrap().remove(0);
    let key = Authority::new().good_leaf().key;
    let weak_key = read(include_str!("fixtures/rsa-1024.pem"));
    let (old_leaf, old_ca) = (read(include_str!("fixtures/sha1-leaf.pem")), read(include_str!("fixtures/sha1-ca.pem")));
    let cases = [
        (&weak_key, TlsPolicy::Pin(fingerprint(&weak_key)), "1024 bits"),
        (&weak_key, TlsPolicy::Ca(vec![old_ca.clone()]), "1024 bits"),
        (&old_leaf, TlsPolicy::Ca(vec![old_ca]), "SHA-1"),
    ];
    for (shown, policy, text) in cases {
        let server = serve(server_config(shown.clone(), &key)).await;
        let (problem, certificate) = problem(server.address.port(), "127.0.0.1", &policy).await;
        assert!(matches!(&problem, TlsProblem::Weak(why) if why.contains(text)), "{problem:?}");
        assert!(certificate && problem.name() == "weak_certificate");
    }
}

#[tokio::test]
async fn a_pin_mismatch_tells_both_fingerprints() {
    let leaf = Authority::new().good_leaf();
    let server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
    let expected = [7; 32];
    let found = fingerprint(&leaf.certificate);
    let policy = TlsPolicy::Pin(expected);
    let told = problem(server.address.port(), "127.0.0.1", &policy).await;
    assert_eq!(told, (TlsProblem::PinMismatch { expected, found }, true));
    let text = told.0.to_string();
    assert!(text.contains("07:07") && text.contains(&nexus_net::tls::format_fingerprint(&found)), "{text}");
}

#[tokio::test]
async fn a_copied_certificate_without_its_key_is_refused_by_pin_and_ca() {
    let ca = Authority::new();
    let (leaf, thief) = (ca.good_leaf(), ca.good_leaf());
    let server = serve(server_config(leaf.certificate.clone(), &thief.key)).await;
    let port = server.address.port();
    for policy in [TlsPolicy::Pin(fingerprint(&leaf.certificate)), TlsPolicy::Ca(vec![ca.certificate.clone()])] {
        assert_eq!(problem(port, "127.0.0.1", &policy).await, (TlsProblem::BadSignature, true));
    }
}

#[tokio::test]
async fn a_session_resumes_under_one_policy_and_never_under_another() {
    let leaf = Authority::new().good_leaf();
    let mut server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
    let port = server.address.port();
    let first = target("127.0.0.1", port, &TlsPolicy::Pin(fingerprint(&leaf.certificate)));
    for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
        let mut dialed = dialer(&[port]).dial(&first).await.unwrap();
        assert_eq!(server.handshakes.recv().await, Some(expected));
        // The ticket comes behind the handshake: it has been read when the echo is there.
        dialed.stream.write_all(b"x").await.unwrap();
        dialed.stream.flush().await.unwrap();
        dialed.stream.read_exact(&mut [0]).await.unwrap();
        assert_eq!(dialed.stream.peer_certificate().as_ref(), Some(&leaf.certificate));
    }
    let changed = TlsPolicy::Pin([1; 32]);
    assert!(matches!(problem(port, "127.0.0.1", &changed).await.0, TlsProblem::PinMismatch { .. }));
}

#[tokio::test]
async fn a_host_without_tls_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b""] {
            let (mut sock, _) = listener.accept().await.unwrap();
            let _ = sock.read(&mut [0; 4096]).await;
            let _ = sock.write_all(answer).await;
        }
    });
    assert_eq!(problem(port, "127.0.0.1", &TlsPolicy::Insecure).await, (TlsProblem::NotTls, false));
    assert_eq!(problem(port, "127.0.0.1", &TlsPolicy::Insecure).await, (TlsProblem::Closed, false));
    server.await.unwrap();
}

#[tokio::test]
async fn the_guard_is_asked_for_names_literals_and_repetitions() {
    let strict = Dialer::new(Guard::pve(GuardConfig::default()), None);
    for host in ["127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1"] {
        let result = strict.dial(&target(host, 8006, &TlsPolicy::Insecure)).await;
        assert!(
            matches!(&result, Err(DialError::Refused(refused)) if refused.rule == Rule::Loopback),
            "{host}: {result:?}"
        );
    }
    let anywhere = target("192.0.2.1", 8006, &TlsPolicy::Insecure);
    let again = strict.dial_again(&anywhere, "169.254.169.254:8006".parse().unwrap()).await;
    assert!(matches!(&again, Err(DialError::Refused(refused)) if refused.rule == Rule::Metadata), "{again:?}");
    let port = strict.dial(&target("192.0.2.1", 22, &TlsPolicy::Insecure)).await.unwrap_err();
    assert!(matches!(&port, DialError::Refused(refused) if refused.rule == Rule::Port));
    assert_eq!(port.stage(), Stage::Resolve);
}

#[tokio::test]
async fn every_notation_of_a_refused_address_is_refused_before_a_connection() {
    let strict = Dialer::new(Guard::pve(GuardConfig::default()), None);
    let cases = [
        ("::ffff:7f00:1", Rule::Loopback),
        ("[::ffff:169.254.169.254]", Rule::Metadata),
        ("64:ff9b::7f00:1", Rule::Loopback),
        ("64:ff9b::a9fe:a9fe", Rule::Metadata),
        ("2002:7f00:1::1", Rule::Loopback),
        ("2002:a9fe:a9fe::", Rule::Metadata),
        ("::", Rule::Unspecified),
        ("0.0.0.0", Rule::Unspecified),
        ("localhost.", Rule::Loopback),
        ("LOCALHOST", Rule::Loopback),
    ];
    for (host, rule) in cases {
        let result = strict.dial(&target(host, 8006, &TlsPolicy::Insecure)).await;
        assert!(matches!(&result, Err(DialError::Refused(refused)) if refused.rule == rule), "{host}: {result:?}");
    }
}

/// A resolver that gives one answer after the other, and the last one for ever; and how often it was asked.
fn resolver(answers: Vec<Vec<SocketAddr>>) -> (Resolver, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let resolver = Resolver::new(move |_, _| {
        let turn = counter.fetch_add(1, Ordering::AcqRel);
        let answer = answers[turn.min(answers.len() - 1)].clone();
        Box::pin(async move { Ok(answer) })
    });
    (resolver, asked)
}

#[tokio::test]
async fn a_name_that_changes_its_address_passes_the_guard_with_neither() {
    let leaf = Authority::new().good_leaf();
    let server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
    // A listener that the guard refuses, in the place of the machine's metadata.
    let forbidden = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (good, bad) = (server.address, forbidden.local_addr().unwrap());
    let policy = TlsPolicy::Pin(fingerprint(&leaf.certificate));
    let at = |answers| {
        let (resolver, asked) = resolver(answers);
        (Dialer::with_resolver(guard(&[good.port()]), None, resolver), asked)
    };
    let pve = target("pve.example", good.port(), &policy);

    // Between the check and the connection nobody is asked again.
    let (dialer, asked) = at(vec![vec![good], vec![bad]]);
    let dialed = dialer.dial(&pve).await.unwrap();
    assert_eq!((dialed.address, asked.load(Ordering::Acquire)), (good, 1));
    // The same host again is the same address, whatever the name says by now.
    assert_eq!(dialer.dial_again(&pve, dialed.address).await.unwrap().address, good);
    assert_eq!(asked.load(Ordering::Acquire), 1);
    // The next connection is judged anew.
    let refused = dialer.dial(&pve).await;
    assert!(matches!(&refused, Err(DialError::Refused(refused)) if refused.addr == bad), "{refused:?}");
    // Of several addresses only those that are allowed are tried.
    let (dialer, _) = at(vec![vec![bad, good]]);
    assert_eq!(dialer.dial(&pve).await.unwrap().address, good);
    let metadata = "169.254.169.254:8006".parse().unwrap();
    let (dialer, _) = at(vec![vec![metadata]]);
    let refused = dialer.dial(&pve).await;
    assert!(matches!(&refused, Err(DialError::Refused(refused)) if refused.rule == Rule::Metadata), "{refused:?}");
    let (dialer, _) = at(vec![Vec::new()]);
    assert!(matches!(dialer.dial(&pve).await, Err(DialError::Resolve { .. })));
    let knocked = tokio::time::timeout(Duration::from_millis(1), forbidden.accept()).await;
    assert!(knocked.is_err(), "{knocked:?}");
}

#[tokio::test]
async fn what_is_no_tls_at_all_is_told_apart_from_a_broken_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // A record whose content is junk, then a banner of another service, then bytes without sense.
    let answers: [&'static [u8]; 3] =
        [b"\x16\x03\x03\x00\x04junk", b"SSH-2.0-OpenSSH_9.2\r\n", b"\xff\xfe\x00\x01\xaa\xbb"];
    let server = tokio::spawn(async move {
        for answer in answers {
            let (mut sock, _) = listener.accept().await.unwrap();
            let _ = sock.read(&mut [0; 4096]).await;
            let _ = sock.write_all(answer).await;
        }
    });
    for expected in ["protocol", "not_tls", "not_tls"] {
        let (problem, _) = problem(port, "127.0.0.1", &TlsPolicy::Insecure).await;
        assert_eq!(problem.name(), expected, "{problem:?}");
    }
    server.await.unwrap();
}

#[tokio::test]
async fn failures_name_their_stage() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut timings = Timings::default();
    let refused = dialer(&[closed]).dial_timed(&target("127.0.0.1", closed, &TlsPolicy::Insecure), &mut timings).await;
    assert!(matches!(&refused, Err(DialError::Connect { kind: ErrorKind::ConnectionRefused, .. })), "{refused:?}");
    assert!(timings.connect > Duration::ZERO && timings.tls == Duration::ZERO);

    let unknown = dialer(&[]).dial(&target("no-such-host.invalid", 8006, &TlsPolicy::Insecure)).await;
    assert!(matches!(&unknown, Err(DialError::Resolve { .. })), "{unknown:?}");

    // The kernel takes the connection; nobody ever answers the handshake.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let mut slow = target("127.0.0.1", port, &TlsPolicy::Insecure);
    slow.connect_timeout = Duration::from_millis(80);
    let late = dialer(&[port]).dial(&slow).await;
    assert!(matches!(late, Err(DialError::Timeout { stage: Stage::Tls, .. })), "{late:?}");
}

/// A SOCKS5 proxy (RFC 1928) that leads every request to `backend` and tells what was asked of it.
async fn socks(
    backend: std::net::SocketAddr,
) -> (u16, mpsc::UnboundedReceiver<(u8, Vec<u8>)>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, asked) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let told = told.clone();
            tokio::spawn(async move {
                let mut greeting = [0; 3];
                client.read_exact(&mut greeting).await.unwrap();
                client.write_all(&[5, 0]).await.unwrap();
                let mut head = [0; 4];
                client.read_exact(&mut head).await.unwrap();
                let length = if head[3] == 3 { usize::from(client.read_u8().await.unwrap()) } else { 4 };
                let mut host = vec![0; length];
                client.read_exact(&mut host).await.unwrap();
                client.read_u16().await.unwrap();
                told.send((head[3], host)).unwrap();
                let mut server = TcpStream::connect(backend).await.unwrap();
                client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (port, asked, task)
}

#[tokio::test]
async fn names_of_the_tailnet_go_through_the_proxy_unresolved() {
    let ca = Authority::new();
    let leaf = ca.good_leaf();
    let server = serve(server_config(leaf.certificate.clone(), &leaf.key)).await;
    let (proxy_port, mut asked, task) = socks(server.address).await;
    let proxy = SocksProxy::new("127.0.0.1".parse().unwrap(), proxy_port, &["tail1.ts.net".into()]);
    let dialer = Dialer::new(guard(&[server.address.port()]), Some(proxy));
    let policy = TlsPolicy::Ca(vec![ca.certificate]);

    let dialed = dialer.dial(&target("pve.tail1.ts.net", 8006, &policy)).await.unwrap();
    assert_eq!((dialed.way, dialed.address.port()), (Way::Proxy, proxy_port));
    assert_eq!(asked.recv().await.unwrap(), (3, b"pve.tail1.ts.net".to_vec()));

    let pin = TlsPolicy::Pin(fingerprint(&leaf.certificate));
    dialer.dial(&target("100.64.0.9", 8006, &pin)).await.unwrap();
    assert_eq!(asked.recv().await.unwrap(), (1, vec![100, 64, 0, 9]));

    let direct = dialer.dial(&target("127.0.0.1", server.address.port(), &policy)).await.unwrap();
    assert_eq!(direct.way, Way::Direct);
    let refused = dialer.dial(&target("pve.tail1.ts.net", 22, &policy)).await;
    assert!(matches!(refused, Err(DialError::PortRefused { .. })), "{refused:?}");
    assert!(asked.try_recv().is_err());
    task.abort();
}

#[tokio::test]
async fn a_proxy_that_is_gone_is_told_apart_from_a_host_that_is() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let proxy = SocksProxy::new("127.0.0.1".parse().unwrap(), closed, &["ts.net".into()]);
    let result = Dialer::new(guard(&[]), Some(proxy)).dial(&target("pve.ts.net", 8006, &TlsPolicy::Insecure)).await;
    let Err(DialError::Proxy { proxy, .. }) = &result else { panic!("{result:?}") };
    assert_eq!(*proxy, format!("127.0.0.1:{closed}"));
}
