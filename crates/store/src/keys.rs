//! The key ring: secrets are sealed before they become rows, and MACs of the audit chains are made with it.
//!
//! A sealed value is `length of key id | key id | nonce (12) | AES-256-GCM ciphertext and tag`; its associated data is
//! the row and column that it belongs to, so a value copied to another row does not open. Keys never come from the
//! database, and nothing here prints one.
//!
//! A ring that was read from a file reads it again when it meets a key that it does not know, so that keys rotate while
//! Nexus runs; what a file says that has nothing in common with the ring is never taken.

mod file;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

pub use self::file::KeyFile;

/// What can be wrong with keys or with what they sealed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The ring's text is not a list of `id:64 hex digits`.
    #[error("encryption keys must be a list of id:key with 64 hex digits each, the current one first")]
    Text,
    /// The same id names two keys.
    #[error("two encryption keys have the id {0}")]
    Twice(String),
    /// The key file cannot be read or made.
    #[error("the key file cannot be used")]
    File(#[source] std::io::Error),
    /// Others may read the key file.
    #[error("the key file must be readable by its owner alone")]
    FileOpenToOthers,
    /// Somebody else works on the key file.
    #[error("the key file is being changed by somebody else; try again")]
    FileBusy,
    /// The key file says something else than what was written, or nothing that the ring knows.
    #[error("the key file holds no key that is in use")]
    FileForeign,
    /// The value was sealed with a key that the ring lacks.
    #[error("the value was sealed with the key {0}, which is not in the ring")]
    UnknownKey(String),
    /// The ring has a key of this id, but it opens nothing of what the database holds under it.
    #[error("the key {0} of the ring is not the one that sealed the database's values")]
    WrongKey(String),
    /// Not something a ring sealed, or changed since, or moved from another place.
    #[error("the sealed value is damaged or belongs to another place")]
    Damaged,
}

/// The column that a sealed value belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its table.
    pub table: &'a str,
    /// Its row.
    pub row: Uuid,
    /// Its column.
    pub column: &'a str,
}

impl Place<'_> {
    /// Names cannot contain the separator, so two places never read the same.
    fn bytes(&self) -> Vec<u8> {
        format!("{}/{}/{}", self.table, self.row, self.column).into_bytes()
    }
}

#[derive(PartialEq, Eq)]
struct Key {
    id: String,
    secret: Zeroizing<[u8; 32]>,
}

/// Keys at one moment, the current one first; never empty.
type Keys = Arc<Vec<Key>>;

impl Key {
    /// A key for one purpose, so that sealing and MACs never share one.
    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut derived = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(Some(b"nexus key ring"), self.secret.as_slice())
            .expand(purpose.as_bytes(), derived.as_mut_slice())
            .expect("32 bytes are fewer than HKDF's limit");
        derived
    }
}

/// The keys, the current one first.
pub struct KeyRing {
    keys: RwLock<Keys>,
    source: Option<Source>,
}

/// The file that a ring was read from.
struct Source {
    path: PathBuf,
    /// When an unknown key made the ring read it; held while it is read, so that who waits finds what was read.
    looked: Mutex<Option<Instant>>,
}

/// How long the ring does not read its file again because of unknown keys.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl From<Vec<Key>> for KeyRing {
    fn from(keys: Vec<Key>) -> Self {
        Self { keys: RwLock::new(Arc::new(keys)), source: None }
    }
}

const NONCE: usize = 12;
const MAC: usize = 32;

