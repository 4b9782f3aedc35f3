//! What mails say, in the reader's language: as text, and as simple HTML with the same words. Names come from people and
//! are escaped; nothing is loaded from elsewhere.

use nexus_model::{Micros, NotificationKind, TenantRole};
use time::OffsetDateTime;
use time::macros::format_description;

use nexus_store::Letterhead;

use super::notice::{self, Told};
use super::{LogoName, Written};
use crate::accounts::Language;
use crate::notifications::Facts;

/// What is to be said.
pub(crate) enum Letter<'a> {
    /// Somebody was invited.
    Invitation {
        /// The tenant's name.
        tenant: &'a str,
        /// What they are to be.
        role: TenantRole,
        /// Who invited, by name.
        invited_by: &'a str,
        /// Where they accept.
        link: &'a str,
        /// Until when.
        expires_at: Micros,
    },
    /// Somebody may choose a new password.
    Reset {
        /// Their name.
        full_name: &'a str,
        /// Where they choose it.
        link: &'a str,
        /// Until when.
        expires_at: Micros,
    },
    /// An address is to be verified.
    Verify {
        /// Whose.
        full_name: &'a str,
        /// Where it happens.
        link: &'a str,
        /// Until when.
        expires_at: Micros,
    },
    /// An account is to get this address.
    ChangeEmail {
        /// Whose.
        full_name: &'a str,
        /// Where it happens.
        link: &'a str,
        /// Until when.
        expires_at: Micros,
    },
    /// An account has another address now; to the old one.
    EmailChanged {
        /// Whose.
        full_name: &'a str,
        /// The new address.
        email: &'a str,
    },
    /// A password was changed.
    PasswordChanged {
        /// Whose.
        full_name: &'a str,
    },
    /// Somebody is a member now.
    Added {
        /// Their name.
        full_name: &'a str,
        /// The tenant's name.
        tenant: &'a str,
        /// Who added them, by name.
        added_by: &'a str,
        /// The tenant's first page.
        link: &'a str,
    },
    /// Somebody is told of something, or a tenant's alert address of an alert.
    Notice {
        /// Their name; `None` for the alert address.
        full_name: Option<&'a str>,
        /// The tenant's name.
        tenant: &'a str,
        /// What is told.
        kind: NotificationKind,
        /// What the words are made of.
        facts: &'a Facts,
        /// When it happened.
        at: Micros,
        /// The page that shows it.
        link: &'a str,
    },
    /// Whether mail works.
    Test {
        /// The tenant's name.
        tenant: &'a str,
        /// The tenant's first page.
        link: &'a str,
    },
    /// Whether mail works at all, for who runs Nexus.
    SystemTest {
        /// Their name.
        full_name: &'a str,
        /// Nexus' first page.
        link: &'a str,
    },
}

/// A letter before it is text or HTML.
pub(super) struct Draft<'a> {
    pub(super) subject: String,
    pub(super) greeting: Option<String>,
    pub(super) lines: Vec<String>,
    pub(super) button: Option<(&'static str, &'a str)>,
    pub(super) end: &'static str,
}

fn hello(name: &str) -> Option<String> {
    Some(format!("Hello {name},"))
}

fn guten_tag(name: &str) -> Option<String> {
    Some(format!("Guten Tag {name},"))
}

