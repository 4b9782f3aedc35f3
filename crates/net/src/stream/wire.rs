//! What stands between plain text and the socket: nothing, or one end of TLS over rustls' unbuffered API.
//!
//! No I/O here. Every function takes the bytes it works on and appends what the connection itself has to say (handshake
//! records, key updates, alerts) to `said`, which the caller must send before anything that is sealed later.
//! It must never call rustls with other incoming bytes than the ones that are still undiscarded: rustls remembers
//! positions in them while a handshake message is split over records, and panics when they are gone.

use std::io;

use bytes::BytesMut;
use rustls::client::UnbufferedClientConnection;
use rustls::pki_types::CertificateDer;
use rustls::server::UnbufferedServerConnection;
use rustls::unbuffered::{ConnectionState, EncodeError, EncodeTlsData, EncryptError, UnbufferedStatus};

/// Room that one call of [`Wire::seal`] may need beside the sealed records, for a key update or an alert.
pub(super) const SAID: usize = 1 << 10;
/// What one TLS record carries at most (RFC 8446 section 5.1).
const RECORD: usize = 16 << 10;
/// What one record adds at most: header, explicit nonce, content type and tag.
const OVERHEAD: usize = 64;

/// The room that `plain` bytes need in the buffer given to [`Wire::seal`].
pub(super) fn sealed_len(plain: usize) -> usize {
    plain + (plain / RECORD + 1) * OVERHEAD + SAID
}

/// One end of a connection's encryption.
pub(super) enum Wire {
    Plain,
    Server(Box<UnbufferedServerConnection>),
    Client(Box<UnbufferedClientConnection>),
}

/// What [`Wire::open`] did.
pub(super) struct Opened {
    /// Bytes at the front of the input that are done with.
    pub(super) used: usize,
    /// The peer has sent its close_notify.
    pub(super) closed: bool,
}

/// What one call of rustls asks for next.
enum Step {
    /// Call again.
    Again,
    /// Nothing more in these bytes.
    Wait,
    /// The peer has closed.
    Closed,
    /// Broken; an alert may stand ready.
    Failed(rustls::Error),
}

/// Calls rustls' `process_tls_records` on whichever end this is; it has the same shape on both.
macro_rules! on_tls {
    ($wire:expr, $conn:ident => $tls:expr, plain => $plain:expr) => {
        match $wire {
            Wire::Plain => $plain,
            Wire::Server($conn) => $tls,
            Wire::Client($conn) => $tls,
        }
    };
}

impl Wire {
    /// Opens the records in `data` and hands their plain text to `take`.
    ///
    /// # Errors
    /// A TLS error (the alert stands in `said` then), or what `take` returned.
    pub(super) fn open(
        &mut self,
        data: &mut [u8],
        said: &mut BytesMut,
        take: &mut impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<Opened> {
        let mut used = 0;
        loop {
            let rest = &mut data[used..];
            let (discard, step) = on_tls!(self,
                conn => step(conn.process_tls_records(rest), said, take)?,
                plain => {
                    if !rest.is_empty() {
                        take(rest)?;
                    }
                    return Ok(Opened { used: data.len(), closed: false });
                }
            );
            used += discard;
            match step {
                Step::Again => {}
                Step::Wait => return Ok(Opened { used, closed: false }),
                Step::Closed => return Ok(Opened { used, closed: true }),
                Step::Failed(error) => {
                    self.say_alert(said);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, error));
                }
            }
        }
    }

    /// After an error rustls still holds the alert that tells the peer why.
    ///
    /// It is asked only while it has something: with nothing to say it would look at the bad bytes again.
    fn say_alert(&mut self, said: &mut BytesMut) {
        on_tls!(self, conn => while conn.wants_write() {
            let Ok(ConnectionState::EncodeTlsData(data)) = conn.process_tls_records(&mut []).state else { return };
            if encode(data, said).is_err() {
                return;
            }
        }, plain => {});
    }

    /// Seals `plain` into `out` and returns the length; what the connection has to say itself goes before it.
    ///
    /// `part` holds the incoming bytes that are not discarded yet. `out` needs [`sealed_len`] bytes.
    ///
    /// # Errors
    /// The connection is not open for writing, or its keys are used up (TLS 1.2 only; TLS 1.3 renews them).
    pub(super) fn seal(&mut self, plain: &[u8], part: &mut Vec<u8>, out: &mut [u8]) -> io::Result<usize> {
        if let Wire::Plain = self {
            out[..plain.len()].copy_from_slice(plain);
            return Ok(plain.len());
        }
        let mut said = BytesMut::new();
        loop {
            let (discard, sealed) = on_tls!(self,
                conn => write(conn.process_tls_records(part), plain, &mut said, out),
                plain => (0, Ok(Some(0)))
            );
            part.drain(..discard);
            if let Some(len) = sealed? {
                return Ok(len);
            }
        }
    }

    /// The close_notify alert, and whatever else the connection had to say. To be asked for once.
    pub(super) fn close_notify(&mut self, part: &mut Vec<u8>, said: &mut BytesMut) {
        let mut last = [0; SAID];
        // Bounded: a few records of its own come before it at most.
        for _ in 0..16 {
            let (discard, again) = on_tls!(self,
                conn => { let s = conn.process_tls_records(part); (s.discard, close(s.state, &mut last, said)) },
                plain => (0, false)
            );
            part.drain(..discard);
            if !again {
                return;
            }
        }
    }

    /// Whether the handshake is over and bytes may be sealed.
    pub(super) fn ready(&mut self, part: &mut Vec<u8>) -> bool {
        let (discard, ready) = on_tls!(self,
            conn => {
                let s = conn.process_tls_records(part);
                (s.discard, matches!(s.state, Ok(ConnectionState::WriteTraffic(_))))
            },
            plain => (0, true)
        );
        part.drain(..discard);
        ready
    }

    /// Asks for new keys for this direction (RFC 8446 section 4.6.3). Nothing happens before TLS 1.3.
    pub(super) fn renew_keys(&mut self, part: &mut Vec<u8>) {
        let discard = on_tls!(self, conn => {
            let status = conn.process_tls_records(part);
            if let Ok(ConnectionState::WriteTraffic(traffic)) = status.state {
                // Refused before TLS 1.3 and during a handshake: the old keys stay good.
                let _ = traffic.refresh_traffic_keys();
            }
            status.discard
        }, plain => 0);
        part.drain(..discard);
    }

    pub(super) fn alpn(&self) -> Option<&[u8]> {
        on_tls!(self, conn => conn.alpn_protocol(), plain => None)
    }

    pub(super) fn peer_certificate(&self) -> Option<CertificateDer<'static>> {
        on_tls!(self, conn => conn.peer_certificates()?.first().map(|c| c.clone().into_owned()), plain => None)
    }
}

