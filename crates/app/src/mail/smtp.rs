//! The way to the mail server. Says of a failure what kind it was and never what the server answered in words: that may
//! quote the mail. Only a test mail, which holds no secret, is told of in the server's words, stage by stage.

use std::net::SocketAddr;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rustls_pki_types::CertificateDer;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Written;
use super::letter::LOGO;

/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a test may take: somebody waits.
const TEST_PATIENCE: Duration = Duration::from_secs(20);

/// How the connection to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// STARTTLS, and nothing is said before it succeeded.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

/// How mail is sent.
#[derive(Clone)]
pub struct Smtp {
    /// The mail server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub tls: SmtpTls,
    /// User name and password; `None` where the server asks for none.
    pub credentials: Option<(String, Zeroizing<String>)>,
    /// Who sends: an address, or `Name <address>`.
    pub from: String,
    /// CAs that count beside the system's.
    pub roots: Vec<CertificateDer<'static>>,
    /// How Nexus calls itself to the server.
    pub hello: String,
}

/// Why a mail did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The sender is no address.
    #[error("the sender of mails is not an address")]
    From,
    /// The recipient is no address that mail can be sent to.
    #[error("mail cannot be addressed to the recipient")]
    Recipient,
    /// No key opens the mail.
    #[error("the mail cannot be opened with the encryption keys")]
    Unreadable,
    /// What it says is sealed with a key that the ring does not have, or not yet.
    #[error("the mail is sealed with a key that is not there")]
    KeyMissing,
    /// No connection.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// The connection could not be secured.
    #[error("the connection to the mail server cannot be secured: its certificate is not trusted, or it offers no TLS")]
    Tls,
    /// It took too long.
    #[error("the mail server took too long")]
    Timeout,
    /// The server answered with this code.
    #[error("the mail server refused with code {0}")]
    Refused(u16),
    /// Something else.
    #[error("the mail server does not speak as expected")]
    Protocol,
}

impl SmtpError {
    /// Whether trying again may help.
    pub(super) fn may_pass(self) -> bool {
        !matches!(self, Self::From | Self::Recipient | Self::Unreadable)
    }
}

impl From<lettre::transport::smtp::Error> for SmtpError {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        if let Some(code) = error.status() {
            Self::Refused(code.into())
        } else if error.is_tls() {
            Self::Tls
        } else if error.is_timeout() {
            Self::Timeout
        } else if error.is_response() {
            Self::Protocol
        } else if error.is_client() {
            // Such as a server without STARTTLS or without a way to sign in that both know.
            Self::Tls
        } else {
            Self::Unreachable
        }
    }
}

impl Smtp {
    /// Whether a text can be the sender.
    #[must_use]
    pub fn is_sender(text: &str) -> bool {
        text.parse::<Mailbox>().is_ok()
    }
}

/// What sending a mail goes through, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailStage {
    /// The mail server's name becomes an address.
    Resolve,
    /// A connection, and the server's greeting.
    Connect,
    /// The connection is secured.
    Tls,
    /// User name and password.
    SignIn,
    /// The mail itself.
    Send,
}

impl MailStage {
    /// As the API has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::SignIn => "sign_in",
            Self::Send => "send",
        }
    }
}

/// Where a test mail stopped, and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailStopped {
    /// The stage that failed.
    pub stage: MailStage,
    /// The mail server's own words where it said any, at most 300 characters.
    pub detail: String,
}

impl MailStopped {
    fn at(stage: MailStage) -> impl Fn(lettre::transport::smtp::Error) -> Self {
        move |error| Self::new(stage, &error.to_string())
    }

    fn new(stage: MailStage, detail: &str) -> Self {
        let plain = detail.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self { stage, detail: plain.take(MOST_DETAIL).collect() }
    }
}

/// Most characters of what is passed on of a mail server's answer.
const MOST_DETAIL: usize = 300;

/// The way out.
pub(super) struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    server: (String, u16),
    tls: Tls,
    hello: ClientId,
    credentials: Option<Credentials>,
}