impl KeyRing {
    /// Reads `id:64 hex digits`, separated by commas, blanks or lines; the first key is the current one. Ids are 1 to
    /// 32 letters, digits, `-` and `_`. A line that begins with `#` is left out.
    ///
    /// # Errors
    /// Another form, no key, or an id twice.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        keys_in(text).map(Self::from)
    }

    /// One key from `PROXMOX_ENCRYPTION_KEY`: 64 hex digits are the key itself; any other text of at least 32
    /// characters is the input of a derivation. Its id is `proxmox`.
    ///
    /// # Errors
    /// Shorter text.
    pub fn from_passphrase(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let mut secret = Zeroizing::new([0; 32]);
        if hex::decode_to_slice(text, secret.as_mut_slice()).is_err() {
            if text.chars().count() < 32 {
                return Err(KeyError::Text);
            }
            Hkdf::<Sha256>::new(Some(b"nexus passphrase"), text.as_bytes())
                .expand(b"key", secret.as_mut_slice())
                .expect("32 bytes are fewer than HKDF's limit");
        }
        Ok(vec![Key { id: "proxmox".into(), secret }].into())
    }

    /// Reads the ring from a file, which must be readable by its owner alone. The ring remembers the file.
    ///
    /// # Errors
    /// The file, its mode, or its text.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let keys = RwLock::new(Arc::new(file::keys_of(path)?));
        Ok(Self { keys, source: Some(Source { path: path.to_owned(), looked: Mutex::new(None) }) })
    }

    /// The file that the ring was read from, if it was.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.source.as_ref().map(|source| source.path.as_path())
    }

    /// Reads the ring's file again, where it has one; whether anything is new. Where that fails the ring stays as it is.
    ///
    /// # Errors
    /// The file, its mode, its text, or keys that have nothing in common with the ring's.
    pub fn reload(&self) -> Result<bool, KeyError> {
        let Some(source) = &self.source else { return Ok(false) };
        let new = file::keys_of(&source.path)?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if **keys == new {
            return Ok(false);
        }
        if !new.iter().any(|key| keys.contains(key)) {
            return Err(KeyError::FileForeign);
        }
        *keys = Arc::new(new);
        Ok(true)
    }

    /// The keys, once one of them has this id: reads the file again where none has, but not more than once a second.
    fn keys_with(&self, id: &str) -> Result<Keys, KeyError> {
        let known = |keys: &Keys| keys.iter().any(|key| key.id == id);
        let keys = self.keys();
        if known(&keys) {
            return Ok(keys);
        }
        if let Some(source) = &self.source {
            let mut looked = source.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if !known(&self.keys()) && looked.is_none_or(|last| last.elapsed() >= LOOK_AGAIN) {
                *looked = Some(Instant::now());
                // What is wrong with the file, the next look of the running Nexus says.
                let _ = self.reload();
            }
        }
        Some(self.keys()).filter(known).ok_or_else(|| KeyError::UnknownKey(id.to_owned()))
    }

    fn keys(&self) -> Keys {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the ring from a file; makes one with a fresh key where there is none. The key's id is random, so that a key
    /// made in place of a lost one is never taken for it. For SQLite alone: with several
    /// processes each would make its own.
    ///
    /// # Errors
    /// The file, its mode, or its text.
    pub fn read_or_create(path: &Path) -> Result<Self, KeyError> {
        file::create(path)?;
        Self::read(path)
    }

    /// A random id, so that no two keys are taken for each other.
    #[must_use]
    pub fn fresh_id() -> String {
        format!("k{:08x}", rand::random::<u32>())
    }

    /// A new key as text for [`KeyRing::parse`].
    #[must_use]
    pub fn fresh_text(id: &str) -> Zeroizing<String> {
        let mut secret: [u8; 32] = rand::random();
        let mut digits = hex::encode(secret);
        let text = Zeroizing::new(format!("{id}:{digits}\n"));
        secret.zeroize();
        digits.zeroize();
        text
    }

    /// The ids of all keys, the current one first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.keys().iter().map(|key| key.id.clone()).collect()
    }

    /// Whether a key has this id; looks into the ring's file before it says no.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.keys_with(id).is_ok()
    }

    /// Seals `plain` under the current key for one place.
    ///
    /// # Panics
    /// Never: AES-GCM refuses only texts beyond 64 GiB.
    #[must_use]
    pub fn seal(&self, plain: &[u8], place: &Place<'_>) -> Vec<u8> {
        let keys = self.keys();
        let key = current(&keys);
        let nonce: [u8; NONCE] = rand::random();
        let secret = key.derive("seal");
        let cipher = Aes256Gcm::new(secret.as_slice().try_into().expect("the key has 32 bytes"));
        let sealed = cipher
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &place.bytes() })
            .expect("the text is shorter than 64 GiB");
        let mut whole = prefix(&key.id);
        whole.extend_from_slice(&nonce);
        whole.extend_from_slice(&sealed);
        whole
    }

    /// Opens what [`KeyRing::seal`] made for the same place, under any key of the ring.
    ///
    /// # Errors
    /// A key that is not in the ring; another place; anything changed.
    pub fn open(&self, sealed: &[u8], place: &Place<'_>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let (id, rest) = split(sealed)?;
        let keys = self.keys_with(id)?;
        let secret = named(&keys, id)?.derive("seal");
        let (nonce, text) = rest.split_first_chunk::<NONCE>().ok_or(KeyError::Damaged)?;
        let cipher = Aes256Gcm::new(secret.as_slice().try_into().expect("the key has 32 bytes"));
        let plain = cipher
            .decrypt(&Nonce::from(*nonce), Payload { msg: text, aad: &place.bytes() })
            .map_err(|_| KeyError::Damaged)?;
        Ok(Zeroizing::new(plain))
    }

    /// Whether a sealed value or a MAC was made with another key than the current one, and should be made anew.
    #[must_use]
    pub fn is_old(&self, made: &[u8]) -> bool {
        split(made).is_ok_and(|(id, _)| id != current(&self.keys()).id)
    }

    /// The id of the key that made a sealed value or a MAC.
    ///
    /// # Errors
    /// Not something a ring made.
    pub fn key_id(made: &[u8]) -> Result<&str, KeyError> {
        split(made).map(|(id, _)| id)
    }

    /// HMAC-SHA256 over `data` under a key for `purpose`; `length of key id | key id | MAC`.
    #[must_use]
    pub fn mac(&self, purpose: &str, data: &[u8]) -> Vec<u8> {
        let keys = self.keys();
        let key = current(&keys);
        let mut whole = prefix(&key.id);
        whole.extend_from_slice(&hmac(key, purpose, data).finalize().into_bytes());
        whole
    }

    /// Checks a MAC in constant time, under the key that it names.
    ///
    /// # Errors
    /// A key that is not in the ring; another MAC.
    pub fn check_mac(&self, purpose: &str, data: &[u8], mac: &[u8]) -> Result<(), KeyError> {
        let (id, mac) = split(mac)?;
        let mac: &[u8; MAC] = mac.try_into().map_err(|_| KeyError::Damaged)?;
        let keys = self.keys_with(id)?;
        hmac(named(&keys, id)?, purpose, data).verify(mac.into()).map_err(|_| KeyError::Damaged)
    }
}

