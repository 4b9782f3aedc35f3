//! A mail server for tests: ESMTP on loopback with STARTTLS and AUTH PLAIN, and a certificate of its own. Keeps what it
//! is given, and refuses as often as it is told to. Speaks what RFC 5321 asks of a server that only receives.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// The user name that the server takes.
pub const USER: &str = "nexus";
/// The password that the server takes.
pub const PASSWORD: &str = "mail-password-7";

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body as they came.
    pub data: String,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Who was signed in.
    pub user: Option<String>,
}

impl Mail {
    /// A header's value, unfolded and decoded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.data, name)
    }

    /// The text part.
    #[must_use]
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML part.
    #[must_use]
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    /// The secret of the link in it.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn secret(&self) -> String {
        let text = self.text();
        let link = text.lines().find(|line| line.starts_with("http")).unwrap_or_else(|| panic!("no link: {text}"));
        link.split_once('#').unwrap_or_else(|| panic!("no secret: {link}")).1.trim().to_owned()
    }

    /// The picture in it, where there is one, and the name by which the HTML part shows it.
    ///
    /// # Panics
    /// When it is not in Base64.
    #[must_use]
    pub fn picture(&self) -> Option<(String, Vec<u8>)> {
        let part = find_part(&self.data, "image/png")?;
        let packed: String = part.trim_start().split_once("\r\n\r\n")?.1.split_whitespace().collect();
        Some((header(part, "Content-ID")?, BASE64_STANDARD.decode(packed).expect("Base64")))
    }

    fn part(&self, kind: &str) -> String {
        find_part(&self.data, kind).map(decoded).unwrap_or_default()
    }
}

/// The first part of a kind, also in a part of parts (RFC 2046, 5.1).
fn find_part<'a>(text: &'a str, kind: &str) -> Option<&'a str> {
    let found = header(text, "Content-Type")?;
    if found.starts_with(kind) {
        return Some(text);
    }
    let border = format!("--{}", found.split("boundary=").nth(1)?.split(';').next()?.trim_matches('"'));
    text.split(&border).skip(1).find_map(|part| find_part(part, kind))
}

fn header(text: &str, name: &str) -> Option<String> {
    let head = text.trim_start().split("\r\n\r\n").next()?;
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = unfolded.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })?;
    // RFC 2047: words in Base64, with blanks between them that mean nothing.
    let words = line.split(' ').map(|word| {
        let encoded = word.strip_prefix("=?utf-8?b?").and_then(|word| word.strip_suffix("?="));
        match encoded.map(|encoded| BASE64_STANDARD.decode(encoded).expect("Base64")) {
            Some(bytes) => (true, String::from_utf8(bytes).expect("UTF-8")),
            None => (false, word.to_owned()),
        }
    });
    let mut whole = String::new();
    let mut before = true;
    for (encoded, word) in words {
        if !(whole.is_empty() || before && encoded) {
            whole.push(' ');
        }
        whole.push_str(&word);
        before = encoded;
    }
    Some(whole)
}

fn decoded(part: &str) -> String {
    let encoding = header(part, "Content-Transfer-Encoding").unwrap_or_default().to_ascii_lowercase();
    let body = part.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    let text = match encoding.as_str() {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            String::from_utf8(BASE64_STANDARD.decode(packed).expect("Base64")).expect("UTF-8")
        }
        "quoted-printable" => quoted_printable(body),
        _ => body.to_owned(),
    };
    text.replace("\r\n", "\n")
}

