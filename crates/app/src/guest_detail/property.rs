//! PVE's property strings (`virtio=BC:24:11:00:00:01,bridge=vmbr0`) and sizes. Pure.

/// What a secret reads as.
pub(super) const MASK: &str = "********";

/// The longest value that is shown, in characters.
const LONGEST: usize = 4096;

/// A property string taken apart; the first part may come without a key.
#[derive(Debug, Default)]
pub(super) struct Properties<'a> {
    parts: Vec<(Option<&'a str>, &'a str)>,
}

impl<'a> Properties<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Self {
            parts: parts
                .map(|part| part.split_once('=').map_or((None, part), |(key, value)| (Some(key), value)))
                .collect(),
        }
    }

    /// Takes the value of a key out.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a str> {
        let at = self.parts.iter().position(|(name, _)| *name == Some(key))?;
        Some(self.parts.remove(at).1)
    }

    /// Takes the first part without a key out.
    pub(super) fn take_bare(&mut self) -> Option<&'a str> {
        let at = self.parts.iter().position(|(name, _)| name.is_none())?;
        Some(self.parts.remove(at).1)
    }

    /// Takes out the first whose key is one of `keys`.
    pub(super) fn take_any(&mut self, keys: &[&str]) -> Option<(&'a str, &'a str)> {
        let at = self.parts.iter().position(|(name, _)| name.is_some_and(|name| keys.contains(&name)))?;
        let (name, value) = self.parts.remove(at);
        Some((name?, value))
    }

    /// Takes a switch out.
    pub(super) fn take_flag(&mut self, key: &str) -> Option<bool> {
        self.take(key).map(is_on)
    }

    /// What is left, by key.
    pub(super) fn rest(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.parts.into_iter().map(|(key, value)| (key.unwrap_or_default(), value))
    }
}

/// As PVE reads a switch.
pub(super) fn is_on(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "1" | "on" | "yes" | "true")
}

/// A size in PVE's notation: a number with `K`, `M`, `G` or `T`, or bytes.
pub(super) fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[number.len()..].to_ascii_uppercase().as_str() {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    let value: f64 = number.parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)?;
    let bytes = value * (1_u64 << shift) as f64;
    (bytes < 9.0e18).then_some(bytes as u64)
}

/// A value as it may be shown: of bounded length, without control characters but ends of lines and tabs.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(LONGEST).collect()
}

/// Whether an option holds a secret, or may: names that say so, environments, and arguments with words that say so.
pub(super) fn is_secret(key: &str, value: &str) -> bool {
    const NAMES: [&str; 5] = ["password", "passwd", "secret", "token", "apikey"];
    const WORDS: [&str; 5] = ["pass", "secret", "token", "key", "credential"];
    let (key, value) = (key.to_ascii_lowercase(), value.to_ascii_lowercase());
    NAMES.iter().any(|name| key.contains(name))
        || key == "env"
        || (key == "args" && WORDS.iter().any(|word| value.contains(word)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn property_strings_come_apart() {
        let mut card = Properties::read("virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=40,,x");
        assert_eq!(card.take_any(&["e1000", "virtio"]), Some(("virtio", "BC:24:11:00:00:01")));
        assert_eq!((card.take("bridge"), card.take("bridge")), (Some("vmbr0"), None));
        assert_eq!((card.take_flag("firewall"), card.take_flag("link_down")), (Some(true), None));
        assert_eq!(card.take_bare(), Some("x"));
        assert_eq!(card.rest().collect::<Vec<_>>(), [("tag", "40")]);
        assert_eq!(Properties::read(" ").rest().count(), 0);
    }

    #[test]
    fn sizes_are_bytes() {
        for (text, bytes) in
            [("528K", 540_672), ("4M", 4 << 20), ("32G", 32 << 30), ("1T", 1 << 40), ("1.5G", 3 << 29), ("7", 7)]
        {
            assert_eq!(size(text), Some(bytes), "{text}");
        }
        for text in ["", "G", "-1G", "1X", "1e400", "99999999999T", "naN"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_are_known() {
        for (key, value) in [
            ("cipassword", "x"),
            ("env", "PATH=/bin"),
            ("args", "-object secret,id=s0,data=abc"),
            ("args", "-vnc :1,password=on"),
            ("cephfs-secret", "x"),
        ] {
            assert!(is_secret(key, value), "{key}");
        }
        for (key, value) in [("args", "-cpu host"), ("sshkeys", "ssh-ed25519 AAAA"), ("ciuser", "root")] {
            assert!(!is_secret(key, value), "{key}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            size(&text);
            Properties::read(&text).rest().for_each(drop);
            prop_assert!(shown(&text).chars().count() <= 80);
        }
    }
}
