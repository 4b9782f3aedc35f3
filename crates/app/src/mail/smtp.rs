//! The way to the mail server. Says of a failure what kind it was and never what the server answered in words: that may
//! quote the mail.

use std::time::Duration;

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rustls_pki_types::CertificateDer;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Written;

/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// The way out.
pub(super) struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
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
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host.clone())
            .port(smtp.port)
            .tls(tls)
            .hello_name(ClientId::Domain(smtp.hello))
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = smtp.credentials {
            transport = transport.credentials(Credentials::new(user, password.to_string()));
        }
        Ok(Self { transport: transport.build(), from })
    }

    /// One try.
    pub(super) async fn send(&self, id: Uuid, to: &str, mail: &Written) -> Result<(), SmtpError> {
        let to: Mailbox = to.parse().map_err(|_| SmtpError::Recipient)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.as_str())
            // The same in each try, so that a mail that arrives twice is shown once.
            .message_id(Some(format!("<{}@{}>", id.simple(), self.from.email.domain())))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|_| SmtpError::Recipient)?;
        match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(sent) => Ok(sent.map(drop)?),
            Err(_) => Err(SmtpError::Timeout),
        }
    }
}
