//! Small notations of PVE's wire formats: epoch seconds, hexadecimal times, dates, UUIDs. It must never keep state.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::percent_decode;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Seconds since 1970.
pub(crate) fn epoch() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// The present time as in a `Date` header (RFC 9110, 5.6.7).
pub(crate) fn http_date() -> String {
    OffsetDateTime::now_utc().format(HTTP_DATE).expect("the format has only fields that every date has")
}

/// A time as in tickets: eight upper-case hexadecimal digits.
pub(crate) fn hex_time(seconds: u64) -> String {
    format!("{seconds:08X}")
}

/// A random UUID (version 4).
pub(crate) fn uuid() -> String {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    uuid_text(bytes)
}

/// 16 bytes in the notation of a UUID.
pub(crate) fn uuid_text(bytes: [u8; 16]) -> String {
    let text = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

/// Percent-decodes, bytes that are no UTF-8 replaced.
pub(crate) fn decode(text: &str) -> String {
    percent_decode(text.as_bytes()).decode_utf8_lossy().into_owned()
}

/// Splits `a=1&b=2` (application/x-www-form-urlencoded) into decoded pairs, in order.
pub(crate) fn form(text: &str) -> Vec<(String, String)> {
    text.split(['&', ';'])
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_decode_plus_and_percent() {
        assert_eq!(
            form("a=1bad+name&&b=%2B%3D&c"),
            [("a", "1bad name"), ("b", "+="), ("c", "")].map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }

    #[test]
    fn times_have_eight_digits() {
        assert_eq!(hex_time(0x6B01_5201), "6B015201");
        assert_eq!(http_date().len(), "Sat, 21 Nov 2026 08:10:41 GMT".len());
    }
}