/// The keys of a text; see [`KeyRing::parse`].
fn keys_in(text: &str) -> Result<Vec<Key>, KeyError> {
    let mut keys: Vec<Key> = Vec::new();
    for part in text.lines().filter(|line| !is_remark(line)).flat_map(parts) {
        let (id, hex_key) = part.trim().split_once(':').ok_or(KeyError::Text)?;
        let id_fits =
            (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let mut secret = Zeroizing::new([0; 32]);
        if !id_fits || hex::decode_to_slice(hex_key, secret.as_mut_slice()).is_err() {
            return Err(KeyError::Text);
        }
        if keys.iter().any(|key| key.id == id) {
            return Err(KeyError::Twice(id.to_owned()));
        }
        keys.push(Key { id: id.to_owned(), secret });
    }
    if keys.is_empty() { Err(KeyError::Text) } else { Ok(keys) }
}

fn is_remark(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn parts(line: &str) -> impl Iterator<Item = &str> {
    line.split([',', ' ', '\t', '\r']).filter(|part| !part.is_empty())
}

fn current(keys: &[Key]) -> &Key {
    keys.first().expect("a ring has at least one key")
}

fn named<'k>(keys: &'k [Key], id: &str) -> Result<&'k Key, KeyError> {
    keys.iter().find(|key| key.id == id).ok_or_else(|| KeyError::UnknownKey(id.to_owned()))
}

/// What begins everything that a key made: the length of its id, and the id.
#[must_use]
pub fn mark_of(id: &str) -> Vec<u8> {
    prefix(id)
}

fn hmac(key: &Key, purpose: &str, data: &[u8]) -> Hmac<Sha256> {
    let secret = key.derive(purpose);
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret.as_slice()).expect("HMAC takes keys of any length");
    hmac.update(data);
    hmac
}