impl Letter<'_> {
    /// The letter's words; `head` is the tenant that it comes from, or nobody but Nexus.
    pub(super) fn write(&self, language: Language, head: Option<&Letterhead>) -> Written {
        let draft = match language {
            Language::En => self.english(),
            Language::De => self.german(),
        };
        let logo = head.and_then(|head| Some(LogoName { tenant: head.tenant_id, tag: head.logo.clone()? }));
        Written { subject: draft.subject.clone(), text: draft.text(), html: draft.html(language, head), logo }
    }

    fn english(&self) -> Draft<'_> {
        let until = |at: &Micros| format!("The link works once, until {} UTC.", day_and_time(*at));
        match self {
            Letter::Invitation { tenant, role, invited_by, link, expires_at } => Draft {
                subject: format!("Invitation to {tenant}"),
                greeting: None,
                lines: vec![
                    format!("{invited_by} invites you to {tenant} on Nexus, as {}.", english_role(*role)),
                    until(expires_at),
                ],
                button: Some(("Accept the invitation", link)),
                end: "If you do not know the sender, leave this mail unanswered: nothing happens then.",
            },
            Letter::Reset { full_name, link, expires_at } => Draft {
                subject: "Choose a new password".into(),
                greeting: hello(full_name),
                lines: vec!["With this link you choose a password for your account.".into(), until(expires_at)],
                button: Some(("Choose a password", link)),
                end: "If you did not ask for it, leave it unused: your password stays as it is.",
            },
            Letter::Verify { full_name, link, expires_at } => Draft {
                subject: "Verify your e-mail address".into(),
                greeting: hello(full_name),
                lines: vec!["With this link you show that this address is yours.".into(), until(expires_at)],
                button: Some(("Verify the address", link)),
                end: "If you have no account here, leave this mail unanswered.",
            },
            Letter::ChangeEmail { full_name, link, expires_at } => Draft {
                subject: "Confirm your new e-mail address".into(),
                greeting: hello(full_name),
                lines: vec!["With this link your account gets this address.".into(), until(expires_at)],
                button: Some(("Use this address", link)),
                end: "If you have no account here, leave this mail unanswered: nothing happens then.",
            },
            Letter::EmailChanged { full_name, email } => Draft {
                subject: "Your e-mail address was changed".into(),
                greeting: hello(full_name),
                lines: vec![format!("The address of your account is now {email}. You sign in with it from now on.")],
                button: None,
                end: "If that was not you, tell whoever runs this Nexus at once.",
            },
            Letter::PasswordChanged { full_name } => Draft {
                subject: "Your password was changed".into(),
                greeting: hello(full_name),
                lines: vec!["The password of your account was changed, and other browsers were signed out.".into()],
                button: None,
                end: "If that was not you, choose a new password and tell whoever runs this Nexus at once.",
            },
            Letter::Added { full_name, tenant, added_by, link } => Draft {
                subject: format!("You were added to {tenant}"),
                greeting: hello(full_name),
                lines: vec![format!("{added_by} added you to {tenant}.")],
                button: Some(("Open it", link)),
                end: "You sign in as you always do.",
            },
            Letter::Notice { full_name, tenant, kind, facts, at, link } => {
                Told { full_name: *full_name, tenant, kind: *kind, facts, at: *at, link }.english()
            }
            Letter::Test { tenant, link } => notice::english_test(tenant, link),
            Letter::SystemTest { full_name, link } => notice::english_system_test(hello(full_name), link),
        }
    }

    fn german(&self) -> Draft<'_> {
        let until = |at: &Micros| format!("Der Link gilt einmal, bis {} UTC.", day_and_time(*at));
        match self {
            Letter::Invitation { tenant, role, invited_by, link, expires_at } => Draft {
                subject: format!("Einladung zu {tenant}"),
                greeting: None,
                lines: vec![
                    format!("{invited_by} lädt Sie zu {tenant} auf Nexus ein, als {}.", german_role(*role)),
                    until(expires_at),
                ],
                button: Some(("Einladung annehmen", link)),
                end: "Kennen Sie den Absender nicht, lassen Sie diese Mail einfach liegen: Dann geschieht nichts.",
            },
            Letter::Reset { full_name, link, expires_at } => Draft {
                subject: "Neues Passwort wählen".into(),
                greeting: guten_tag(full_name),
                lines: vec!["Mit diesem Link wählen Sie ein Passwort für Ihr Konto.".into(), until(expires_at)],
                button: Some(("Passwort wählen", link)),
                end: "Haben Sie das nicht verlangt, benutzen Sie ihn nicht: Ihr Passwort bleibt, wie es ist.",
            },
            Letter::Verify { full_name, link, expires_at } => Draft {
                subject: "E-Mail-Adresse bestätigen".into(),
                greeting: guten_tag(full_name),
                lines: vec!["Mit diesem Link zeigen Sie, dass diese Adresse Ihre ist.".into(), until(expires_at)],
                button: Some(("Adresse bestätigen", link)),
                end: "Haben Sie hier kein Konto, lassen Sie diese Mail einfach liegen.",
            },
            Letter::ChangeEmail { full_name, link, expires_at } => Draft {
                subject: "Neue E-Mail-Adresse bestätigen".into(),
                greeting: guten_tag(full_name),
                lines: vec!["Mit diesem Link bekommt Ihr Konto diese Adresse.".into(), until(expires_at)],
                button: Some(("Diese Adresse verwenden", link)),
                end: "Haben Sie hier kein Konto, lassen Sie diese Mail einfach liegen: Dann geschieht nichts.",
            },
            Letter::EmailChanged { full_name, email } => Draft {
                subject: "Ihre E-Mail-Adresse wurde geändert".into(),
                greeting: guten_tag(full_name),
                lines: vec![format!("Die Adresse Ihres Kontos ist jetzt {email}. Damit melden Sie sich nun an.")],
                button: None,
                end: "Waren Sie das nicht, sagen Sie es sofort denen, die dieses Nexus betreiben.",
            },
            Letter::PasswordChanged { full_name } => Draft {
                subject: "Ihr Passwort wurde geändert".into(),
                greeting: guten_tag(full_name),
                lines: vec!["Das Passwort Ihres Kontos wurde geändert, andere Browser wurden abgemeldet.".into()],
                button: None,
                end: "Waren Sie das nicht, wählen Sie ein neues Passwort und sagen Sie es sofort denen, die dieses Nexus betreiben.",
            },
            Letter::Added { full_name, tenant, added_by, link } => Draft {
                subject: format!("Sie gehören jetzt zu {tenant}"),
                greeting: guten_tag(full_name),
                lines: vec![format!("{added_by} hat Sie zu {tenant} hinzugefügt.")],
                button: Some(("Öffnen", link)),
                end: "Sie melden sich an wie immer.",
            },
            Letter::Notice { full_name, tenant, kind, facts, at, link } => {
                Told { full_name: *full_name, tenant, kind: *kind, facts, at: *at, link }.german()
            }
            Letter::Test { tenant, link } => notice::german_test(tenant, link),
            Letter::SystemTest { full_name, link } => notice::german_system_test(guten_tag(full_name), link),
        }
    }
}

