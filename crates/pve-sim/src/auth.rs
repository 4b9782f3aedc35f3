//! Who is calling: API tokens, tickets, CSRF tokens, VNC tickets (pve-access-control, PVE/AccessControl.pm;
//! pve-manager, PVE/HTTPServer.pm). It must never write a secret anywhere.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::hmac;

use crate::acl::Rights;
use crate::http::Head;
use crate::state::Cluster;
use crate::wire;

/// How long tickets are valid, in seconds.
const TICKET_LIFE: u64 = 7200;
/// How far a ticket may lie in the future: five minutes for sign-in, 20 s for VNC.
const SKEW: u64 = 300;
const VNC_SKEW: u64 = 20;

/// A caller.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// `user@realm`.
    pub(crate) user: String,
    /// The token's name, when the call came with one.
    pub(crate) token: Option<String>,
    rights: Arc<Rights>,
}

impl Identity {
    /// User or token id, as in task ids.
    pub(crate) fn full(&self) -> String {
        match &self.token {
            Some(token) => format!("{}!{token}", self.user),
            None => self.user.clone(),
        }
    }

    pub(crate) fn is_root(&self) -> bool {
        self.token.is_none() && self.user == "root@pam"
    }

    /// Whether one of the privileges is granted on a path.
    pub(crate) fn may(&self, path: &str, privileges: &[&str]) -> bool {
        self.is_root() || self.rights.any(path, privileges)
    }

    pub(crate) fn rights(&self) -> &Rights {
        &self.rights
    }
}

/// Why a caller is refused; the text is PVE's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

/// The credentials of a request.
enum Credentials {
    Ticket(String),
    Token(String),
    None,
}

/// Finds `KEY=value` or `KEY value` as Formatter.pm's `extract_auth_value` does.
fn extract(header: &str, key: &str) -> Option<String> {
    let mut from = 0;
    while let Some(at) = header[from..].find(key) {
        let start = from + at;
        let after = start + key.len();
        let fresh = start == 0 || header[..start].ends_with(|c: char| c.is_whitespace());
        if fresh && header[after..].starts_with(['=', ' ']) {
            let value = header[after + 1..].split(';').next().unwrap_or_default();
            return Some(wire::decode(value));
        }
        from = after;
    }
    None
}

fn credentials(head: &Head) -> Credentials {
    let authorization = head.header("authorization").unwrap_or_default();
    let ticket = head
        .header("cookie")
        .and_then(|cookie| extract(cookie, "PVEAuthCookie"))
        .or_else(|| extract(authorization, "PVEAuthCookie"));
    if let Some(ticket) = ticket.filter(|ticket| !ticket.is_empty()) {
        return Credentials::Ticket(ticket);
    }
    match extract(authorization, "PVEAPIToken") {
        Some(token) => Credentials::Token(token),
        None => Credentials::None,
    }
}

/// Whether a request carries an API token, valid or not.
pub(crate) fn has_token(head: &Head) -> bool {
    matches!(credentials(head), Credentials::Token(_))
}

/// The token id that a request names, for the list of requests. Never the secret.
pub(crate) fn named_token(head: &Head) -> Option<String> {
    match credentials(head) {
        Credentials::Token(text) => text.rsplit_once('=').map(|(id, _)| id.to_owned()),
        Credentials::Ticket(_) | Credentials::None => None,
    }
}

/// Finds out who is calling.
pub(crate) fn authenticate(cluster: &Cluster, head: &Head) -> Result<Identity, Refused> {
    let result = match credentials(head) {
        Credentials::None => return Err(Refused("No ticket".to_owned())),
        Credentials::Token(text) => verify_token(cluster, &text),
        Credentials::Ticket(text) => verify_ticket(cluster, &text),
    };
    // Since pve-manager 9.1.5 the reason is kept from the caller.
    let identity = result
        .map_err(|text| Refused(if cluster.mode.is_new() { "Authentication failed!".to_owned() } else { text }))?;
    if identity.token.is_none() && head.method != "GET" {
        let csrf = head.header("csrfpreventiontoken").unwrap_or_default();
        if !csrf_fits(cluster, csrf, &identity.user) {
            return Err(Refused("Permission denied - invalid csrf token".to_owned()));
        }
    }
    Ok(identity)
}

fn verify_token(cluster: &Cluster, text: &str) -> Result<Identity, String> {
    let (id, secret) = text.rsplit_once('=').ok_or("no tokenid specified")?;
    let (user, token) = id.rsplit_once('!').ok_or("no tokenid specified")?;
    check_user(cluster, user)?;
    let account = cluster.tokens.get().get(id).cloned();
    let account = account.ok_or_else(|| format!("no such token '{token}' for user '{user}'"))?;
    let fits = account.secret.as_deref().is_some_and(|known| same(known, secret));
    if !fits {
        return Err("invalid token value!".to_owned());
    }
    Ok(Identity { user: user.to_owned(), token: Some(token.to_owned()), rights: account.rights })
}

fn check_user(cluster: &Cluster, user: &str) -> Result<Arc<Rights>, String> {
    match cluster.users.get().get(user) {
        None => Err(format!("no such user ('{user}')")),
        Some(account) if !account.enabled => Err(format!("user '{user}' is disabled")),
        Some(account) => Ok(Arc::clone(&account.rights)),
    }
}