/// RFC 2045, 6.7.
fn quoted_printable(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (first, behind) {
            (b'=', [high, low, behind @ ..]) => {
                let digits = [*high, *low];
                let hex = std::str::from_utf8(&digits).expect("hex digits");
                bytes.push(u8::from_str_radix(hex, 16).expect("hex digits"));
                rest = behind;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    /// How many mails are still refused, and how.
    refuse: Option<(u32, &'static str)>,
    tries: u32,
}

/// The server; stops when it is dropped.
pub struct MailServer {
    /// Where it listens; its certificate is `localhost`'s.
    pub address: SocketAddr,
    /// Its certificate.
    pub certificate_pem: String,
    state: Arc<Mutex<State>>,
    changed: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MailServer {
    /// Starts a server that offers STARTTLS, and AUTH PLAIN behind it.
    ///
    /// # Panics
    /// When it cannot listen.
    pub async fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("usual versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a certificate and its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (state, changed) = (Arc::new(Mutex::new(State::default())), watch::Sender::new(()));
        let (shared, told) = (Arc::clone(&state), changed.clone());
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, state, told) = (acceptor.clone(), Arc::clone(&shared), told.clone());
                tokio::spawn(async move {
                    let mut session = Session { state, told, tls: false, user: None };
                    let mut stream = BufStream::new(socket);
                    if say(&mut stream, "220 mail.test ESMTP").await.is_err() {
                        return;
                    }
                    if let Ok(After::StartTls) = session.talk(&mut stream).await
                        && let Ok(stream) = acceptor.accept(stream.into_inner()).await
                    {
                        session.tls = true;
                        // The client may drop the connection at any time.
                        let _ = session.talk(&mut BufStream::new(stream)).await;
                    }
                });
            }
        });
        Self { address, certificate_pem: made.cert.pem(), state, changed, task }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the next `times` mails with `reply`, such as `451 later`.
    pub fn refuse(&self, times: u32, reply: &'static str) {
        self.state().refuse = Some((times, reply));
    }

    /// How many mails were offered, refused or not.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.state().tries
    }

    /// All that arrived.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.state().mails.clone()
    }

    /// Waits for the next mail to an address, and takes it out.
    ///
    /// # Panics
    /// When none comes within 30 seconds.
    pub async fn take(&self, to: &str) -> Mail {
        let mut changes = self.changed.subscribe();
        let waited = async {
            loop {
                {
                    let mut state = self.state();
                    let found = state.mails.iter().position(|mail| mail.to.iter().any(|one| one == to));
                    if let Some(found) = found {
                        return state.mails.remove(found);
                    }
                }
                changes.changed().await.expect("the server runs");
            }
        };
        let got = tokio::time::timeout(Duration::from_secs(30), waited).await;
        got.unwrap_or_else(|_| panic!("no mail to {to} came: {:?}", self.mails()))
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

enum After {
    StartTls,
    Quit,
}

struct Session {
    state: Arc<Mutex<State>>,
    told: watch::Sender<()>,
    tls: bool,
    user: Option<String>,
}

impl Session {
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut BufStream<S>) -> std::io::Result<After> {
        let (mut from, mut to) = (String::new(), Vec::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(After::Quit);
            }
            let line = line.trim_end();
            let command = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match command.as_str() {
                "EHLO" if self.tls => say(stream, "250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN").await?,
                "EHLO" => say(stream, "250-mail.test\r\n250-8BITMIME\r\n250 STARTTLS").await?,
                "STARTTLS" if !self.tls => {
                    say(stream, "220 go on").await?;
                    return Ok(After::StartTls);
                }
                "AUTH" => {
                    let right = BASE64_STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
                    if line == format!("AUTH PLAIN {right}") {
                        self.user = Some(USER.to_owned());
                        say(stream, "235 welcome").await?;
                    } else {
                        say(stream, "535 wrong").await?;
                    }
                }
                "MAIL" | "RCPT" if self.user.is_none() => say(stream, "530 sign in first").await?,
                "MAIL" => {
                    from = address(line);
                    to.clear();
                    say(stream, "250 ok").await?;
                }
                "RCPT" => {
                    to.push(address(line));
                    say(stream, "250 ok").await?;
                }
                "DATA" => {
                    say(stream, "354 go on").await?;
                    let data = read_data(stream).await?;
                    let mail =
                        Mail { from: from.clone(), to: to.clone(), data, tls: self.tls, user: self.user.clone() };
                    let reply = self.keep(mail);
                    say(stream, reply).await?;
                }
                "QUIT" => {
                    say(stream, "221 bye").await?;
                    return Ok(After::Quit);
                }
                _ => say(stream, "250 ok").await?,
            }
        }
    }

    fn keep(&self, mail: Mail) -> &'static str {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tries += 1;
        let reply = match &mut state.refuse {
            Some((times, reply)) if *times > 0 => {
                *times -= 1;
                reply
            }
            _ => {
                state.mails.push(mail);
                "250 kept"
            }
        };
        drop(state);
        self.told.send_replace(());
        reply
    }
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

/// Up to the line with a dot alone; doubled dots are undone (RFC 5321, 4.5.2).
async fn read_data<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufStream<S>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
