//! Who is told what of a notice, and how it is written: in one transaction, bounded by the tenant's members.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use nexus_model::{Micros, NotificationKind, ServerId, ServerOrigin, TenantId, TenantRole, UserId};
use nexus_store::{NoticePlace, Notification, Reader, Readers, System, TaskState};

use super::{AlertFacts, Facts, Notice, NotificationView, Notifications, Parts, Told};
use crate::accounts::Language;
use crate::guests;
use crate::mail::Letter;
use crate::relayed::Announced;
use crate::secret;
use crate::webhooks;

/// The same of the same server is told once within this time.
const AGAIN: Duration = Duration::from_secs(60);
/// How many notices of one tenant are written within [`AGAIN`].
const MOST: i64 = 200;
/// How long an action must have taken for its good end to be told.
const LONG_ACTION: Duration = Duration::from_secs(10);
/// How many alerts are mailed to a tenant's alert address within [`MAIL_WINDOW`].
const MOST_ALERT_MAILS: i64 = 60;
const MAIL_WINDOW: Duration = Duration::from_secs(3600);
/// Longest text of a fact, in characters.
const LONGEST: usize = 300;

/// A notice, taken apart.
struct Parted {
    tenant: TenantId,
    kind: NotificationKind,
    at: Micros,
    facts: Facts,
    /// The server that it is about, and whose inside `facts.detail` may tell of.
    server: Option<ServerId>,
    readers: Readers,
    /// Is not told, for they did it.
    actor: Option<UserId>,
    /// Who lost what they were told before.
    demoted: Option<UserId>,
}

impl Parted {
    fn of(notice: &Notice, now: Micros) -> Option<Self> {
        let managers = Readers { managers: true, ..Readers::default() };
        let plain = |tenant, kind, facts, server, readers| Self {
            tenant,
            kind,
            at: now,
            facts,
            server,
            readers,
            actor: None,
            demoted: None,
        };
        let of_server = |tenant: &TenantId, kind, server: &ServerId, name: &str, detail: &Option<String>| {
            let detail = detail.as_deref().map(cleaned);
            let facts = Facts { server: Some(*server), server_name: Some(cleaned(name)), detail, ..Facts::default() };
            plain(*tenant, kind, facts, Some(*server), managers)
        };
        Some(match notice {
            Notice::ServerOffline { tenant, server, server_name, detail } => {
                of_server(tenant, NotificationKind::ServerOffline, server, server_name, detail)
            }
            Notice::ServerOnline { tenant, server, server_name, detail } => {
                of_server(tenant, NotificationKind::ServerOnline, server, server_name, detail)
            }
            Notice::AlertOpened { alert } => Self::of_alert(NotificationKind::AlertOpened, alert),
            Notice::AlertAcknowledged { alert, actor, actor_name } => {
                let parted = Self::of_alert(NotificationKind::AlertAcknowledged, alert);
                let facts = Facts { actor: Some(cleaned(actor_name)), ..parted.facts };
                Self { actor: Some(*actor), facts, ..parted }
            }
            Notice::AlertResolved { alert } => Self::of_alert(NotificationKind::AlertResolved, alert),
            Notice::ActionEnded { task, took } => {
                let kind = match task.state {
                    TaskState::Running => return None,
                    // Who stopped it knows.
                    TaskState::Stopped if task.stopped_by.as_ref() == Some(&task.user_name) => return None,
                    TaskState::Ok if *took < LONG_ACTION => return None,
                    TaskState::Ok => NotificationKind::ActionDone,
                    TaskState::Failed | TaskState::Stopped => NotificationKind::ActionFailed,
                };
                let facts = Facts {
                    guest: Some(task.guest()),
                    guest_name: Some(cleaned(&task.guest_name)),
                    action: Some(task.action),
                    task: Some(task.id),
                    detail: task.detail.as_deref().filter(|_| task.state == TaskState::Failed).map(cleaned),
                    actor: task.stopped_by.as_deref().map(cleaned),
                    ..Facts::default()
                };
                let readers = Readers { person: Some(task.user_id), ..Readers::default() };
                plain(task.tenant_id, kind, facts, Some(task.server_id), readers)
            }
            Notice::MemberAdded { .. } | Notice::MemberRemoved { .. } | Notice::RoleChanged { .. } => {
                return Self::of_member(notice, now);
            }
        })
    }

