//! Values that people type: parsed once at the edge, valid everywhere behind it.

use std::fmt;
use std::net::IpAddr;

use serde::Serialize;

/// Why a value was refused: a stable code for machines and a sentence's end for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct InvalidInput {
    /// Stable, `snake_case`.
    pub code: &'static str,
    /// Follows the field's name in a sentence: "must not be empty".
    pub detail: String,
}

impl InvalidInput {
    /// An error with its code and its text.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// The error, said of a field.
    #[must_use]
    pub fn field(self, field: &'static str) -> FieldError {
        FieldError { field, code: self.code, detail: self.detail }
    }
}

/// An [`InvalidInput`] and the field that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name on the wire.
    pub field: &'static str,
    /// Stable, `snake_case`.
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

/// Text of 1 to 100 characters without control characters, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name(String);

impl Name {
    /// Longest name in characters.
    pub const MAX: usize = 100;

    /// Trims and checks.
    ///
    /// # Errors
    /// Empty, longer than [`Name::MAX`] characters, or with control characters.
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidInput::new("required", "must not be empty"));
        }
        if text.chars().count() > Self::MAX {
            return Err(InvalidInput::new("too_long", "may have 100 characters at most"));
        }
        if text.chars().any(|c| c.is_control() || is_bidi_control(c)) {
            return Err(InvalidInput::new("invalid", "must not contain control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A short name that people choose for themselves: 3 to 32 of `a`–`z`, `0`–`9`, `.`, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

impl UserName {
    /// Trims, folds to lower case and checks the form.
    ///
    /// # Errors
    /// Other characters, or too short or long.
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        let text = text.trim().to_ascii_lowercase();
        let fits = (3..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'));
        if fits {
            Ok(Self(text))
        } else {
            Err(InvalidInput::new(
                "invalid",
                "must be 3 to 32 of the letters a to z, digits, dots, hyphens and underscores",
            ))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text that may be empty: at most `longest` characters without control characters (lines may end), trimmed.
///
/// # Errors
/// Longer, or with control characters.
pub fn free_text(text: &str, longest: usize) -> Result<String, InvalidInput> {
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(InvalidInput::new("too_long", format!("may have {longest} characters at most")));
    }
    if text.chars().any(|c| (c.is_control() && c != '\n') || is_bidi_control(c)) {
        return Err(InvalidInput::new("invalid", "must not contain control characters"));
    }
    Ok(text.to_owned())
}

/// Characters that turn the direction of text and so make one name look like another.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// An e-mail address, folded to lower case; at most 254 characters (RFC 5321, 4.5.3.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Trims, folds and checks the form: one `@`, something before it, a dotted or plain host behind it.
    ///
    /// # Errors
    /// Not of that form, longer than 254 characters, spaces or control characters inside, or not ASCII
    /// (so that look-alike letters cannot pose as somebody else's address).
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        let text = text.trim().to_ascii_lowercase();
        let invalid = || InvalidInput::new("invalid", "must be an e-mail address such as jo@example.org");
        if text.len() > 254 {
            return Err(InvalidInput::new("too_long", "may have 254 characters at most"));
        }
        let (local, domain) = text.rsplit_once('@').ok_or_else(invalid)?;
        let local_ok =
            !local.is_empty() && local.len() <= 64 && local.bytes().all(|b| b.is_ascii_graphic() && b != b'@');
        if !local_ok || !is_host_name(domain) {
            return Err(invalid());
        }
        Ok(Self(text))
    }

    /// The folded address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tenant's name in URLs: 2 to 40 of `a-z`, `0-9` and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// Checks the form.
    ///
    /// # Errors
    /// Other characters, or too short or long.
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        let fits = (2..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidInput::new("invalid", "must be 2 to 40 lower-case letters, digits and inner hyphens"))
        }
    }

    /// The nearest slug to a free text; `tenant` where nothing of it can be used.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let mut slug = String::new();
        for c in name.to_lowercase().chars() {
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                'ä' => slug.push_str("ae"),
                'ö' => slug.push_str("oe"),
                'ü' => slug.push_str("ue"),
                'ß' => slug.push_str("ss"),
                _ if slug.ends_with('-') || slug.is_empty() => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(40);
        Self::parse(slug.trim_end_matches('-')).unwrap_or_else(|_| Self("tenant".into()))
    }

    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A host: a name (RFC 1123), an IPv4 or an IPv6 address, without brackets, scheme, port or path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host(String);

impl Host {
    /// Trims and checks; brackets around an IPv6 address are taken off, names lose the dot at their end, and addresses are
    /// written in their shortest form, so that one place has one spelling.
    ///
    /// # Errors
    /// Says which part is too much: a scheme, a path, user info, a port, a zone, spaces, letters beyond ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        let text = text.trim();
        let bracketed = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        let bare = bracketed.unwrap_or(text);
        if bare.is_empty() {
            return Err(InvalidInput::new("required", "must not be empty"));
        }
        match bare.parse::<IpAddr>() {
            Ok(ip) if bracketed.is_none() || ip.is_ipv6() => return Ok(Self(ip.to_canonical().to_string())),
            _ => {}
        }
        let problem = if bare.contains("://") {
            "must be a host alone, without https://"
        } else if bare.contains('@') {
            "must be a host alone, without a user name"
        } else if bare.contains(['/', '\\', '?', '#']) {
            "must be a host alone, without a path"
        } else if bare.contains(char::is_whitespace) {
            "must not contain spaces"
        } else if bare.contains('%') {
            "must be an address without a zone"
        } else if bare.contains(':') {
            "must be a host alone; the port has its own field"
        } else if !bare.is_ascii() {
            "must be written in ASCII; enter the name in its xn-- form"
        } else if looks_like_a_number(bare) {
            "must be an IPv4 address in its usual form, four numbers with dots"
        } else if bracketed.is_some() || !is_host_name(bare) {
            "must be a host name, an IPv4 or an IPv6 address"
        } else {
            return Ok(Self(bare.trim_end_matches('.').to_ascii_lowercase()));
        };
        Err(InvalidInput::new("invalid", problem))
    }

    /// The host.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the last label is a number: such a "name" is an odd notation of an IPv4 address.
fn looks_like_a_number(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    last.bytes().all(|b| b.is_ascii_digit()) || last.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"))
}

/// RFC 1123, 2.1: labels of letters, digits and inner hyphens, 63 each, 253 in all.
fn is_host_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    !text.is_empty()
        && text.len() <= 253
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_hosts_alone() {
        for good in
            ["pve1", "pve1.example.org", "PVE.lan.", "10.0.0.5", "fe80::1", "[2001:db8::5]", "xn--bcher-kva.example"]
        {
            assert!(Host::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            " ",
            "https://pve",
            "pve:8006",
            "root@pve",
            "pve/api2",
            "pvé",
            "a b",
            "-a",
            "a..b",
            "127.1",
            "0x7f000001",
            "2130706433",
            "127.0.0.1.",
            "[pve]",
            "[10.0.0.5]",
            "fe80::1%eth0",
            "pve..",
        ] {
            assert!(Host::parse(bad).is_err(), "{bad}");
        }
        for (text, folded) in [
            (" [2001:DB8::5] ", "2001:db8::5"),
            ("2001:db8:0:0::5", "2001:db8::5"),
            ("::ffff:10.0.0.5", "10.0.0.5"),
            ("PVE.lan.", "pve.lan"),
        ] {
            assert_eq!(Host::parse(text).unwrap().as_str(), folded);
        }
        for (text, part) in [
            ("https://pve", "https://"),
            ("root:x@pve", "user name"),
            ("pve/api2", "path"),
            ("pve 1", "spaces"),
            ("fe80::1%eth0", "zone"),
            ("pve:8006", "port"),
            ("pv\u{e9}", "xn--"),
            ("0x7f.1", "four numbers"),
        ] {
            let error = Host::parse(text).unwrap_err();
            assert!(error.detail.contains(part), "{text}: {}", error.detail);
        }
    }

    #[test]
    fn addresses_are_folded_and_checked() {
        assert_eq!(Email::parse("  Jo@Example.ORG ").unwrap().as_str(), "jo@example.org");
        for bad in ["", "jo", "@x.org", "jo@", "jo@x y", "j o@x.org", "jö@x.org", "jo@-x.org"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert!(Email::parse(&format!("{}@x.org", "a".repeat(250))).is_err());
    }

    #[test]
    fn names_are_bounded_and_plain() {
        assert_eq!(Name::parse("  Köln 1 ").unwrap().as_str(), "Köln 1");
        assert!(Name::parse("").is_err() && Name::parse(&"x".repeat(101)).is_err());
        assert!(Name::parse("a\u{202e}b").is_err() && Name::parse("a\nb").is_err());
    }

    #[test]
    fn slugs_come_from_names() {
        assert_eq!(Slug::from_name("Höhere Schule, Köln!").as_str(), "hoehere-schule-koeln");
        assert_eq!(Slug::from_name("日本").as_str(), "tenant");
        assert!(Slug::parse("a").is_err() && Slug::parse("-ab").is_err() && Slug::parse("Ab").is_err());
    }
}
