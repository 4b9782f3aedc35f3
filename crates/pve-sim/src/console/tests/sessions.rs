//! Plays the recorded sessions of both versions against the consoles, byte by byte.

use std::collections::HashMap;
use std::time::Duration;

use crate::console::testing::{Client, PATIENCE, consoles, consoles_with, vnc};
use crate::console::{Consoles, Generation, Protocol, Request, Target, Timing};

/// Plays a session; `request` opens each of its consoles.
pub(super) async fn play(consoles: &Consoles, generation: Generation, request: &Request, session: &str) {
    let mut clients: HashMap<&str, Client> = HashMap::new();
    for line in session.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["open", who, _] => {
                clients.insert(who, Client::open(consoles, generation, request.clone()));
            }
            [who, "close"] => drop(clients.remove(who)),
            [who, "end"] => {
                let rest = clients.get_mut(who).unwrap().rest().await;
                assert_eq!(rest, b"", "{line}");
            }
            [direction, ref words @ ..] => {
                let (who, towards_client) = (&direction[..1], direction.ends_with('<'));
                let client = clients.get_mut(who).unwrap();
                if towards_client { expect(client, words, line).await } else { say(client, words).await }
            }
            [] => panic!("an empty line"),
        }
    }
}

async fn expect(client: &mut Client, words: &[&str], line: &str) {
    if let [word] = words
        && let Some(count) = word.strip_prefix('*')
    {
        client.read(count.parse().unwrap()).await;
        return;
    }
    let bytes = client.read(words.len()).await;
    for (byte, word) in bytes.iter().zip(words) {
        assert!(*word == "??" || *word == format!("{byte:02x}"), "{line}: {bytes:02x?}");
    }
}

async fn say(client: &mut Client, words: &[&str]) {
    let bytes = match words {
        ["response"] => client.response().to_vec(),
        ["wrong-response"] => client.wrong_response().to_vec(),
        ["preamble"] => format!("{}:{}\n", client.user, client.ticket).into_bytes(),
        _ => words.iter().map(|word| u8::from_str_radix(word, 16).unwrap()).collect(),
    };
    client.send(&bytes).await;
}

fn terminal(target: Target, user: &str) -> Request {
    Request { node: "pve1".into(), target, user: user.into(), protocol: Protocol::Term }
}

/// Terminals that refuse soon.
const SOON: Timing = Timing {
    connect: PATIENCE,
    reserve: PATIENCE,
    authenticate: PATIENCE,
    idle: PATIENCE,
    first_viewer: PATIENCE,
    last_viewer: PATIENCE,
    refuse: Duration::from_millis(20),
    preamble: PATIENCE,
    login: Duration::from_millis(20),
};

const BOTH: [Generation; 2] = [Generation::V9_2, Generation::V8_3];

#[tokio::test]
async fn qemu_consoles() {
    for generation in BOTH {
        for generate in [false, true] {
            let consoles = consoles(generation);
            let request = vnc(100, generate);
            play(&consoles, generation, &request, include_str!("../../../fixtures/sessions/rfb-qemu.txt")).await;
            let failed = include_str!("../../../fixtures/sessions/rfb-qemu-auth-failed.txt");
            play(&consoles, generation, &request, failed).await;
            consoles.stop().await;
        }
    }
}

#[tokio::test]
async fn second_consoles() {
    let refused = include_str!("../../../fixtures/sessions/rfb-qemu-second-console-refused.txt");
    let accepted = include_str!("../../../fixtures/sessions/rfb-qemu-second-console-accepted.txt");
    for (generation, generate, session) in [
        (Generation::V9_2, false, refused),
        (Generation::V9_2, true, refused),
        (Generation::V8_3, true, refused),
        (Generation::V8_3, false, accepted),
    ] {
        play(&consoles(generation), generation, &vnc(100, generate), session).await;
    }
}

#[tokio::test]
async fn vncterm_consoles() {
    let session = include_str!("../../../fixtures/sessions/rfb-vncterm.txt");
    for generation in BOTH {
        let consoles = consoles(generation);
        play(&consoles, generation, &vnc(102, false), session).await;
        let shell = Request { target: Target::Node, user: "broker@pve".into(), ..vnc(0, false) };
        play(&consoles, generation, &shell, session).await;
    }
}

#[tokio::test]
async fn terminals() {
    let node = include_str!("../../../fixtures/sessions/termproxy-node.txt");
    let guest = include_str!("../../../fixtures/sessions/termproxy-qemu.txt");
    let refused = include_str!("../../../fixtures/sessions/termproxy-qemu-token-refused.txt");
    let token = terminal(Target::Guest(100), "broker@pve!nexus");
    let ticket = terminal(Target::Guest(100), "broker@pve");
    let (new, old) = (consoles_with(Generation::V9_2, SOON), consoles_with(Generation::V8_3, SOON));
    play(&new, Generation::V9_2, &terminal(Target::Node, "broker@pve!nexus"), node).await;
    play(&old, Generation::V8_3, &terminal(Target::Node, "broker@pve"), node).await;
    play(&new, Generation::V9_2, &token, guest).await;
    play(&old, Generation::V8_3, &ticket, guest).await;
    play(&old, Generation::V8_3, &token, refused).await;
}

/// A wrong first line, one that is too long, and none at all: the stream ends without a byte.
#[tokio::test]
async fn terminals_refuse() {
    for generation in BOTH {
        for line in ["broker@pve:PVEVNC:wrong\n", "root@pam:PVEVNC:6B016ABF::c2ln\n", "never a line", &"x".repeat(9999)]
        {
            let consoles = consoles_with(generation, Timing { preamble: Duration::from_millis(20), ..SOON });
            let mut client = Client::open(&consoles, generation, terminal(Target::Guest(100), "broker@pve"));
            client.send(line.as_bytes()).await;
            assert_eq!(client.rest().await, b"");
        }
    }
}
