//! What the processes of Nexus on one database tell each other: which rows changed, so that those who watch elsewhere
//! are told too. Ids alone; who hears one reads the row and tells its own hub.
//!
//! Written into the transaction of the change: `tx.announce_event(&Announced::….to_string())`. A process never hears
//! itself. What is lost with a connection is made good by a reset of every stream.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use nexus_model::{AlertId, BulkId, ConsoleId, NotificationId, ServerId, TaskId, TenantId, UserId};
use nexus_store::{Announcements, Heard, Store};

use crate::alerts::Alerts;
use crate::background::{Background, Beat};
use crate::bulk::Bulks;
use crate::consoles::Consoles;
use crate::events::{Events, Happening};
use crate::inventory::Inventory;
use crate::notifications::Notifications;
use crate::tasks::Tasks;

/// One announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Announced {
    /// A task began, went on or ended.
    Task(TenantId, TaskId),
    /// An action on many guests began, went on or ended; with the turn at which its guests changed, or 0.
    Bulk(TenantId, BulkId, i64),
    /// An alert opened or changed.
    Alert(TenantId, AlertId),
    /// A person has a new notification.
    Notification(TenantId, UserId, NotificationId),
    /// A console session opened, changed or ended.
    Console(TenantId, ConsoleId),
    /// What the open consoles of a tenant have done was written down.
    Consoles(TenantId),
    /// A tenant's settings changed.
    Settings(TenantId),
    /// The holder of a server's lease left a new picture, of this fence and number.
    Picture(ServerId, i64, i64),
    /// Whoever holds the lease of the server should ask it now.
    Refresh(ServerId),
    /// Somebody watches the tenant at a process that had nobody before.
    Watch(TenantId),
    /// A process came or goes: servers may be taken or given back.
    Leases,
}

impl fmt::Display for Announced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(tenant, id) => write!(f, "task:{tenant}:{id}"),
            Self::Bulk(tenant, id, turn) => write!(f, "bulk:{tenant}:{id}:{turn}"),
            Self::Alert(tenant, id) => write!(f, "alert:{tenant}:{id}"),
            Self::Notification(tenant, user, id) => write!(f, "notification:{tenant}:{user}:{id}"),
            Self::Console(tenant, id) => write!(f, "console:{tenant}:{id}"),
            Self::Consoles(tenant) => write!(f, "consoles:{tenant}"),
            Self::Settings(tenant) => write!(f, "settings:{tenant}"),
            Self::Picture(server, fence, number) => write!(f, "picture:{server}:{fence}:{number}"),
            Self::Refresh(server) => write!(f, "refresh:{server}"),
            Self::Watch(tenant) => write!(f, "watch:{tenant}"),
            Self::Leases => f.write_str("leases"),
        }
    }
}

/// Another version's announcement, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unknown;

impl FromStr for Announced {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        fn part<'t, T: FromStr>(parts: &mut impl Iterator<Item = &'t str>) -> Result<T, Unknown> {
            parts.next().and_then(|part| part.parse().ok()).ok_or(Unknown)
        }
        let mut parts = text.split(':');
        let parts = &mut parts;
        let known = match parts.next() {
            Some("task") => Self::Task(part(parts)?, part(parts)?),
            Some("bulk") => Self::Bulk(part(parts)?, part(parts)?, part(parts)?),
            Some("alert") => Self::Alert(part(parts)?, part(parts)?),
            Some("notification") => Self::Notification(part(parts)?, part(parts)?, part(parts)?),
            Some("console") => Self::Console(part(parts)?, part(parts)?),
            Some("consoles") => Self::Consoles(part(parts)?),
            Some("settings") => Self::Settings(part(parts)?),
            Some("picture") => Self::Picture(part(parts)?, part(parts)?, part(parts)?),
            Some("refresh") => Self::Refresh(part(parts)?),
            Some("watch") => Self::Watch(part(parts)?),
            Some("leases") => Self::Leases,
            _ => return Err(Unknown),
        };
        if parts.next().is_some() { Err(Unknown) } else { Ok(known) }
    }
}

/// Whose streams are told of what other processes did.
#[derive(Clone)]
pub(crate) struct Relayed {
    pub(crate) store: Store,
    pub(crate) events: Events,
    pub(crate) inventory: Inventory,
    pub(crate) tasks: Tasks,
    pub(crate) bulks: Bulks,
    pub(crate) consoles: Consoles,
    pub(crate) alerts: Alerts,
    pub(crate) notices: Notifications,
}

/// How long to wait before a lost connection is tried again.
const AGAIN: Duration = Duration::from_secs(1);