    fn of_alert(kind: NotificationKind, alert: &AlertFacts) -> Self {
        let facts = Facts {
            server: alert.server,
            server_name: Some(cleaned(&alert.server_name)),
            alert: Some(alert.id),
            rule: Some(alert.rule),
            value: alert.value,
            threshold: Some(alert.threshold),
            detail: alert.detail.as_deref().map(cleaned),
            ..Facts::default()
        };
        let readers = Readers { managers: true, ..Readers::default() };
        let (tenant, at, server) = (alert.tenant, alert.at, alert.server);
        Self { tenant, kind, at, facts, server, readers, actor: None, demoted: None }
    }

    fn of_member(notice: &Notice, now: Micros) -> Option<Self> {
        let (Notice::MemberAdded { tenant, person, person_name, actor, actor_name, role }
        | Notice::MemberRemoved { tenant, person, person_name, actor, actor_name, role }
        | Notice::RoleChanged { tenant, person, person_name, actor, actor_name, role }) = notice
        else {
            return None;
        };
        let changed = matches!(notice, Notice::RoleChanged { .. });
        let kind = match notice {
            Notice::MemberAdded { .. } => NotificationKind::MemberAdded,
            Notice::MemberRemoved { .. } => NotificationKind::MemberRemoved,
            _ => NotificationKind::RoleChanged,
        };
        let facts = Facts {
            person: Some(cleaned(person_name)),
            actor: Some(cleaned(actor_name)),
            role: Some(*role),
            ..Facts::default()
        };
        Some(Self {
            tenant: *tenant,
            kind,
            at: now,
            facts,
            server: None,
            readers: Readers { managers: false, admins: true, person: Some(*person).filter(|_| changed) },
            actor: Some(*actor),
            demoted: Some(*person).filter(|_| changed && *role == TenantRole::Viewer),
        })
    }

    /// Whether `facts` tell of an alert, which the tenant's alert address gets too where the tenant wants that.
    fn is_mailed_to_tenant(&self, place: &NoticePlace) -> bool {
        match self.kind {
            NotificationKind::AlertOpened => place.mail_on_alert,
            NotificationKind::AlertResolved => place.mail_on_recovery,
            _ => false,
        }
    }

    /// What one reader may know: of a provided server nobody the inside, and viewers no words of PVE.
    fn facts_for(&self, role: TenantRole, provided: bool) -> Facts {
        let mut facts = self.facts.clone();
        let inside = role != TenantRole::Viewer && !provided;
        facts.detail = facts.detail.filter(|_| inside || facts.task.is_some());
        if !inside {
            facts.detail = facts.detail.map(guests::plain);
        }
        facts
    }
}

impl Notifications {
    /// Writes a notice in the caller's transaction: a row for each reader by rights and preference, letters, messages to
    /// webhooks. After the commit the caller hands the result to [`Notifications::told`].
    pub(crate) async fn write(&self, tx: &mut System<'_>, notice: &Notice) -> nexus_store::Result<Vec<Told>> {
        let Parts { clock, .. } = &self.inner.parts;
        let now = clock.now();
        let Some(parted) = Parted::of(notice, now) else { return Ok(Vec::new()) };
        if let Some(person) = parted.demoted {
            tx.forget_notifications_of_managers(parted.tenant, person).await?;
        }
        let Some(place) = tx.notice_place(parted.tenant).await?.filter(|place| place.is_active) else {
            return Ok(Vec::new());
        };
        if !self.may_write(tx, &parted, now).await? {
            return Ok(Vec::new());
        }
        let provided = match parted.server {
            Some(server) => tx.server_origin(parted.tenant, server).await? == Some(ServerOrigin::Provided),
            None => false,
        };
        let mut readers = tx.readers(parted.tenant, parted.kind.category(), parted.readers).await?;
        readers.retain(|reader| Some(reader.id) != parted.actor);
        let mut told = self.write_rows(tx, &parted, provided, &readers).await?;
        self.write_letters(tx, &parted, provided, &place, &readers).await?;
        if webhooks::write(tx, parted.tenant, &place, parted.kind, parted.at, &parted.told_outside(provided), now)
            .await?
        {
            told.push(Told::Deliveries);
        }
        Ok(told)
    }

    /// The guard against storms, shared by all processes: the same of one server once a minute, and so many in all.
    async fn may_write(&self, tx: &mut System<'_>, parted: &Parted, now: Micros) -> nexus_store::Result<bool> {
        let (tenant, kind, since) = (parted.tenant, parted.kind, now.minus(AGAIN));
        // The tenant's own count comes first in every transaction, so that two of them cannot wait for each other.
        let (written, _) = tx.count_uses(&format!("notices:{tenant}"), 1, now, since).await?;
        if written > MOST {
            tracing::warn!(%tenant, %kind, more = written - MOST, "a notice is not told: too many within a minute");
            return Ok(false);
        }
        if parted.facts.task.is_some() || parted.facts.person.is_some() {
            return Ok(true);
        }
        let server = parted.server.map(|server| server.to_string()).unwrap_or_default();
        let rule = parted.facts.rule.map_or("", nexus_model::AlertRule::name);
        let (same, _) = tx.count_uses(&format!("notice:{tenant}:{kind}:{server}:{rule}"), 1, now, since).await?;
        if same > 1 {
            tracing::debug!(%tenant, %kind, "a notice is not told again within a minute");
        }
        Ok(same == 1)
    }

