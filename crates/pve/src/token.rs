//! API tokens of PVE: `USER@REALM!TOKENID=UUID`.
//!
//! The secret leaves this file only inside a header value that is marked sensitive; it is wiped when dropped.

use std::fmt;

use http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use zeroize::Zeroizing;

/// PVE cuts the header at `;` and then decodes percent signs (PVE-FACTS 1.2).
const IN_HEADER: &AsciiSet = &CONTROLS.add(b'%').add(b';').add(b' ').add(b'"');

/// An API token with its secret.
#[derive(Clone)]
pub struct ApiToken {
    id: String,
    secret: Zeroizing<String>,
}

/// The part of a token's text that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPart {
    /// There is no `=` or no `!`: not a token at all.
    Form,
    /// The user before the `@`.
    User,
    /// The realm after the `@`.
    Realm,
    /// The token's own name after the `!`.
    TokenId,
    /// The UUID after the `=`.
    Secret,
}

/// A text that is no API token. It never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", match part {
    TokenPart::Form => "not of the form USER@REALM!TOKENID=UUID",
    TokenPart::User => "the user name is missing or wrong",
    TokenPart::Realm => "the realm is missing or wrong",
    TokenPart::TokenId => "the token id is missing or wrong",
    TokenPart::Secret => "the secret is not a UUID",
})]
pub struct TokenError {
    /// Which part.
    pub part: TokenPart,
}

impl ApiToken {
    /// Reads a token as PVE's own page gives it to copy; `PVEAPIToken=` before it and blanks around it do no harm.
    ///
    /// # Errors
    /// [`TokenError`] with the first wrong part (rules: PVE-FACTS 1.1).
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let wrong = |part| TokenError { part };
        let text = text.trim();
        let text = text.strip_prefix("PVEAPIToken=").or_else(|| text.strip_prefix("PVEAPIToken ")).unwrap_or(text);
        let (id, secret) = text.rsplit_once('=').ok_or(wrong(TokenPart::Form))?;
        let (user_id, name) = id.rsplit_once('!').ok_or(wrong(TokenPart::Form))?;
        let (user, realm) = user_id.rsplit_once('@').ok_or(wrong(TokenPart::Realm))?;
        if user.is_empty() || user.contains(|c: char| c.is_whitespace() || c.is_control() || c == ':' || c == '/') {
            return Err(wrong(TokenPart::User));
        }
        if !is_name(realm) || realm.len() > 32 {
            return Err(wrong(TokenPart::Realm));
        }
        if user_id.chars().count() > 64 {
            return Err(wrong(TokenPart::User));
        }
        if !is_name(name) || name.len() > 128 {
            return Err(wrong(TokenPart::TokenId));
        }
        if !is_uuid(secret) {
            return Err(wrong(TokenPart::Secret));
        }
        Ok(Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_owned()) })
    }

    /// `user@realm!tokenid`: what may be shown.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The UUID, for the store that encrypts it. Never to be logged or shown.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> HeaderValue {
        let text = Zeroizing::new(format!(
            "PVEAPIToken={}={}",
            utf8_percent_encode(&self.id, IN_HEADER),
            self.secret.as_str()
        ));
        let mut value = HeaderValue::from_str(&text).expect("controls and non-ASCII are percent-encoded");
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiToken({}=…)", self.id)
    }
}

/// Realms and token names: a letter, then at least one of letters, digits, `.`, `-`, `_`.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && text.len() >= 2
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UUID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    fn part(text: &str) -> TokenPart {
        ApiToken::parse(text).unwrap_err().part
    }

    #[test]
    fn a_token_reads_as_pve_gives_it() {
        let token = ApiToken::parse(&format!("broker@pve!nexus={UUID}")).unwrap();
        assert_eq!(token.id(), "broker@pve!nexus");
        assert_eq!(token.header(), format!("PVEAPIToken=broker@pve!nexus={UUID}").as_str());
        assert!(token.header().is_sensitive());
        let pasted = ApiToken::parse(&format!(" PVEAPIToken=broker@pve!nexus={UUID}\n")).unwrap();
        assert_eq!(pasted.id(), token.id());
    }

    #[test]
    fn odd_user_names_are_legal_and_encoded() {
        let token = ApiToken::parse(&format!("a@b!c=d;%ü@ldap.example!t-1={UUID}")).unwrap();
        assert_eq!(token.id(), "a@b!c=d;%ü@ldap.example!t-1");
        assert_eq!(token.header(), format!("PVEAPIToken=a@b!c=d%3B%25%C3%BC@ldap.example!t-1={UUID}").as_str());
    }

    #[test]
    fn the_wrong_part_is_named() {
        assert_eq!(part(""), TokenPart::Form);
        assert_eq!(part("broker@pve!nexus"), TokenPart::Form);
        assert_eq!(part(&format!("broker@pve={UUID}")), TokenPart::Form);
        assert_eq!(part(&format!("broker!nexus={UUID}")), TokenPart::Realm);
        assert_eq!(part(&format!("@pve!nexus={UUID}")), TokenPart::User);
        assert_eq!(part(&format!("a b@pve!nexus={UUID}")), TokenPart::User);
        assert_eq!(part(&format!("{}@pve!nexus={UUID}", "u".repeat(61))), TokenPart::User);
        assert_eq!(part(&format!("broker@p!nexus={UUID}")), TokenPart::Realm);
        assert_eq!(part(&format!("broker@pve!1x={UUID}")), TokenPart::TokenId);
        assert_eq!(part("broker@pve!nexus=secret"), TokenPart::Secret);
        assert_eq!(part(&format!("broker@pve!nexus={UUID}\n0")), TokenPart::Secret);
    }

    #[test]
    fn debug_and_errors_hide_the_secret() {
        let token = ApiToken::parse(&format!("broker@pve!nexus={UUID}")).unwrap();
        assert_eq!(format!("{token:?}"), "ApiToken(broker@pve!nexus=…)");
        assert!(!format!("{:?}", token.header()).contains("0123"));
        let error = ApiToken::parse("broker@pve!nexus=hunter2-hunter2").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn whatever_reads_has_a_header(text in "\\PC{1,20}@[a-z]{1,8}![a-z]{1,8}") {
            if let Ok(token) = ApiToken::parse(&format!("{text}={UUID}")) {
                prop_assert!(token.header().to_str().is_ok());
                prop_assert!(!token.header().to_str().unwrap().contains(';'));
            }
        }
    }
}
