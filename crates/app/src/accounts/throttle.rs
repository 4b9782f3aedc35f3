//! Failed sign-ins, counted for each account and each address. Keys are made from what was typed, so an account that
//! does not exist is throttled like one that does.

use std::net::IpAddr;
use std::time::Duration;

use nexus_model::{Micros, UserId};
use nexus_store::System;

use super::{Accounts, Inner};
use crate::secret;

/// When failures lock.
#[derive(Debug, Clone, Copy)]
pub struct ThrottleLimits {
    /// Attempts on one account before it is locked.
    pub account: i64,
    /// Attempts from one address before it is locked.
    pub address: i64,
    /// Counts begin anew after this.
    pub window: Duration,
    /// The first lock; each further failure doubles it.
    pub first_lock: Duration,
    /// The longest lock.
    pub longest_lock: Duration,
}

impl Default for ThrottleLimits {
    fn default() -> Self {
        Self {
            account: 8,
            address: 40,
            window: Duration::from_secs(3600),
            first_lock: Duration::from_secs(30),
            longest_lock: Duration::from_secs(900),
        }
    }
}

impl ThrottleLimits {
    /// How long the `failures`th failure locks what may fail `limit` times.
    fn lock(&self, failures: i64, limit: i64) -> Option<Duration> {
        let over = u32::try_from(failures - limit).ok()?;
        let span = self.first_lock.saturating_mul(1_u32.checked_shl(over.min(16)).unwrap_or(u32::MAX));
        Some(span.min(self.longest_lock))
    }
}

/// What one attempt counts for.
pub(crate) struct Attempt {
    account: String,
    address: String,
}

impl Attempt {
    /// `email` as it was typed: hashed, since people type passwords into the wrong field.
    pub(super) fn new(email: &str, address: IpAddr) -> Self {
        let account = hex::encode(&secret::hash(&email.trim().to_ascii_lowercase())[..16]);
        Self { account: format!("account:{account}"), address: format!("address:{}", network(address)) }
    }

    /// A wrong set-up link. Counted for the address alone, so that nobody can lock the first admin out.
    pub(super) fn setup(address: IpAddr) -> Self {
        let network = network(address);
        Self { account: format!("setup:{network}"), address: format!("address:{network}") }
    }

    /// A wrong invitation. Counted for the address alone, too.
    pub(super) fn invitation(address: IpAddr) -> Self {
        let network = network(address);
        Self { account: format!("invitation:{network}"), address: format!("address:{network}") }
    }
}

impl Attempt {
    /// A request for a reset link, counted apart from sign-ins.
    pub(super) fn reset(email: &str, address: IpAddr) -> Self {
        let Self { account, address } = Self::new(email, address);
        Self { account: format!("reset-{account}"), address: format!("reset-{address}") }
    }

    /// A mail that a signed-in person asks for.
    pub(super) fn mail(user: UserId, address: IpAddr) -> Self {
        Self { account: format!("mail:{user}"), address: format!("mail-address:{}", network(address)) }
    }

    /// A wrong link. Counted for the address alone: a link names nobody.
    pub(super) fn link(address: IpAddr) -> Self {
        let network = network(address);
        Self { account: format!("link:{network}"), address: format!("address:{network}") }
    }

    /// A wrong token of a program. Counted apart: a forgotten job must not keep people from signing in.
    pub(crate) fn token(address: IpAddr) -> Self {
        let network = network(address);
        Self { account: format!("token:{network}"), address: format!("token-address:{network}") }
    }

    /// The account's key.
    pub(super) fn account(&self) -> &str {
        &self.account
    }
}

/// What became of counting an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// It may go on.
    Free,
    /// It may go on, and is the last one for now: a lock is set. The one moment to record the lock; refused attempts
    /// are not recorded, since anybody can make any number of them.
    Last,
    /// It may not go on, and was not counted.
    Refused {
        /// When to try again.
        retry_after: Duration,
    },
}

impl Counted {
    /// What the audit log says of an attempt that failed for `why`.
    pub(super) fn detail(self, why: &str) -> String {
        if self == Self::Last { format!("{why}; locked after too many attempts") } else { why.to_owned() }
    }
}

/// One home has one IPv4 address, or a /64 of IPv6.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Counts an attempt as a failure, in a transaction of its own.
pub(crate) async fn count(
    mut tx: System<'_>,
    attempt: &Attempt,
    limits: &ThrottleLimits,
    now: Micros,
) -> nexus_store::Result<Counted> {
    let keys = [(&attempt.account, limits.account), (&attempt.address, limits.address)];
    let mut became = Counted::Free;
    for (key, limit) in keys {
        // Counting locks the row, so that of many at once each sees the lock that an earlier one set.
        let counted = tx.count_failure(key, now, now.minus(limits.window)).await?;
        if let Some(until) = counted.locked_until.filter(|until| *until > now) {
            // Not committed: what is refused is not counted.
            return Ok(Counted::Refused { retry_after: until.since(now) });
        }
        if let Some(span) = limits.lock(counted.failures, limit) {
            tx.lock_throttle(key, now.plus(span)).await?;
            became = Counted::Last;
        }
    }
    tx.commit().await?;
    Ok(became)
}

impl Accounts {
    /// Counts an attempt as a failure until it has succeeded.
    pub(super) async fn count(&self, attempt: &Attempt) -> nexus_store::Result<Counted> {
        let Inner { store, system, clock, throttle, .. } = &*self.inner;
        count(store.system_write(system).await?, attempt, throttle, clock.now()).await
    }

    /// The attempt succeeded: the account's count is gone, the address' is one less. (Were it gone too, one own account
    /// would let somebody try all others.)
    pub(super) async fn forgive(&self, tx: &mut System<'_>, attempt: &Attempt) -> nexus_store::Result<()> {
        tx.clear_throttle(&attempt.account).await?;
        tx.forgive_failure(&attempt.address, self.inner.throttle.address).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_the_longest() {
        let limits = ThrottleLimits::default();
        assert_eq!(limits.lock(7, 8), None);
        assert_eq!(limits.lock(8, 8), Some(Duration::from_secs(30)));
        assert_eq!(limits.lock(9, 8), Some(Duration::from_secs(60)));
        assert_eq!(limits.lock(1000, 8), Some(limits.longest_lock));
    }

    #[test]
    fn a_home_is_one_address() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.7".parse().unwrap()), "192.0.2.7");
    }
}
