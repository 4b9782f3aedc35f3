//! The test of the way to the mail server: one mail to oneself, past the box, told stage by stage.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Administration, AdministrationError, Parts};
use crate::access::SystemGrant;
use crate::accounts::Language;
use crate::audit::{Entry, Outcome};
use crate::mail::{Letter, MailStopped};

/// How many test mails the installation sends within [`WINDOW`].
const MOST: i64 = 10;
const WINDOW: Duration = Duration::from_secs(600);

/// How sending went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMail {
    /// Where it stopped; `None` when the mail server took it.
    pub stopped: Option<MailStopped>,
    /// How long it took.
    pub took: Duration,
}

impl Administration {
    /// Sends a mail to oneself now, and says how far it came.
    ///
    /// # Errors
    /// No mail, too many tests, the store.
    pub async fn test_mail(&self, grant: &SystemGrant) -> Result<TestMail, AdministrationError> {
        let Parts { store, system, clock, audit, mailer, links, .. } = &*self.inner;
        if !mailer.is_configured() {
            return Err(AdministrationError::MailNotConfigured);
        }
        let (person, now) = (grant.person(), clock.now());
        let mut tx = store.system_write(system).await?;
        let (sent, first_at) = tx.count_uses("system-test-mail", 1, now, now.minus(WINDOW)).await?;
        let user = tx.user(person.user()).await?.ok_or(AdministrationError::NotFound)?;
        tx.commit().await?;
        if sent > MOST {
            let retry_after = first_at.plus(WINDOW).since(now);
            return Err(AdministrationError::TooManyTests { retry_after });
        }
        let letter = Letter::SystemTest { full_name: &user.full_name, link: &links.home() };
        let begun = Instant::now();
        let tried = mailer.try_out(&user.email, Language::stored(&user.language), &letter).await;
        let stopped = tried.ok_or(AdministrationError::MailNotConfigured)?.err();
        let entry = Entry::new("system.test_mail", "system", "", user.email.as_str());
        let entry = match &stopped {
            None => entry,
            Some(stopped) => {
                entry.outcome(Outcome::Failed).after(json!({ "stage": stopped.stage.name() })).detail(&stopped.detail)
            }
        };
        let mut tx = store.system_write(system).await?;
        audit.record_as_system(&mut tx, None, &grant.who(), entry).await?;
        tx.commit().await?;
        Ok(TestMail { stopped, took: begun.elapsed() })
    }
}