fn prefix(id: &str) -> Vec<u8> {
    let length = u8::try_from(id.len()).expect("ids have at most 32 bytes");
    let mut bytes = Vec::with_capacity(1 + id.len() + 64);
    bytes.push(length);
    bytes.extend_from_slice(id.as_bytes());
    bytes
}

fn split(made: &[u8]) -> Result<(&str, &[u8]), KeyError> {
    let (length, rest) = made.split_first().ok_or(KeyError::Damaged)?;
    let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or(KeyError::Damaged)?;
    Ok((std::str::from_utf8(id).map_err(|_| KeyError::Damaged)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(text: &str) -> KeyRing {
        KeyRing::parse(text).unwrap()
    }

    fn one() -> String {
        format!("one:{}", "11".repeat(32))
    }

    fn two() -> String {
        format!("two:{}", "22".repeat(32))
    }

    fn place(column: &str) -> Place<'_> {
        Place { table: "server", row: Uuid::from_u128(7), column }
    }

    #[test]
    fn a_sealed_value_opens_in_its_place_alone() {
        let ring = ring(&one());
        let sealed = ring.seal(b"secret", &place("token_secret"));
        assert_eq!(ring.open(&sealed, &place("token_secret")).unwrap().as_slice(), b"secret");
        assert!(matches!(ring.open(&sealed, &place("notes")), Err(KeyError::Damaged)));
        let elsewhere = Place { row: Uuid::from_u128(8), ..place("token_secret") };
        assert!(matches!(ring.open(&sealed, &elsewhere), Err(KeyError::Damaged)));
        assert_ne!(sealed, ring.seal(b"secret", &place("token_secret")), "the nonce is fresh");
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let ring = ring(&one());
        let sealed = ring.seal(b"secret", &place("c"));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ring.open(&changed, &place("c")).is_err(), "byte {at}");
            assert!(ring.open(&sealed[..at], &place("c")).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn keys_rotate_and_unknown_ones_are_named() {
        let old = ring(&one());
        let sealed = old.seal(b"secret", &place("c"));
        let both = ring(&format!("{},{}", two(), one()));
        assert!(both.is_old(&sealed) && !old.is_old(&sealed));
        assert_eq!(both.open(&sealed, &place("c")).unwrap().as_slice(), b"secret");
        let anew = both.seal(b"secret", &place("c"));
        assert!(!both.is_old(&anew));
        assert!(matches!(old.open(&anew, &place("c")), Err(KeyError::UnknownKey(id)) if id == "two"));
    }

    #[test]
    fn macs_hold_for_their_purpose_and_data() {
        let ring = ring(&one());
        let mac = ring.mac("audit", b"data");
        assert!(ring.check_mac("audit", b"data", &mac).is_ok());
        assert!(ring.check_mac("audit", b"date", &mac).is_err());
        assert!(ring.check_mac("other", b"data", &mac).is_err());
        assert!(ring.check_mac("audit", b"data", &mac[..mac.len() - 1]).is_err());
    }

    #[test]
    fn texts_of_rings_are_checked_and_never_printed() {
        for bad in ["", "#", "one", "one:", "one:11", &format!("{},{}", one(), one()), &one().replace("one", "o e")] {
            assert!(KeyRing::parse(bad).is_err(), "{bad}");
        }
        assert!(KeyRing::from_passphrase("short").is_err());
        assert!(KeyRing::from_passphrase(&"long enough ".repeat(4)).is_ok());
        assert_eq!(format!("{:?}", ring(&format!("# kept\n{}\n{}\n", one(), two()))), r#"["one", "two"]"#);
    }

    #[test]
    fn the_key_file_is_private_and_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let sealed = KeyRing::read_or_create(&path).unwrap().seal(b"x", &place("c"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(KeyRing::read_or_create(&path).unwrap().open(&sealed, &place("c")).is_ok());
        let id = KeyRing::key_id(&sealed).unwrap();
        assert!(id.len() == 9 && id.starts_with('k') && id[1..].bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        let another = KeyRing::read_or_create(&folder.path().join("others")).unwrap();
        assert!(
            matches!(another.open(&sealed, &place("c")), Err(KeyError::UnknownKey(_))),
            "a lost key has its own id"
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(KeyRing::read(&path), Err(KeyError::FileOpenToOthers)));
    }
}
