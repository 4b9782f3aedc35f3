//! The only source of randomness of the app: tokens of sessions and set-up links, and ids. Tokens are stored as their
//! hash alone.

use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// 256 random bits as 64 hex digits.
pub(crate) fn token() -> Zeroizing<String> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
    Zeroizing::new(hex::encode(*bytes))
}

/// 256 random bits.
pub(crate) fn bytes() -> [u8; 32] {
    rand::random()
}

/// 122 random bits as a UUID, as clients of PVE want the secrets of tokens to be.
pub(crate) fn for_program() -> Zeroizing<String> {
    Zeroizing::new(uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string())
}

/// What is stored of a token. A plain hash is enough: nobody can guess 256 bits, or 122.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A new id, sorted by time.
pub(crate) fn id<T: From<Uuid>>() -> T {
    Uuid::now_v7().into()
}
