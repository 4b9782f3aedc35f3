//! What letters of notifications say, in the reader's language. Names come from people and from PVE.

use nexus_model::{AlertRule, GuestKind, Micros, NotificationKind, TaskAction};

use super::letter::{Draft, day_and_time, english_role, german_role};
use crate::notifications::Facts;

/// A notification, for its letter.
pub(super) struct Told<'a> {
    pub(super) full_name: Option<&'a str>,
    pub(super) tenant: &'a str,
    pub(super) kind: NotificationKind,
    pub(super) facts: &'a Facts,
    pub(super) at: Micros,
    pub(super) link: &'a str,
}

const ENGLISH_END: &str = "You chose to be told by mail; on the notifications page you choose otherwise.";
const ENGLISH_END_TENANT: &str = "This address gets the tenant's alerts; its admins change that in the settings.";
const GERMAN_END: &str =
    "Sie haben gewählt, dass Sie davon per E-Mail erfahren; auf der Seite Mitteilungen ändern Sie das.";
const GERMAN_END_TENANT: &str =
    "An diese Adresse gehen die Alarme des Mandanten; seine Admins ändern das in den Einstellungen.";

impl<'a> Told<'a> {
    fn server(&self) -> &'a str {
        self.facts.server_name.as_deref().unwrap_or_default()
    }

    fn person(&self) -> &'a str {
        self.facts.person.as_deref().unwrap_or_default()
    }

    fn actor(&self) -> &'a str {
        self.facts.actor.as_deref().unwrap_or_default()
    }

    /// A guest's name, or where it has none its kind and number.
    fn guest(&self) -> String {
        let name = self.facts.guest_name.as_deref().unwrap_or_default();
        match self.facts.guest.filter(|_| name.is_empty()) {
            Some(guest) if guest.kind == GuestKind::Lxc => format!("CT {}", guest.vmid),
            Some(guest) => format!("VM {}", guest.vmid),
            None => name.to_owned(),
        }
    }

    fn measured(&self, unit: &str) -> Option<String> {
        self.facts.value.map(|value| format!("{value} {unit}"))
    }

    fn threshold(&self, unit: &str) -> String {
        format!("{} {unit}", self.facts.threshold.unwrap_or_default())
    }

    pub(super) fn english(&self) -> Draft<'a> {
        let (server, person, actor) = (self.server(), self.person(), self.actor());
        let role = self.facts.role.map_or("", english_role);
        let (what, mut lines) = match self.kind {
            NotificationKind::ServerOffline => (format!("{server} does not answer"), Vec::new()),
            NotificationKind::ServerOnline => (format!("{server} answers again"), Vec::new()),
            NotificationKind::AlertOpened => (format!("Alert: {}", self.english_alert()), self.english_limit()),
            NotificationKind::AlertAcknowledged => {
                let line = format!("{actor} looks after it.");
                (format!("Alert taken: {}", self.english_alert()), vec![line])
            }
            NotificationKind::AlertResolved => (format!("Alert over: {}", self.english_alert()), Vec::new()),
            NotificationKind::ActionDone => {
                (format!("{} of {} has ended", self.english_action(), self.guest()), Vec::new())
            }
            NotificationKind::ActionFailed => {
                (format!("{} of {} failed", self.english_action(), self.guest()), Vec::new())
            }
            NotificationKind::MemberAdded if person == actor => {
                (format!("{person} has accepted an invitation"), vec![format!("The role is {role}.")])
            }
            NotificationKind::MemberAdded => {
                (format!("{person} is a member now"), vec![format!("{actor} added {person} as {role}.")])
            }
            NotificationKind::MemberRemoved if person == actor => (format!("{person} has left"), Vec::new()),
            NotificationKind::MemberRemoved => {
                (format!("{person} is a member no more"), vec![format!("{actor} removed {person}.")])
            }
            NotificationKind::RoleChanged => {
                (format!("{person} is {role} now"), vec![format!("{actor} changed the role.")])
            }
        };
        lines.insert(0, format!("{what}."));
        lines.extend(self.facts.detail.as_ref().map(|detail| format!("Reason: {detail}")));
        lines.push(format!("Time: {} UTC.", day_and_time(self.at)));
        Draft {
            subject: format!("{}: {what}", self.tenant),
            greeting: self.full_name.map(|name| format!("Hello {name},")),
            lines,
            button: Some(("Open it in Nexus", self.link)),
            end: if self.full_name.is_some() { ENGLISH_END } else { ENGLISH_END_TENANT },
        }
    }

    fn english_alert(&self) -> String {
        let server = self.server();
        match self.facts.rule {
            Some(AlertRule::SuccessRate) => format!("{server} answers too seldom"),
            Some(AlertRule::Latency) => format!("{server} answers slowly"),
            Some(AlertRule::Offline) => format!("{server} has been away for too long"),
            Some(AlertRule::Network) => "nearly all servers are away at once".into(),
            None => server.to_owned(),
        }
    }

    fn english_limit(&self) -> Vec<String> {
        let line = match self.facts.rule {
            Some(AlertRule::SuccessRate) => self
                .measured("%")
                .map(|value| format!("{value} of the checks succeed, {} should.", self.threshold("%"))),
            Some(AlertRule::Latency) => {
                self.measured("ms").map(|value| format!("Answers take {value}, the limit is {}.", self.threshold("ms")))
            }
            Some(AlertRule::Offline) => Some(format!("The limit is {}.", self.threshold("seconds"))),
            Some(AlertRule::Network) => Some("The fault is likely between Nexus and the network.".into()),
            None => None,
        };
        line.into_iter().collect()
    }

    fn english_action(&self) -> &'static str {
        match self.facts.action {
            Some(TaskAction::Start) => "Start",
            Some(TaskAction::Shutdown) => "Shutdown",
            Some(TaskAction::Stop) => "Stop",
            Some(TaskAction::Reboot) => "Reboot",
            Some(TaskAction::Reset) => "Reset",
            Some(TaskAction::Suspend) => "Suspend",
            Some(TaskAction::Resume) => "Resume",
            Some(TaskAction::SnapshotCreate) => "Making a snapshot",
            Some(TaskAction::SnapshotRollback) => "Going back to a snapshot",
            Some(TaskAction::SnapshotDelete) => "Deleting a snapshot",
            None => "An action",
        }
    }

    pub(super) fn german(&self) -> Draft<'a> {
        let (server, person, actor) = (self.server(), self.person(), self.actor());
        let role = self.facts.role.map_or("", german_role);
        let (what, mut lines) = match self.kind {
            NotificationKind::ServerOffline => (format!("{server} antwortet nicht"), Vec::new()),
            NotificationKind::ServerOnline => (format!("{server} antwortet wieder"), Vec::new()),
            NotificationKind::AlertOpened => (format!("Alarm: {}", self.german_alert()), self.german_limit()),
            NotificationKind::AlertAcknowledged => {
                let line = format!("{actor} kümmert sich darum.");
                (format!("Alarm übernommen: {}", self.german_alert()), vec![line])
            }
            NotificationKind::AlertResolved => (format!("Alarm vorbei: {}", self.german_alert()), Vec::new()),
            NotificationKind::ActionDone => {
                (format!("{} von {} ist beendet", self.german_action(), self.guest()), Vec::new())
            }
            NotificationKind::ActionFailed => {
                (format!("{} von {} ist fehlgeschlagen", self.german_action(), self.guest()), Vec::new())
            }
            NotificationKind::MemberAdded if person == actor => {
                (format!("{person} hat eine Einladung angenommen"), vec![format!("Die Rolle ist {role}.")])
            }
            NotificationKind::MemberAdded => {
                (format!("{person} gehört jetzt dazu"), vec![format!("{actor} hat {person} als {role} hinzugefügt.")])
            }
            NotificationKind::MemberRemoved if person == actor => {
                (format!("{person} gehört nicht mehr dazu"), Vec::new())
            }
            NotificationKind::MemberRemoved => {
                (format!("{person} gehört nicht mehr dazu"), vec![format!("{actor} hat {person} entfernt.")])
            }
            NotificationKind::RoleChanged => {
                (format!("{person} ist jetzt {role}"), vec![format!("{actor} hat die Rolle geändert.")])
            }
        };
        lines.insert(0, format!("{what}."));
        lines.extend(self.facts.detail.as_ref().map(|detail| format!("Grund: {detail}")));
        lines.push(format!("Zeit: {} UTC.", day_and_time(self.at)));
        Draft {
            subject: format!("{}: {what}", self.tenant),
            greeting: self.full_name.map(|name| format!("Guten Tag {name},")),
            lines,
            button: Some(("In Nexus öffnen", self.link)),
            end: if self.full_name.is_some() { GERMAN_END } else { GERMAN_END_TENANT },
        }
    }

    fn german_alert(&self) -> String {
        let server = self.server();
        match self.facts.rule {
            Some(AlertRule::SuccessRate) => format!("{server} antwortet zu selten"),
            Some(AlertRule::Latency) => format!("{server} antwortet langsam"),
            Some(AlertRule::Offline) => format!("{server} ist zu lange weg"),
            Some(AlertRule::Network) => "fast alle Server sind zugleich weg".into(),
            None => server.to_owned(),
        }
    }

    fn german_limit(&self) -> Vec<String> {
        let line = match self.facts.rule {
            Some(AlertRule::SuccessRate) => self
                .measured("%")
                .map(|value| format!("{value} der Prüfungen gelingen, {} sollten es sein.", self.threshold("%"))),
            Some(AlertRule::Latency) => self
                .measured("ms")
                .map(|value| format!("Antworten dauern {value}, die Grenze ist {}.", self.threshold("ms"))),
            Some(AlertRule::Offline) => Some(format!("Die Grenze ist {}.", self.threshold("Sekunden"))),
            Some(AlertRule::Network) => Some("Der Fehler liegt wohl zwischen Nexus und dem Netz.".into()),
            None => None,
        };
        line.into_iter().collect()
    }

    fn german_action(&self) -> &'static str {
        match self.facts.action {
            Some(TaskAction::Start) => "Das Starten",
            Some(TaskAction::Shutdown) => "Das Herunterfahren",
            Some(TaskAction::Stop) => "Das Stoppen",
            Some(TaskAction::Reboot) => "Der Neustart",
            Some(TaskAction::Reset) => "Das Zurücksetzen",
            Some(TaskAction::Suspend) => "Das Anhalten",
            Some(TaskAction::Resume) => "Das Fortsetzen",
            Some(TaskAction::SnapshotCreate) => "Das Anlegen eines Snapshots",
            Some(TaskAction::SnapshotRollback) => "Das Zurücksetzen auf einen Snapshot",
            Some(TaskAction::SnapshotDelete) => "Das Löschen eines Snapshots",
            None => "Eine Aktion",
        }
    }
}