pub(super) const fn english_role(role: TenantRole) -> &'static str {
    match role {
        TenantRole::Viewer => "viewer",
        TenantRole::Manager => "manager",
        TenantRole::Admin => "admin",
    }
}

pub(super) const fn german_role(role: TenantRole) -> &'static str {
    match role {
        TenantRole::Viewer => "Betrachter",
        TenantRole::Manager => "Manager",
        TenantRole::Admin => "Admin",
    }
}

/// Such as `2026-11-21 14:05`: read the same everywhere.
pub(super) fn day_and_time(at: Micros) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1_000_000))
        .ok()
        .and_then(|at| at.format(format).ok())
        .unwrap_or_default()
}

impl Draft<'_> {
    fn text(&self) -> String {
        let mut parts: Vec<String> = self.greeting.iter().chain(&self.lines).cloned().collect();
        parts.extend(self.button.map(|(label, link)| format!("{label}:\n{link}")));
        parts.push(self.end.to_owned());
        parts.join("\n\n") + "\n"
    }

    fn html(&self, language: Language, head: Option<&Letterhead>) -> String {
        let colour = head.and_then(|head| head.primary_color.as_deref()).and_then(Colour::parse).unwrap_or(OWN_COLOUR);
        let mut body = head.map(|head| head_of(head, colour)).unwrap_or_default();
        for line in self.greeting.iter().chain(&self.lines) {
            body.push_str(&format!("<p>{}</p>\n", escaped(line)));
        }
        if let Some((label, link)) = self.button {
            let (label, link) = (escaped(label), escaped(link));
            body.push_str(&format!(
                "<p><a href=\"{link}\" style=\"background:{colour};color:{ink};padding:10px 16px;border-radius:6px;\
                 text-decoration:none;display:inline-block\">{label}</a></p>\n\
                 <p style=\"color:#555555;font-size:13px;word-break:break-all\">{link}</p>\n",
                ink = colour.ink(),
            ));
        }
        body.push_str(&format!("<p style=\"color:#555555\">{}</p>\n", escaped(self.end)));
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
             <body style=\"font-family:sans-serif;color:#111111;max-width:560px\">\n{body}</body></html>\n",
            language.name(),
            escaped(&self.subject),
        )
    }
}

/// Where the logo stands. Taken out again when the logo cannot be had at the time of sending.
pub(super) const LOGO: &str = "<img src=\"cid:logo\" alt=\"\" height=\"40\" \
                               style=\"height:40px;max-width:240px;vertical-align:middle;margin-right:12px\">";

/// The tenant's logo and name, above a line of its colour.
fn head_of(head: &Letterhead, colour: Colour) -> String {
    let logo = if head.logo.is_some() { LOGO } else { "" };
    format!(
        "<div style=\"border-bottom:3px solid {colour};padding-bottom:12px;margin-bottom:16px\">{logo}\
         <span style=\"font-size:18px;font-weight:bold;vertical-align:middle\">{}</span></div>\n",
        escaped(&head.name),
    )
}

/// A colour, to write on.
#[derive(Clone, Copy)]
struct Colour([u8; 3]);

/// Nexus' own.
const OWN_COLOUR: Colour = Colour([0x1f, 0x66, 0xd6]);