    async fn write_rows(
        &self,
        tx: &mut System<'_>,
        parted: &Parted,
        provided: bool,
        readers: &[Reader],
    ) -> nexus_store::Result<Vec<Told>> {
        let mut written = Vec::new();
        for reader in readers.iter().filter(|reader| reader.in_app.unwrap_or(true)) {
            let facts = parted.facts_for(reader.role, provided);
            let row = Notification {
                id: secret::id(),
                kind: parted.kind,
                // Texts, numbers and ids: they can always be written as JSON.
                facts: serde_json::to_value(&facts).unwrap_or_default(),
                at: parted.at,
                read_at: None,
            };
            tx.insert_notification(parted.tenant, reader.id, &row).await?;
            let announced = Announced::Notification(parted.tenant, reader.id, row.id);
            tx.announce_event(&announced.to_string()).await?;
            written.push((
                reader.id,
                NotificationView { id: row.id, kind: parted.kind, at: parted.at, read: false, facts },
            ));
        }
        if written.is_empty() {
            return Ok(Vec::new());
        }
        let unread = tx.unread_of_all(parted.tenant).await?;
        let unread: HashMap<UserId, i64> = unread.into_iter().map(|one| (one.user_id, one.count)).collect();
        let told = written.into_iter().map(|(user, view)| Told::Person {
            tenant: parted.tenant,
            user,
            notification: Box::new(view),
            unread: unread.get(&user).copied().unwrap_or(1),
        });
        Ok(told.collect())
    }

    /// Letters to those who want them at an address that is theirs, and of alerts to the tenant's alert address.
    async fn write_letters(
        &self,
        tx: &mut System<'_>,
        parted: &Parted,
        provided: bool,
        place: &NoticePlace,
        readers: &[Reader],
    ) -> nexus_store::Result<()> {
        let Parts { mailer, links, clock, .. } = &self.inner.parts;
        if !mailer.is_configured() {
            return Ok(());
        }
        let page = match parted.kind.category() {
            nexus_model::NotificationCategory::Alerts => "monitoring",
            _ => "notifications",
        };
        let link = links.page(&place.slug, page);
        let Some(head) = tx.letterhead(parted.tenant).await? else { return Ok(()) };
        let mut mailed: HashSet<&str> = HashSet::new();
        let (kind, at, tenant) = (parted.kind, parted.at, place.name.as_str());
        for reader in readers.iter().filter(|reader| reader.by_mail.unwrap_or(false) && reader.verified_at.is_some()) {
            let facts = parted.facts_for(reader.role, provided);
            let full_name = Some(reader.full_name.as_str());
            let letter = Letter::Notice { full_name, tenant, kind, facts: &facts, at, link: &link };
            let language = Some(Language::stored(&reader.language));
            mailer.post_from(tx, &head, (&reader.email, language), &letter).await?;
            mailed.insert(reader.email.as_str());
        }
        let Some(address) = place.alert_email.as_deref().filter(|_| parted.is_mailed_to_tenant(place)) else {
            return Ok(());
        };
        if mailed.contains(address) {
            return Ok(());
        }
        let now = clock.now();
        let key = format!("alert-mail:{}", parted.tenant);
        let (sent, _) = tx.count_uses(&key, 1, now, now.minus(MAIL_WINDOW)).await?;
        if sent > MOST_ALERT_MAILS {
            tracing::warn!(tenant = %parted.tenant, "an alert is not mailed: too many within an hour");
            return Ok(());
        }
        let facts = parted.told_outside(provided);
        let letter = Letter::Notice { full_name: None, tenant, kind, facts: &facts, at, link: &link };
        mailer.post_from(tx, &head, (address, None), &letter).await?;
        Ok(())
    }
}

impl Parted {
    /// What leaves the tenant's members: as its admins know it.
    fn told_outside(&self, provided: bool) -> Facts {
        self.facts_for(TenantRole::Admin, provided)
    }
}

/// Bounded, and without characters that turn or end a line, or that PostgreSQL does not store.
fn cleaned(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}