/// A letter that shows that mail works.
pub(super) fn english_test<'a>(tenant: &str, link: &'a str) -> Draft<'a> {
    Draft {
        subject: format!("{tenant}: test of alert mails"),
        greeting: None,
        lines: vec![format!("This mail shows that {tenant} on Nexus can write to this address.")],
        button: Some(("Open Nexus", link)),
        end: "Somebody pressed the test button in the settings. There is nothing to do.",
    }
}

/// The same in German.
pub(super) fn german_test<'a>(tenant: &str, link: &'a str) -> Draft<'a> {
    Draft {
        subject: format!("{tenant}: Test der Alarm-E-Mails"),
        greeting: None,
        lines: vec![format!("Diese E-Mail zeigt, dass {tenant} auf Nexus an diese Adresse schreiben kann.")],
        button: Some(("Nexus öffnen", link)),
        end: "Jemand hat in den Einstellungen den Testknopf gedrückt. Es ist nichts zu tun.",
    }
}

/// Whether mail works at all, to whoever asked.
pub(super) fn english_system_test(greeting: Option<String>, link: &str) -> Draft<'_> {
    Draft {
        subject: "Nexus: test of e-mail".into(),
        greeting,
        lines: vec!["This mail shows that Nexus can send e-mail.".into()],
        button: Some(("Open Nexus", link)),
        end: "You pressed the test button on the page about the system. There is nothing to do.",
    }
}

/// The same in German.
pub(super) fn german_system_test(greeting: Option<String>, link: &str) -> Draft<'_> {
    Draft {
        subject: "Nexus: Test des E-Mail-Versands".into(),
        greeting,
        lines: vec!["Diese E-Mail zeigt, dass Nexus E-Mails senden kann.".into()],
        button: Some(("Nexus öffnen", link)),
        end: "Sie haben auf der Seite über das System den Testknopf gedrückt. Es ist nichts zu tun.",
    }
}
