//! Passwords: how good one must be, how it is hashed, how it is checked. Never logs or keeps one, and always takes the
//! same work to answer, whether there is an account or not.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use nexus_model::InvalidInput;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// A password as it was typed; wiped when dropped, never printed.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl From<String> for Password {
    fn from(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Fewest characters of a password.
const SHORTEST: usize = 10;
/// Most bytes of a password: hashing must stay cheap for us.
const LONGEST: usize = 256;

impl Password {
    /// Whether a new password is good enough for the person of `about` (address and name).
    ///
    /// # Errors
    /// Too short, too long, or easy to guess.
    pub fn check(&self, about: &[&str]) -> Result<(), InvalidInput> {
        if self.0.chars().count() < SHORTEST {
            return Err(InvalidInput::new("too_short", "must have 10 characters at least"));
        }
        if self.0.len() > LONGEST {
            return Err(InvalidInput::new("too_long", "may have 256 characters at most"));
        }
        let about: Vec<&str> =
            about.iter().flat_map(|text| text.split([' ', '@', '.'])).chain(["nexus", "proxmox"]).collect();
        if zxcvbn::zxcvbn(&self.0, &about).score() < zxcvbn::Score::Three {
            return Err(InvalidInput::new("too_weak", "is too easy to guess; several unrelated words are better"));
        }
        Ok(())
    }
}

/// How much work a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// 19 MiB and two passes, as OWASP's password storage sheet has it for Argon2id with one lane.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

impl Cost {
    /// As little as Argon2 allows, for tests.
    #[must_use]
    pub const fn least() -> Self {
        Self { memory_kib: 8, passes: 1 }
    }
}

/// A password could not be hashed or checked; says nothing of it.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct HashError;

/// Hashes and checks, off the async threads, a few at once.
#[derive(Clone)]
pub(crate) struct Passwords {
    slots: Arc<Semaphore>,
    argon: Argon2<'static>,
    /// A hash of nobody's password, for accounts that do not exist.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new(cost: Cost, at_once: usize) -> Result<Self, HashError> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|_| HashError)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon, crate::secret::token().as_bytes())?.into();
        Ok(Self { slots: Arc::new(Semaphore::new(at_once.max(1))), argon, nobody })
    }

    /// The password's hash, in PHC form.
    pub(crate) async fn hash(&self, password: Password) -> Result<String, HashError> {
        let argon = self.argon.clone();
        self.work(move || hash(&argon, password.0.as_bytes())).await?
    }

    /// Whether the password fits; `None` for an account that does not exist costs the same and is never true.
    pub(crate) async fn verify(&self, password: Password, stored: Option<&str>) -> Result<bool, HashError> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let argon = self.argon.clone();
        // Beyond the bound no password was ever stored; the work stays the same.
        let fits_bound = password.0.len() <= LONGEST;
        let fits = self
            .work(move || {
                let bytes = if fits_bound { password.0.as_bytes() } else { b"" };
                PasswordHash::new(&stored).is_ok_and(|stored| argon.verify_password(bytes, &stored).is_ok())
            })
            .await?;
        Ok(fits && exists && fits_bound)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashError> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| HashError)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(slot);
            done
        });
        done.await.map_err(|_| HashError)
    }
}

fn hash(argon: &Argon2<'_>, password: &[u8]) -> Result<String, HashError> {
    argon.hash_password(password).map(|hash: PasswordHash| hash.to_string()).map_err(|_| HashError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_nobody_has_one() {
        let passwords = Passwords::new(Cost::least(), 1).unwrap();
        let right = || Password::from("correct horse battery".to_owned());
        let stored = passwords.hash(right()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert_ne!(stored, passwords.hash(right()).await.unwrap(), "the salt is fresh");
        assert!(passwords.verify(right(), Some(&stored)).await.unwrap());
        assert!(!passwords.verify(Password::from("wrong".to_owned()), Some(&stored)).await.unwrap());
        assert!(!passwords.verify(right(), None).await.unwrap());
        assert!(!passwords.verify(Password::from(String::new()), Some("no hash")).await.unwrap());
    }

    #[test]
    fn weak_passwords_are_refused() {
        let check = |text: &str| Password::from(text.to_owned()).check(&["jo.miller@example.org", "Jo Miller"]);
        assert_eq!(check("short").unwrap_err().code, "too_short");
        assert_eq!(check(&"long ".repeat(60)).unwrap_err().code, "too_long");
        for weak in ["password123", "1234567890", "millermiller", "qwertyuiop"] {
            let error = check(weak).err();
            assert_eq!(error.map(|error| error.code), Some("too_weak"), "{weak}");
        }
        assert!(check("violet-anchor-pancake").is_ok());
        assert_eq!(format!("{:?}", Password::from("secret".to_owned())), "Password(…)");
    }
}