/// Handles one status of an opening connection: (bytes to discard, what next).
fn step<D>(
    status: UnbufferedStatus<'_, '_, D>,
    said: &mut BytesMut,
    take: &mut impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(usize, Step)> {
    let UnbufferedStatus { mut discard, state, .. } = status;
    let next = match state {
        Ok(ConnectionState::ReadTraffic(mut traffic)) => {
            while let Some(record) = traffic.next_record() {
                match record {
                    Ok(record) => {
                        discard += record.discard;
                        take(record.payload)?;
                    }
                    Err(error) => return Ok((discard, Step::Failed(error))),
                }
            }
            Step::Again
        }
        Ok(ConnectionState::EncodeTlsData(data)) => {
            encode(data, said)?;
            Step::Again
        }
        Ok(ConnectionState::TransmitTlsData(data)) => {
            data.done();
            Step::Again
        }
        Ok(ConnectionState::PeerClosed | ConnectionState::Closed) => Step::Closed,
        Ok(_) => Step::Wait,
        Err(error) => Step::Failed(error),
    };
    Ok((discard, next))
}

/// One status of a connection that wants to write: (bytes to discard, the length when it is written).
///
/// `said` collects what must go out before the plain text.
fn write<D>(
    status: UnbufferedStatus<'_, '_, D>,
    plain: &[u8],
    said: &mut BytesMut,
    out: &mut [u8],
) -> (usize, io::Result<Option<usize>>) {
    let UnbufferedStatus { discard, state, .. } = status;
    let next = match state {
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        Ok(ConnectionState::EncodeTlsData(data)) => encode(data, said).map(|()| None),
        Ok(ConnectionState::TransmitTlsData(data)) => {
            data.done();
            Ok(None)
        }
        Ok(ConnectionState::PeerClosed) => Ok(None),
        Ok(ConnectionState::WriteTraffic(mut traffic)) => match out.split_at_mut_checked(said.len()) {
            None => Err(io::Error::other("the connection's own records do not fit")),
            Some((own, rest)) => {
                own.copy_from_slice(said);
                match traffic.encrypt(plain, rest) {
                    Ok(len) => Ok(Some(own.len() + len)),
                    Err(EncryptError::EncryptExhausted) => Err(io::Error::other("the keys are used up")),
                    Err(EncryptError::InsufficientSize(_)) => Err(io::Error::other("the records do not fit")),
                }
            }
        },
        Ok(_) => Err(io::ErrorKind::BrokenPipe.into()),
    };
    (discard, next)
}

/// One status of a connection that closes; true: call again.
fn close<D>(state: Result<ConnectionState<'_, '_, D>, rustls::Error>, last: &mut [u8], said: &mut BytesMut) -> bool {
    match state {
        Ok(ConnectionState::EncodeTlsData(data)) => encode(data, said).is_ok(),
        Ok(ConnectionState::TransmitTlsData(data)) => {
            data.done();
            true
        }
        Ok(ConnectionState::PeerClosed) => true,
        Ok(ConnectionState::WriteTraffic(mut traffic)) => {
            if let Ok(len) = traffic.queue_close_notify(last) {
                said.extend_from_slice(&last[..len]);
            }
            false
        }
        _ => false,
    }
}

/// Appends a record that rustls has ready. It is lost when this fails, so the room is made here.
fn encode<D>(mut data: EncodeTlsData<'_, D>, said: &mut BytesMut) -> io::Result<()> {
    let at = said.len();
    let mut room = SAID;
    loop {
        said.resize(at + room, 0);
        match data.encode(&mut said[at..]) {
            Ok(len) => {
                said.truncate(at + len);
                return Ok(());
            }
            Err(EncodeError::InsufficientSize(needs)) if needs.required_size > room => room = needs.required_size,
            Err(error) => {
                said.truncate(at);
                return Err(io::Error::other(error));
            }
        }
    }
}
