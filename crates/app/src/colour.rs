//! Colours as people type them, and whether they can be seen on both of the UI's backgrounds. Arithmetic alone.

use nexus_model::InvalidInput;

/// The least contrast of what is no text (WCAG 2.2, 1.4.11).
const LEAST_CONTRAST: f64 = 3.0;
/// The UI's light background, in words and as a colour.
const LIGHT: (&str, Colour) = ("the light background", Colour(255, 255, 255));
/// The dark one: `--background` of `.dark` in `web/src/app.css`, `hsl(222 20% 8%)`.
const DARK: (&str, Colour) = ("the dark background", Colour(16, 19, 24));

/// Red, green and blue of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(u8, u8, u8);

impl Colour {
    /// Reads `#rrggbb`, in either case.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut parts = [0_u8; 3];
        hex::decode_to_slice(digits, &mut parts).ok()?;
        let [red, green, blue] = parts;
        Some(Self(red, green, blue))
    }

    /// WCAG's relative luminance.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// WCAG's contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

/// A colour of a tenant as it is stored: `#rrggbb` in lower case.
///
/// # Errors
/// `not_a_colour`, or `low_contrast` with what it cannot be seen against.
pub(crate) fn checked(text: &str) -> Result<String, InvalidInput> {
    let colour = Colour::parse(text)
        .ok_or_else(|| InvalidInput::new("not_a_colour", "must be a colour such as #1f6feb: # and six hex digits"))?;
    for (name, background) in [LIGHT, DARK] {
        let ratio = colour.contrast(background);
        if ratio < LEAST_CONTRAST {
            // Cut, not rounded: 2.996 is not 3.
            let shown = (ratio * 100.0).floor() / 100.0;
            let detail = format!("has a contrast of {shown:.2}:1 against {name}; {LEAST_CONTRAST:.0}:1 is the least");
            return Err(InvalidInput::new("low_contrast", detail));
        }
    }
    Ok(format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let (white, black) = (Colour(255, 255, 255), Colour(0, 0, 0));
        assert!((white.contrast(black) - 21.0).abs() < 1e-9);
        assert!((white.contrast(white) - 1.0).abs() < 1e-9);
        // The usual example: #767676 is the lightest grey with 4.5 on white.
        let grey = |part| white.contrast(Colour(part, part, part));
        assert!(grey(0x76) >= 4.5 && grey(0x77) < 4.5);
    }

    #[test]
    fn a_colour_is_seen_on_both_backgrounds() {
        assert_eq!(checked(" #1F6FEB ").unwrap(), "#1f6feb");
        for (text, code, word) in [
            ("", "not_a_colour", "#"),
            ("1f6feb", "not_a_colour", "#"),
            ("#fff", "not_a_colour", "#"),
            ("#1f6fe", "not_a_colour", "#"),
            ("#1f6feg", "not_a_colour", "#"),
            ("#1f6féb", "not_a_colour", "#"),
            ("red", "not_a_colour", "#"),
            ("#ffff00", "low_contrast", "light background"),
            ("#ffffff", "low_contrast", "1.00:1"),
            ("#000000", "low_contrast", "dark background"),
            ("#0b1f3a", "low_contrast", "dark background"),
        ] {
            let wrong = checked(text).unwrap_err();
            assert_eq!(wrong.code, code, "{text}");
            assert!(wrong.detail.contains(word), "{text}: {}", wrong.detail);
        }
    }
}
