//! What else PVE tells of a token, for advice: its end, roles, its user's privileges, packages of a node. Every answer may
//! be missing, for most of it takes privileges that a broker's token should not have.
//!
//! Asked once, beside a connectivity test, on a connection of its own. It changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use nexus_net::dial::{Dialer, Target};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::lenient::{self, Rows};
use crate::line::Line;
use crate::permission::{Permissions, RawPermissions};
use crate::token::ApiToken;
use crate::wire::{Call, component, node_path};

/// For all questions together.
const ALL: Duration = Duration::from_secs(10);

/// What PVE told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Examination {
    /// The token's own settings; told to tokens with User.Modify on their user alone.
    pub token: Option<TokenInfo>,
    /// Privileges by role; any token may ask.
    pub roles: Option<BTreeMap<String, BTreeSet<String>>>,
    /// What the token's user may do; told to tokens with Sys.Audit on `/access`.
    pub user: Option<Permissions>,
    /// Versions of packages of one node; told to tokens with Sys.Audit on it.
    pub packages: Option<BTreeMap<String, String>>,
}

/// A token's settings (GET `/access/users/{userid}/token/{tokenid}`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenInfo {
    /// When it ends, in seconds since 1970; `None` for never.
    pub expires: Option<u64>,
    /// Whether it has privileges of its own, and not simply those of its user.
    pub separated: bool,
}

#[derive(Deserialize)]
struct RawToken {
    #[serde(default, deserialize_with = "lenient::text")]
    expire: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    privsep: Option<String>,
}

impl From<RawToken> for TokenInfo {
    fn from(raw: RawToken) -> Self {
        Self {
            expires: raw.expire.and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0),
            // The API leaves out what is set as usual.
            separated: raw.privsep.is_none_or(|text| text != "0"),
        }
    }
}

#[derive(Deserialize)]
struct RawRole {
    #[serde(default, deserialize_with = "lenient::text")]
    roleid: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    privs: Option<String>,
}

#[derive(Deserialize)]
struct RawPackage {
    #[serde(default, rename = "Package", deserialize_with = "lenient::text")]
    package: Option<String>,
    /// What is installed, where it is not `version`, which an update would bring.
    #[serde(default, rename = "OldVersion", deserialize_with = "lenient::text")]
    installed: Option<String>,
    #[serde(default, rename = "Version", deserialize_with = "lenient::text")]
    version: Option<String>,
}

/// Asks what there is to know of `token`, which may do `permissions`; packages are `node`'s. Never fails: what is not told
/// within ten seconds is missing.
pub async fn examine(
    dialer: &Dialer,
    target: &Target,
    token: &ApiToken,
    permissions: &Permissions,
    node: Option<&str>,
) -> Examination {
    let mut found = Examination::default();
    let asked = tokio::time::timeout(ALL, found.ask(dialer, target, token, permissions, node));
    // What was told until then counts.
    let _ = asked.await;
    found
}

impl Examination {
    async fn ask(
        &mut self,
        dialer: &Dialer,
        target: &Target,
        token: &ApiToken,
        permissions: &Permissions,
        node: Option<&str>,
    ) -> Result<(), Error> {
        let dialed = dialer.dial(target).await?;
        let mut line = Line::new(dialer, target, token.header(), dialed);
        let (user, name) = token.id().rsplit_once('!').unwrap_or((token.id(), ""));
        self.roles = get::<Rows<RawRole>>(&mut line, "/access/roles").await.and_then(Rows::all).ok().map(roles);
        if permissions.on("/access", "Sys.Audit") {
            let path = format!("/access/permissions?userid={}", component(user));
            self.user = get::<RawPermissions>(&mut line, &path).await.ok().map(Permissions::from);
        }
        if let Some(path) = node.and_then(|node| node_path(node).ok())
            && permissions.on(&path, "Sys.Audit")
        {
            let rows = get::<Rows<RawPackage>>(&mut line, &format!("{path}/apt/versions")).await.and_then(Rows::all);
            self.packages = rows.ok().map(packages);
        }
        // Last, because PVE refuses it to most, and ends the connection with it.
        let path = format!("/access/users/{}/token/{}", component(user), component(name));
        self.token = get::<RawToken>(&mut line, &path).await.ok().map(TokenInfo::from);
        Ok(())
    }
}

async fn get<T: DeserializeOwned>(line: &mut Line, path: &str) -> Result<T, Error> {
    line.call(&Call::get(path)).await?.data()
}

fn roles(rows: Vec<RawRole>) -> BTreeMap<String, BTreeSet<String>> {
    let privileges =
        |list: &str| list.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    rows.into_iter().filter_map(|row| Some((row.roleid?, privileges(&row.privs.unwrap_or_default())))).collect()
}

fn packages(rows: Vec<RawPackage>) -> BTreeMap<String, String> {
    rows.into_iter().filter_map(|row| Some((row.package?, row.installed.or(row.version)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_as_pve_tells_it() {
        let read = |text: &str| TokenInfo::from(serde_json::from_str::<RawToken>(text).unwrap());
        assert_eq!(read("{}"), TokenInfo { expires: None, separated: true });
        assert_eq!(read(r#"{"expire":0,"privsep":0}"#), TokenInfo { expires: None, separated: false });
        let soon = TokenInfo { expires: Some(1_800_000_000), separated: true };
        assert_eq!(read(r#"{"expire":"1800000000","privsep":1,"comment":"x"}"#), soon);
    }

    #[test]
    fn roles_and_packages_read_as_pve_tells_them() {
        let rows: Vec<RawRole> = serde_json::from_str(
            r#"[{"roleid":"NexusBroker","privs":"VM.Audit,VM.Console","special":0},{"roleid":"NoAccess"},{"privs":"x"}]"#,
        )
        .unwrap();
        let roles = roles(rows);
        assert_eq!(roles.len(), 2);
        assert!(roles["NexusBroker"].contains("VM.Console") && roles["NoAccess"].is_empty());
        let rows: Vec<RawPackage> = serde_json::from_str(
            r#"[{"Package":"qemu-server","OldVersion":"9.0.3","Version":"9.1.7"},{"Package":"pve-manager","Version":"9.1.2"},{}]"#,
        )
        .unwrap();
        let packages = packages(rows);
        assert_eq!((packages["qemu-server"].as_str(), packages["pve-manager"].as_str()), ("9.0.3", "9.1.2"));
    }
}
