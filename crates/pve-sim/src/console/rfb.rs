//! The server's side of the RFB 3.8 handshake (RFC 6143, 7.1 and 7.2), with VNC authentication only, as PVE offers it.
//!
//! It says what QEMU says in the same pieces, and breaks at the wanted step when a fault is armed.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::auth::{self, Secret};
use super::fault::{RfbFault, Step};

/// The only version spoken.
const VERSION: &[u8; 12] = b"RFB 003.008\n";
/// The security type of VNC authentication.
const VNC_AUTHENTICATION: u8 = 2;
/// QEMU's refusal; its length counts the NUL.
const REFUSAL: &[u8] = b"Authentication failed\0";

/// What the server says about its screen.
#[derive(Debug)]
pub(super) struct ServerInit<'a> {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) format: [u8; 16],
    pub(super) name: &'a str,
}

/// Speaks the handshake up to the client's initialisation and returns its `shared` flag.
///
/// `password` is asked at the moment the response is there: it may have been replaced or run out by then.
/// An error means that the connection is over, by whoever's doing.
pub(super) async fn handshake<S>(
    stream: &mut S,
    password: impl Fn() -> Option<Secret>,
    fault: Option<RfbFault>,
) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    version(stream, fault).await?;
    security_type(stream, fault).await?;
    authenticate(stream, password, fault).await?;
    let mut shared = [0u8; 1];
    stream.read_exact(&mut shared).await?;
    Ok(shared[0] != 0)
}

/// Sends the server's initialisation (RFC 6143, 7.3.2) in one piece.
pub(super) async fn server_init<S>(stream: &mut S, init: ServerInit<'_>, fault: Option<RfbFault>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    break_at(stream, Step::ServerInit, fault).await?;
    let mut message = Vec::with_capacity(24 + init.name.len());
    message.extend_from_slice(&init.width.to_be_bytes());
    message.extend_from_slice(&init.height.to_be_bytes());
    message.extend_from_slice(&init.format);
    if fault == Some(RfbFault::HugeName) {
        message.extend_from_slice(&u32::MAX.to_be_bytes());
        message.extend_from_slice(&[b'x'; 64 * 1024]);
        stream.write_all(&message).await?;
        return silence(stream).await;
    }
    let length = u32::try_from(init.name.len()).map_err(io::Error::other)?;
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(init.name.as_bytes());
    stream.write_all(&message).await
}

async fn version<S>(stream: &mut S, fault: Option<RfbFault>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    break_at(stream, Step::Version, fault).await?;
    match fault {
        Some(RfbFault::WrongVersion) => {
            stream.write_all(b"RFB 009.999\n").await?;
            return silence(stream).await;
        }
        Some(RfbFault::Garbage) => {
            stream.write_all(b"\x16\x03\x01 this is no console, but it talks on and on\r\n").await?;
            return silence(stream).await;
        }
        _ => stream.write_all(VERSION).await?,
    }
    let mut answer = [0u8; 12];
    stream.read_exact(&mut answer).await?;
    if &answer == VERSION { Ok(()) } else { Err(protocol("the client speaks another version")) }
}

async fn security_type<S>(stream: &mut S, fault: Option<RfbFault>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    break_at(stream, Step::SecurityTypes, fault).await?;
    match fault {
        Some(RfbFault::UnknownSecurity) => {
            stream.write_all(&[1, 77]).await?;
            return silence(stream).await;
        }
        Some(RfbFault::NoSecurity) => {
            stream.write_all(b"\0\0\0\0\x10Too many viewers").await?;
            return Err(protocol("offered nothing on purpose"));
        }
        _ => stream.write_all(&[1, VNC_AUTHENTICATION]).await?,
    }
    let mut chosen = [0u8; 1];
    stream.read_exact(&mut chosen).await?;
    if chosen[0] == VNC_AUTHENTICATION {
        return Ok(());
    }
    refuse(stream).await
}

async fn authenticate<S>(
    stream: &mut S,
    password: impl Fn() -> Option<Secret>,
    fault: Option<RfbFault>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    break_at(stream, Step::Challenge, fault).await?;
    let challenge: [u8; auth::CHALLENGE] = rand::random();
    stream.write_all(&challenge).await?;
    let mut response = [0u8; auth::CHALLENGE];
    stream.read_exact(&mut response).await?;
    break_at(stream, Step::Result, fault).await?;
    match fault {
        Some(RfbFault::HugeReason) => {
            let mut message = vec![0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff];
            message.extend_from_slice(&[b'x'; 64 * 1024]);
            stream.write_all(&message).await?;
            return silence(stream).await;
        }
        Some(RfbFault::RefusePassword) => return refuse(stream).await,
        _ => {}
    }
    match password() {
        Some(Secret(password)) if auth::response(&password, &challenge) == response => stream.write_all(&[0; 4]).await,
        _ => refuse(stream).await,
    }
}

async fn refuse<S: AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut message = vec![0, 0, 0, 1, 0, 0, 0];
    message.push(u8::try_from(REFUSAL.len()).map_err(io::Error::other)?);
    message.extend_from_slice(REFUSAL);
    stream.write_all(&message).await?;
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "refused"))
}

/// Ends or silences the connection when the armed fault is for this step.
pub(super) async fn break_at<S>(stream: &mut S, step: Step, fault: Option<RfbFault>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match fault {
        Some(RfbFault::CloseAt(at)) if at == step => Err(protocol("closed on purpose")),
        Some(RfbFault::HangAt(at)) if at == step => silence(stream).await,
        _ => Ok(()),
    }
}

/// Says nothing more until the other side gives up.
async fn silence<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<()> {
    tokio::io::copy(stream, &mut tokio::io::sink()).await?;
    Err(protocol("the client gave up waiting"))
}

fn protocol(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