impl Relayed {
    /// Starts the task that hears the other processes; where there are none it does nothing.
    pub(crate) fn start(self, background: &Background) {
        if self.store.is_shared() {
            background.start("relayed", move |beat| self.clone().keep_hearing(beat));
        }
    }

    async fn keep_hearing(self, beat: Beat) {
        let mut first = true;
        while !beat.stop().is_cancelled() {
            let opened = tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                opened = self.store.announcements() => opened,
            };
            match opened {
                Ok(Some(announcements)) => {
                    if !std::mem::take(&mut first) {
                        self.missed();
                    }
                    self.hear(announcements, &beat).await;
                }
                Ok(None) => return beat.stop().cancelled().await,
                Err(error) => {
                    beat.failed(&error);
                    tracing::warn!(%error, "other processes cannot be heard");
                }
            }
            beat.nap(AGAIN).await;
        }
    }

    /// Hears until the connection is lost for good, or the task must end.
    async fn hear(&self, mut announcements: Announcements, beat: &Beat) {
        loop {
            let heard = tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                heard = announcements.next() => heard,
            };
            match heard {
                Ok(Heard::Gap) => self.missed(),
                Ok(Heard::Text(text)) => match text.parse() {
                    Ok(announced) => match self.pass_on(announced).await {
                        Ok(()) => beat.done(),
                        Err(error) => {
                            beat.failed(&error);
                            tracing::warn!(%error, "what another process did could not be read");
                            self.missed();
                        }
                    },
                    // Another version of Nexus says more than this one knows.
                    Err(Unknown) => tracing::debug!("another process announced something unknown"),
                },
                Err(error) => {
                    beat.failed(&error);
                    tracing::warn!(%error, "the connection that announces what other processes do is lost");
                    return;
                }
            }
        }
    }

    /// What was announced is gone: everybody reads everything again.
    fn missed(&self) {
        self.inventory.leases_stirred();
        self.inventory.pictures_missed();
        self.inventory.servers_changed();
        for tenant in self.events.remembered() {
            self.events.tell(tenant, Happening::Reset);
        }
    }

    async fn pass_on(&self, announced: Announced) -> nexus_store::Result<()> {
        match announced {
            Announced::Task(tenant, id) if self.events.remembers(tenant) => self.tasks.heard(tenant, id).await,
            // Whoever works on it hears it too.
            Announced::Bulk(tenant, id, turn) => self.bulks.heard(tenant, id, turn).await,
            Announced::Alert(tenant, id) if self.events.remembers(tenant) => self.alerts.heard(tenant, id).await,
            Announced::Notification(tenant, user, id) if self.events.remembers(tenant) => {
                self.notices.heard(tenant, user, id).await
            }
            Announced::Console(tenant, id) if self.events.remembers(tenant) => {
                self.consoles.tell(id).await;
                Ok(())
            }
            Announced::Consoles(tenant) => self.consoles.tell_live(tenant).await,
            // Nobody has watched here who could come back and ask for it.
            Announced::Task(..) | Announced::Alert(..) | Announced::Notification(..) | Announced::Console(..) => Ok(()),
            Announced::Settings(tenant) => {
                self.events.tell(tenant, Happening::Settings);
                self.inventory.servers_changed();
                self.alerts.look_soon();
                Ok(())
            }
            Announced::Picture(server, fence, number) => {
                self.inventory.picture_left(server, fence, number);
                Ok(())
            }
            Announced::Refresh(server) => {
                self.inventory.refresh_for_others(server);
                Ok(())
            }
            Announced::Watch(tenant) => {
                self.inventory.watched_elsewhere(tenant);
                Ok(())
            }
            Announced::Leases => {
                self.inventory.leases_stirred();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_announcement_is_read_as_it_was_written() {
        let id = Uuid::now_v7;
        let all = [
            Announced::Task(id().into(), id().into()),
            Announced::Bulk(id().into(), id().into(), 12),
            Announced::Alert(id().into(), id().into()),
            Announced::Notification(id().into(), id().into(), id().into()),
            Announced::Console(id().into(), id().into()),
            Announced::Consoles(id().into()),
            Announced::Settings(id().into()),
            Announced::Picture(id().into(), 3, 7),
            Announced::Refresh(id().into()),
            Announced::Watch(id().into()),
            Announced::Leases,
        ];
        for one in all {
            assert_eq!(one.to_string().parse(), Ok(one));
            assert_eq!(format!("{one}:x").parse::<Announced>(), Err(Unknown));
        }
        for text in ["", "task", "task:x:y", "picture:x", "later:1"] {
            assert_eq!(text.parse::<Announced>(), Err(Unknown));
        }
    }
}
