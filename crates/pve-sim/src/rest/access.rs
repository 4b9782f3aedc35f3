//! Methods below /access: sign-in, permissions, users.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Call, Failure, Outcome};
use crate::acl::Rights;
use crate::auth;

/// GET /access/permissions: the caller's own privileges, by path.
pub(super) fn permissions(call: &Call<'_>) -> Outcome {
    let who = call.who()?;
    let wanted = call.maybe("path");
    let listed = match wanted {
        Some(path) => {
            let granted = who.rights().at(&path);
            if granted.is_empty() { BTreeMap::new() } else { BTreeMap::from([(path, granted)]) }
        }
        None => who.rights().listed(),
    };
    let map: Map<String, Value> = listed
        .into_iter()
        .map(|(path, granted)| (path, granted.into_iter().map(|name| (name, Value::from(1))).collect()))
        .collect();
    Ok(Value::Object(map).into())
}

/// GET /access/users.
pub(super) fn users(call: &Call<'_>) -> Outcome {
    let own = call.who()?.user.clone();
    let all = call.may("/access/groups", &["Sys.Audit", "User.Modify"]);
    let rows = call
        .cluster
        .users
        .get()
        .iter()
        .filter(|(id, _)| all || **id == own)
        .map(|(id, account)| {
            let realm = id.rsplit_once('@').map_or("", |(_, realm)| realm);
            json!({ "userid": id, "enable": u8::from(account.enabled), "expire": 0, "realm-type": realm })
        })
        .collect();
    Ok(crate::json::shuffled(rows).into())
}

/// GET /access/users/USER/token/NAME: not told to a token of the user itself, whose name is another one.
pub(super) fn token(call: &Call<'_>) -> Outcome {
    let who = call.who()?;
    let (user, name) = (call.text("userid"), call.text("tokenid"));
    let own = who.token.is_none() && who.user == user;
    if !own && !call.may("/access/groups", &["User.Modify"]) {
        return Err(Failure::forbidden("/access/groups", &["User.Modify"]));
    }
    if !call.cluster.users.get().contains_key(&user) {
        return Err(Failure::die(format!("no such user ('{user}')")));
    }
    if !call.cluster.tokens.get().contains_key(&format!("{user}!{name}")) {
        return Err(Failure::die(format!("no such token '{name}' for user '{user}'")));
    }
    Ok(json!({ "expire": 0, "privsep": 1 }).into())
}

/// GET /access/roles: some of those that PVE has from the start.
pub(super) fn roles(_: &Call<'_>) -> Outcome {
    let role = |name: &str, privileges: &str| json!({ "roleid": name, "privs": privileges, "special": 1 });
    let rows = vec![
        role("NoAccess", ""),
        role("PVEAuditor", "Datastore.Audit,Mapping.Audit,Pool.Audit,SDN.Audit,Sys.Audit,VM.Audit"),
        role("PVEVMUser", "VM.Audit,VM.Backup,VM.Config.CDROM,VM.Config.Cloudinit,VM.Console,VM.PowerMgmt"),
    ];
    Ok(crate::json::shuffled(rows).into())
}

/// GET /access/domains.
pub(super) fn domains(_: &Call<'_>) -> Outcome {
    let rows = vec![
        json!({ "realm": "pam", "type": "pam", "comment": "Linux PAM standard authentication" }),
        json!({ "realm": "pve", "type": "pve", "comment": "Proxmox VE authentication server" }),
    ];
    Ok(crate::json::shuffled(rows).into())
}

/// POST /access/ticket.
pub(super) fn ticket(call: &Call<'_>) -> Outcome {
    let mut user = call.text("username");
    if let Some(realm) = call.maybe("realm").filter(|_| !user.contains('@')) {
        user = format!("{user}@{realm}");
    }
    let who = auth::sign_in(call.cluster, &user, &call.text("password"))
        .map_err(|refused| Failure::with(401, format!("{}\n", refused.0)))?;
    let (ticket, csrf) = auth::make_ticket(call.cluster, &user);
    let mut data = json!({
        "username": user, "ticket": ticket, "CSRFPreventionToken": csrf, "cap": capabilities(who.rights()),
    });
    if !call.cluster.standalone() && who.may("/", &["Sys.Audit"]) {
        data["clustername"] = call.cluster.name.as_str().into();
    }
    Ok(data.into())
}

/// The field `cap`: which privileges the web interface may reckon with.
fn capabilities(rights: &Rights) -> Value {
    let part = |paths: &[&str], prefix: &str| -> Value {
        let found: Map<String, Value> = paths
            .iter()
            .flat_map(|path| rights.at(path))
            .filter(|name| name.starts_with(prefix))
            .map(|name| (name, Value::from(1)))
            .collect();
        Value::Object(found)
    };
    json!({
        "vms": part(&["/vms"], "VM."),
        "storage": part(&["/storage"], "Datastore."),
        "nodes": part(&["/nodes"], "Sys."),
        "access": part(&["/access"], "User."),
        "dc": part(&["/"], "Sys.Audit"),
        "sdn": part(&["/sdn"], "SDN."),
        "mapping": part(&["/mapping"], "Mapping."),
    })
}

/// POST /access/vncticket: termproxy asks here whether a preamble is genuine. The simulated termproxy does not, so
/// that only strangers call it.
pub(super) fn vncticket(_: &Call<'_>) -> Outcome {
    Err(Failure::with(401, "authentication failure\n"))
}