impl Colour {
    /// `#rrggbb`.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let number = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([number[1], number[2], number[3]]))
    }

    /// The relative luminance, as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// White or black, whichever is read better on it: the contrasts meet at the root of 1.05 · 0.05.
    fn ink(self) -> &'static str {
        if (self.luminance() + 0.05).powi(2) > 1.05 * 0.05 { "#111111" } else { "#ffffff" }
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use nexus_model::AlertRule;

    use super::*;

    #[test]
    fn a_letter_says_the_same_as_text_and_as_html_and_escapes_names() {
        let letter = Letter::Invitation {
            tenant: "Miller & <Sons>",
            role: TenantRole::Manager,
            invited_by: "Jo \"J\" Miller",
            link: "https://nexus.example.org/invite#abc",
            expires_at: Micros(1_795_219_200_000_000),
        };
        let written = letter.write(Language::En, None);
        assert_eq!(written.subject, "Invitation to Miller & <Sons>");
        assert!(written.text.contains("Jo \"J\" Miller invites you to Miller & <Sons> on Nexus, as manager."));
        assert!(written.text.contains("Accept the invitation:\nhttps://nexus.example.org/invite#abc\n"));
        assert!(written.text.contains("until 2026-11-21 00:00 UTC."));
        assert!(written.html.contains("Jo &quot;J&quot; Miller invites you to Miller &amp; &lt;Sons&gt; on Nexus"));
        assert!(written.html.contains("href=\"https://nexus.example.org/invite#abc\""));
        let german = letter.write(Language::De, None);
        assert_eq!(german.subject, "Einladung zu Miller & <Sons>");
        assert!(german.html.contains("<html lang=\"de\">"));
    }

    #[test]
    fn a_tenants_letter_has_its_name_colour_and_logo_as_html_alone() {
        let mut head = Letterhead {
            tenant_id: uuid::Uuid::from_u128(7).into(),
            name: "Miller & <Sons>".into(),
            language: "de".into(),
            primary_color: Some("#ffd166".into()),
            logo: Some("abc".into()),
        };
        let letter = Letter::Test { tenant: "Miller & <Sons>", link: "https://nexus.example.org/t/miller" };
        let (plain, written) = (letter.write(Language::En, None), letter.write(Language::En, Some(&head)));
        assert_eq!(plain.text, written.text);
        assert!(!plain.html.contains("cid:") && plain.logo.is_none());
        assert!(written.html.contains("background:#ffd166;color:#111111"), "{}", written.html);
        assert!(
            written.html.contains(&format!("{LOGO}<span")) && written.html.contains(">Miller &amp; &lt;Sons&gt;</")
        );
        assert_eq!(written.logo.as_ref().map(|logo| logo.tag.as_str()), Some("abc"));
        // Whatever stands in the row: nothing but a colour gets into the page.
        head.primary_color = Some("red;\"x".into());
        head.logo = None;
        let written = letter.write(Language::De, Some(&head));
        assert!(written.html.contains("background:#1f66d6;color:#ffffff") && !written.html.contains("cid:"));
    }

    #[test]
    fn an_alert_is_told_in_both_languages() {
        let facts = Facts {
            server_name: Some("pve <1>".into()),
            rule: Some(AlertRule::Latency),
            value: Some(900),
            threshold: Some(500),
            detail: Some("slow".into()),
            ..Facts::default()
        };
        let at = Micros(1_795_219_200_000_000);
        let letter = |full_name, kind| Letter::Notice {
            full_name,
            tenant: "Miller",
            kind,
            facts: &facts,
            at,
            link: "https://nexus.example.org/t/miller/monitoring",
        };
        let written = letter(None, NotificationKind::AlertOpened).write(Language::En, None);
        assert_eq!(written.subject, "Miller: Alert: pve <1> answers slowly");
        assert!(
            written.text.starts_with("Alert: pve <1> answers slowly.\n\nAnswers take 900 ms, the limit is 500 ms.")
        );
        assert!(written.text.contains("Reason: slow\n\nTime: 2026-11-21 00:00 UTC."));
        assert!(written.html.contains("pve &lt;1&gt; answers slowly"));
        let written = letter(Some("Jörg"), NotificationKind::AlertResolved).write(Language::De, None);
        assert_eq!(written.subject, "Miller: Alarm vorbei: pve <1> antwortet langsam");
        assert!(written.text.starts_with("Guten Tag Jörg,\n\nAlarm vorbei: "));
        for kind in NotificationKind::ALL {
            for language in [Language::En, Language::De] {
                let written = letter(None, *kind).write(language, None);
                assert!(written.subject.starts_with("Miller: ") && written.text.contains("/monitoring"), "{kind}");
            }
        }
    }
}