/// Keeps automatic answers ("I am away") from coming back (RFC 3834, 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Post {
    pub(super) fn new(smtp: Smtp) -> Result<Self, SmtpError> {
        let from: Mailbox = smtp.from.parse().map_err(|_| SmtpError::From)?;
        let parameters = || {
            let mut builder = TlsParameters::builder(smtp.host.clone());
            for root in &smtp.roots {
                let root = Certificate::from_der(root.to_vec()).map_err(|_| SmtpError::Tls)?;
                builder = builder.add_root_certificate(root);
            }
            builder.build_rustls().map_err(|_| SmtpError::Tls)
        };
        let tls = match smtp.tls {
            SmtpTls::Starttls => Tls::Required(parameters()?),
            SmtpTls::Tls => Tls::Wrapper(parameters()?),
            SmtpTls::None => Tls::None,
        };
        let hello = ClientId::Domain(smtp.hello);
        let credentials = smtp.credentials.map(|(user, password)| Credentials::new(user, password.to_string()));
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.clone())
            .port(smtp.port)
            .tls(tls.clone())
            .hello_name(hello.clone())
            .timeout(Some(PATIENCE));
        if let Some(credentials) = &credentials {
            transport = transport.credentials(credentials.clone());
        }
        Ok(Self { transport: transport.build(), from, server: (smtp.host, smtp.port), tls, hello, credentials })
    }

    /// A mail as it goes out, with the logo as PNG where it is there.
    fn message(&self, id: Uuid, to: &str, mail: &Written, logo: Option<Vec<u8>>) -> Result<Message, SmtpError> {
        let to: Mailbox = to.parse().map_err(|_| SmtpError::Recipient)?;
        let parts = match logo {
            None => MultiPart::alternative_plain_html(mail.text.clone(), mail.html.replace(LOGO, "")),
            Some(logo) => {
                let png = ContentType::parse("image/png").map_err(|_| SmtpError::Protocol)?;
                let page = MultiPart::related().singlepart(SinglePart::html(mail.html.clone()));
                let page = page.singlepart(Attachment::new_inline("logo".to_owned()).body(logo, png));
                MultiPart::alternative().singlepart(SinglePart::plain(mail.text.clone())).multipart(page)
            }
        };
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.as_str())
            // The same in each try, so that a mail that arrives twice is shown once.
            .message_id(Some(format!("<{}@{}>", id.simple(), self.from.email.domain())))
            .header(AutoSubmitted)
            .multipart(parts)
            .map_err(|_| SmtpError::Recipient)
    }

    /// One try.
    pub(super) async fn send(
        &self,
        id: Uuid,
        to: &str,
        mail: &Written,
        logo: Option<Vec<u8>>,
    ) -> Result<(), SmtpError> {
        let message = self.message(id, to, mail, logo)?;
        match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(sent) => Ok(sent.map(drop)?),
            Err(_) => Err(SmtpError::Timeout),
        }
    }

    /// One try over a connection of its own, which says how far it came.
    pub(super) async fn try_out(&self, id: Uuid, to: &str, mail: &Written) -> Result<(), MailStopped> {
        let stage = std::sync::Mutex::new(MailStage::Resolve);
        let message = self.message(id, to, mail, None);
        let tried = self.stages(&message, |at| {
            *stage.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
        });
        let tried = tokio::time::timeout(TEST_PATIENCE, tried).await;
        tried.unwrap_or_else(|_| {
            let stage = *stage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Err(MailStopped::new(stage, "no answer within 20 seconds"))
        })
    }

    async fn stages(&self, message: &Result<Message, SmtpError>, enter: impl Fn(MailStage)) -> Result<(), MailStopped> {
        let message = message.as_ref().map_err(|error| MailStopped::new(MailStage::Send, &error.to_string()))?;
        let resolved = tokio::net::lookup_host((self.server.0.as_str(), self.server.1)).await;
        let wrong = |error: std::io::Error| MailStopped::new(MailStage::Resolve, &error.to_string());
        let addresses: Vec<SocketAddr> = resolved.map_err(wrong)?.collect();
        enter(MailStage::Connect);
        let wrapper = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let connected =
            AsyncSmtpConnection::connect_tokio1(&addresses[..], Some(TEST_PATIENCE), &self.hello, wrapper, None).await;
        let mut connection = connected.map_err(|error| {
            let stage = if error.is_tls() { MailStage::Tls } else { MailStage::Connect };
            MailStopped::at(stage)(error)
        })?;
        if let Tls::Required(parameters) = &self.tls {
            enter(MailStage::Tls);
            connection.starttls(parameters.clone(), &self.hello).await.map_err(MailStopped::at(MailStage::Tls))?;
        }
        if let Some(credentials) = &self.credentials {
            enter(MailStage::SignIn);
            let signed_in = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(MailStopped::at(MailStage::SignIn))?;
        }
        enter(MailStage::Send);
        let sent = connection.send(message.envelope(), &message.formatted()).await;
        sent.map_err(MailStopped::at(MailStage::Send))?;
        // It was taken: how the connection ends changes nothing.
        let _ = connection.quit().await;
        Ok(())
    }
}