fn verify_ticket(cluster: &Cluster, text: &str) -> Result<Identity, String> {
    let invalid = || "permission denied - invalid PVE ticket".to_owned();
    let (plain, signature) = text.split_once("::").ok_or_else(invalid)?;
    let rest = plain.strip_prefix("PVE:").ok_or_else(invalid)?;
    let (user, time) = rest.rsplit_once(':').ok_or_else(invalid)?;
    let time = u64::from_str_radix(time, 16).map_err(|_| invalid())?;
    let fine = signature == sign(cluster, plain) && in_time(time, SKEW, TICKET_LIFE);
    if !fine {
        return Err(invalid());
    }
    let rights = check_user(cluster, user)?;
    Ok(Identity { user: user.to_owned(), token: None, rights })
}

/// Signs in with a password or a ticket that is still valid.
pub(crate) fn sign_in(cluster: &Cluster, user: &str, password: &str) -> Result<Identity, Refused> {
    let failure = || Refused("authentication failure".to_owned());
    if password.starts_with("PVE:") {
        return verify_ticket(cluster, password).ok().filter(|found| found.user == user).ok_or_else(failure);
    }
    let rights = check_user(cluster, user).map_err(|_| failure())?;
    let known = cluster.users.get().get(user).and_then(|account| account.secret.clone());
    match known {
        Some(known) if same(&known, password) => Ok(Identity { user: user.to_owned(), token: None, rights }),
        _ => Err(failure()),
    }
}

/// A sign-in ticket and its CSRF token.
pub(crate) fn make_ticket(cluster: &Cluster, user: &str) -> (String, String) {
    let now = wire::hex_time(wire::epoch());
    let plain = format!("PVE:{user}:{now}");
    let csrf = format!("{now}:{}", csrf_digest(cluster, &now, user));
    (format!("{plain}::{}", sign(cluster, &plain)), csrf)
}

fn csrf_digest(cluster: &Cluster, time: &str, user: &str) -> String {
    STANDARD_NO_PAD.encode(hmac::sign(&cluster.key, format!("csrf:{time}:{user}").as_bytes()))
}

fn csrf_fits(cluster: &Cluster, csrf: &str, user: &str) -> bool {
    let Some((time, digest)) = csrf.split_once(':') else { return false };
    let Ok(seconds) = u64::from_str_radix(time, 16) else { return false };
    digest == csrf_digest(cluster, time, user) && in_time(seconds, SKEW, TICKET_LIFE)
}

/// What a VNC ticket is bound to: user or token id, object path and, on 9.2, the port.
#[derive(Debug, Clone)]
pub(crate) struct VncClaim {
    pub(crate) user: String,
    pub(crate) path: String,
    pub(crate) port: u16,
}

impl VncClaim {
    fn text(&self, cluster: &Cluster, plain: &str) -> String {
        let Self { user, path, port } = self;
        if cluster.mode.is_new() { format!("{plain}:{user}:{path}:{port}") } else { format!("{plain}:{user}:{path}") }
    }
}

/// A VNC ticket; 9.2 puts the console's password in front.
pub(crate) fn make_vnc_ticket(cluster: &Cluster, claim: &VncClaim, password: Option<&str>) -> String {
    let plain = format!("PVEVNC:{}", wire::hex_time(wire::epoch()));
    let ticket = format!("{plain}::{}", sign(cluster, &claim.text(cluster, &plain)));
    match password.filter(|_| cluster.mode.is_new()) {
        Some(password) => format!("{password}:{ticket}"),
        None => ticket,
    }
}

/// Whether a VNC ticket is genuine, for this claim, and not too old.
pub(crate) fn vnc_ticket_fits(cluster: &Cluster, ticket: &str, claim: &VncClaim) -> bool {
    let Some(start) = ticket.find("PVEVNC:").filter(|start| cluster.mode.is_new() || *start == 0) else {
        return false;
    };
    let Some((plain, signature)) = ticket[start..].split_once("::") else { return false };
    let Ok(time) = u64::from_str_radix(plain.trim_start_matches("PVEVNC:"), 16) else { return false };
    signature == sign(cluster, &claim.text(cluster, plain))
        && in_time(time, VNC_SKEW, cluster.timing.vnc_ticket.as_secs())
}

fn in_time(time: u64, skew: u64, life: u64) -> bool {
    let now = wire::epoch();
    time <= now + skew && now < time + life
}

/// A signature as long as RSA-2048's.
fn sign(cluster: &Cluster, text: &str) -> String {
    let mut bytes = Vec::with_capacity(256);
    for block in 0..8_u8 {
        let mut message = vec![block];
        message.extend(text.as_bytes());
        bytes.extend(hmac::sign(&cluster.key, &message).as_ref());
    }
    STANDARD.encode(bytes)
}

/// Compares without telling where the difference is.
fn same(known: &str, given: &str) -> bool {
    known.len() == given.len() && known.bytes().zip(given.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found_as_pve_finds_them() {
        assert_eq!(extract("PVEAPIToken=a@b!c=d", "PVEAPIToken").unwrap(), "a@b!c=d");
        assert_eq!(extract("PVEAPIToken a@b!c=d", "PVEAPIToken").unwrap(), "a@b!c=d");
        assert_eq!(extract("x=1; PVEAuthCookie=PVE%3Aa%40b; y", "PVEAuthCookie").unwrap(), "PVE:a@b");
        assert_eq!(extract("xPVEAuthCookie=1", "PVEAuthCookie"), None);
        assert_eq!(extract("Bearer abc", "PVEAPIToken"), None);
    }
}
