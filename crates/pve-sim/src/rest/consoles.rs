//! Opening consoles and the check before their websocket (PVE-FACTS 4.1 and 4.2, PVE-8.3-DIFFERENCES sections 3 and 4).

use serde_json::{Value, json};

use super::{Call, Failure, Outcome, Reply};
use crate::auth;
use crate::config::{Kind, Screen};
use crate::console::{OpenError, Opened, Protocol, Request, Target};

/// Opens a console and starts its task; the caller's answer is made of what comes back.
fn open(call: &Call<'_>, target: Target, protocol: Protocol, task: &str) -> Result<Value, Failure> {
    let user = call.who()?.full();
    let claim = call.claim(0)?;
    let request = Request { node: call.here.to_owned(), target, user: user.clone(), protocol };
    let opened = call.cluster.consoles.open(request, |port, password| {
        auth::make_vnc_ticket(call.cluster, &auth::VncClaim { port, ..claim }, password)
    });
    let Opened { port, password, ticket, worker } = opened.map_err(|error| match error {
        OpenError::NoPort => Failure::die(error.to_string()),
        OpenError::UnknownGuest => Failure::die(format!(
            "Configuration file 'nodes/{}/qemu-server/{}.conf' does not exist",
            call.node(),
            call.vmid()
        )),
    })?;
    call.cluster.issued.get().extend([ticket.clone(), port.to_string()].into_iter().chain(password.clone()));
    let id = call.text("vmid");
    let upid = call.cluster.tasks.start(call.here, task, &id, &user, async move {
        match worker.await.map(crate::console::WorkerEnd::status) {
            Ok("OK") | Err(_) => Ok(()),
            Ok(status) => Err(status.to_owned()),
        }
    });
    let mut data = json!({ "user": user, "ticket": ticket, "port": port.to_string(), "upid": upid });
    if let Some(password) = password {
        data["password"] = password.into();
    }
    Ok(data)
}

fn with_certificate(call: &Call<'_>, mut data: Value) -> Outcome {
    data["cert"] = call.cluster.authority.pem().into();
    Ok(data.into())
}

fn size(call: &Call<'_>) -> Option<(u16, u16)> {
    let side = |name: &str| call.number(name).and_then(|number| u16::try_from(number).ok());
    Some((side("width")?, side("height")?))
}

/// POST …/vncproxy.
pub(super) fn vncproxy(call: &Call<'_>) -> Outcome {
    let guest = call.guest()?;
    let generate_password = call.flag("generate-password");
    let container = guest.config.kind == Kind::Lxc;
    if container && !guest.runs() {
        // lxc-attach never opens the port; PVE waits for it in vain.
        return Err(Failure::die("Timeout while waiting for port '5900' to get ready!").after(call.cluster.timing.port));
    }
    let protocol = Protocol::Vnc { generate_password, size: size(call) };
    let mut data = open(call, Target::Guest(guest.config.vmid), protocol, "vncproxy")?;
    // Without websocket=1 only a graphical display of 9.2 tells its password.
    let graphical = !container && guest.config.screen != Screen::Serial;
    let tells = call.flag("websocket") || graphical || generate_password;
    if !tells && let Some(fields) = data.as_object_mut() {
        fields.remove("password");
    }
    with_certificate(call, data)
}

/// A token where PVE expects a user's name: its format check fails.
fn refuse_token(call: &Call<'_>) -> Result<(), Failure> {
    let who = call.who()?;
    match who.token {
        None => Ok(()),
        Some(_) => Err(Failure::die(format!("value '{}' does not look like a valid user name", who.full()))),
    }
}

/// POST /nodes/N/vncshell.
pub(super) fn vncshell(call: &Call<'_>) -> Outcome {
    let command = call.maybe("cmd");
    if command.is_some_and(|command| command != "login") && !call.who()?.is_root() {
        return Err(Failure::with(403, "Permission check failed (user != root@pam)\n"));
    }
    refuse_token(call)?;
    let protocol = Protocol::Vnc { generate_password: false, size: size(call) };
    let data = open(call, Target::Node, protocol, "vncshell")?;
    with_certificate(call, data)
}

/// POST …/termproxy of guests and nodes.
pub(super) fn termproxy(call: &Call<'_>) -> Outcome {
    if call.maybe("vmid").is_none() {
        if !call.cluster.mode.is_new() {
            refuse_token(call)?;
        }
        return Ok(open(call, Target::Node, Protocol::Term, "vncshell")?.into());
    }
    let guest = call.guest()?;
    Ok(open(call, Target::Guest(guest.config.vmid), Protocol::Term, "vncproxy")?.into())
}

/// GET …/vncwebsocket, before the upgrade.
pub(super) fn vncwebsocket(call: &Call<'_>) -> Outcome {
    if call.maybe("vmid").is_none() && !call.cluster.mode.is_new() {
        refuse_token(call)?;
    }
    let port = call.number("port").and_then(|port| u16::try_from(port).ok()).unwrap_or_default();
    if !auth::vnc_ticket_fits(call.cluster, &call.text("vncticket"), &call.claim(port)?) {
        return Err(Failure::with(401, "permission denied - invalid PVEVNC ticket\n"));
    }
    Ok(Reply { data: json!({ "port": port.to_string() }), total: None, console: Some(port) })
}

/// POST …/spiceproxy: no guest has a SPICE display.
pub(super) fn spiceproxy(call: &Call<'_>) -> Outcome {
    call.guest()?;
    Err(Failure::die("no spice port"))
}
