//! The demo: a tenant over a simulated fleet, with a user of each role, so that a newcomer has a console open within
//! a minute. Random passwords at each start; never beyond loopback.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use nexus_app::access::{Client, ManageMembers, ManageServers, SignedIn};
use nexus_app::assignments::{AssignmentInput, TargetInput};
use nexus_app::servers::ServerInput;
use nexus_model::{
    GuestKey, GuestKind, GuestPermissions, GuestRight, GuestStatus, ServerId, Subject, SystemRole, TenantId,
    TenantRole, Tls, UserId,
};
use serde::Deserialize;
use serde_json::json;

use crate::config::Settings;
use crate::serve::{Running, write_whole};

/// What the simulator says of itself.
#[derive(Deserialize)]
pub(crate) struct Fleet {
    clusters: Vec<Cluster>,
}

#[derive(Deserialize)]
struct Cluster {
    name: String,
    version: String,
    nodes: Vec<Node>,
    token: String,
}

#[derive(Deserialize)]
struct Node {
    host: String,
    port: u16,
    fingerprint: String,
}

impl Fleet {
    /// Reads the simulator's file and lets the settings reach it: loopback, and its ports.
    pub(crate) fn read(file: &Path, settings: &mut Settings) -> anyhow::Result<Self> {
        ensure!(settings.listen.ip().is_loopback(), "the demo listens on loopback only");
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let fleet: Self = serde_json::from_str(&text).context("this is not a fleet's file")?;
        settings.pve_allow_loopback = true;
        settings.pve_ports.extend(fleet.clusters.iter().flat_map(|cluster| &cluster.nodes).map(|node| node.port));
        if settings.data == Path::new("data") {
            settings.data = PathBuf::from("data-demo");
        }
        Ok(fleet)
    }
}

/// One demo account.
struct Account {
    email: &'static str,
    name: &'static str,
    role: TenantRole,
    sees: &'static str,
}

const ACCOUNTS: [Account; 3] = [
    Account {
        email: "admin@demo.example",
        name: "Ada Admin",
        role: TenantRole::Admin,
        sees: "everything, and the whole installation",
    },
    Account {
        email: "manager@demo.example",
        name: "Max Manager",
        role: TenantRole::Manager,
        sees: "all guests and servers",
    },
    Account {
        email: "viewer@demo.example",
        name: "Vera Viewer",
        role: TenantRole::Viewer,
        sees: "three guests: one to work with, one to watch, one to start",
    },
];

/// Fills an empty installation and prints who can sign in.
pub(crate) async fn begin(running: &Running, fleet: &Fleet, credentials: Option<&Path>) -> anyhow::Result<()> {
    let provision = &running.app.provision;
    let tenant = provision.tenant("Demo", "demo").await.context("the demo needs an empty data folder")?;
    let mut people = Vec::new();
    for account in &ACCOUNTS {
        let password = password();
        let system_role = if account.role == TenantRole::Admin { SystemRole::Admin } else { SystemRole::User };
        let user = provision.user(account.email, account.name, password.clone(), system_role).await?;
        provision.member(tenant, user, account.role).await?;
        people.push((account, user, password));
    }
    let (admin, viewer) = (&people[0], &people[2]);
    let signed_in = sign_in(running, admin.0.email, &admin.2).await?;
    let mut servers = Vec::new();
    for cluster in &fleet.clusters {
        servers.push(add_server(running, &signed_in, tenant, cluster).await?);
    }
    let assigned = assign(running, &signed_in, tenant, viewer.1, &servers).await?;
    running.app.accounts.sign_out(&signed_in).await?;
    println!("{}", table(running, &people));
    if let Some(file) = credentials {
        write_whole(file, &credentials_json(running, tenant, &people, &servers, &assigned).to_string())?;
    }
    Ok(())
}

/// 15 letters and digits that are told apart easily: 74 bits.
fn password() -> String {
    const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let letter = || char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]);
    let groups: Vec<String> = (0..3).map(|_| (0..5).map(|_| letter()).collect()).collect();
    groups.join("-")
}

async fn sign_in(running: &Running, email: &str, password: &str) -> anyhow::Result<SignedIn> {
    let client = Client { address: running.address.ip(), user_agent: "demo".into(), request_id: String::new() };
    Ok(running.app.accounts.sign_in(email, password.to_owned(), client).await?.signed_in)
}

async fn add_server(
    running: &Running,
    admin: &SignedIn,
    tenant: TenantId,
    cluster: &Cluster,
) -> anyhow::Result<ServerId> {
    let node = cluster.nodes.first().context("a cluster without nodes")?;
    let grant = running.app.access.grant::<ManageServers>(admin, tenant).await?;
    let input = ServerInput {
        name: cluster.name.clone(),
        host: node.host.clone(),
        port: node.port.into(),
        api_token: Some(cluster.token.clone().into()),
        tls: Tls::Pin { fingerprint: node.fingerprint.clone() },
        notes: Some(format!("Simulated, Proxmox VE {}", cluster.version)),
        ..ServerInput::default()
    };
    Ok(running.app.servers.create(&grant, input).await?.id)
}

/// Gives the viewer a guest to work with, one to watch and one to start: the lowest vmids of the first server.
async fn assign(
    running: &Running,
    admin: &SignedIn,
    tenant: TenantId,
    viewer: UserId,
    servers: &[ServerId],
) -> anyhow::Result<Vec<(GuestKey, GuestPermissions)>> {
    let first = *servers.first().context("a fleet without clusters")?;
    let seen = tokio::time::timeout(Duration::from_secs(30), running.app.inventory.first_snapshot(first));
    let mut guests = seen.await.context("the simulated fleet does not answer")?.guests();
    guests.retain(|guest| guest.key.kind == GuestKind::Qemu && !guest.template && guest.lock.is_none());
    guests.sort_by_key(|guest| guest.key.vmid);
    let of = |status| guests.iter().filter(move |guest| guest.status == status).map(|guest| guest.key);
    let work = GuestPermissions::NONE.with(GuestRight::Console).with(GuestRight::Power);
    let watch = GuestPermissions::NONE.with(GuestRight::Watch);
    let mut running_guests = of(GuestStatus::Running);
    let chosen =
        [(running_guests.next(), work), (running_guests.next(), watch), (of(GuestStatus::Stopped).next(), work)];
    let grant = running.app.access.grant::<ManageMembers>(admin, tenant).await?;
    let mut assigned = Vec::new();
    for (guest, permissions) in chosen {
        let guest = guest.context("the simulated fleet has too few guests")?;
        let (subject, target) = (Subject::User(viewer), TargetInput::Guest(guest));
        let input = AssignmentInput { subject, target, permissions, until: None };
        running.app.assignments.create(&grant, input).await?;
        assigned.push((guest, permissions));
    }
    Ok(assigned)
}

type Person<'a> = (&'a Account, UserId, String);

fn table(running: &Running, people: &[Person<'_>]) -> String {
    let mut text = format!("\n  Nexus demo: http://{}\n\n", running.address);
    let _ = writeln!(text, "  {:8}  {:22}  {:17}  sees", "role", "e-mail", "password");
    for (account, _, password) in people {
        let _ = writeln!(text, "  {:8}  {:22}  {password:17}  {}", account.role, account.email, account.sees);
    }
    text.push_str(
        "\n  The fleet is simulated and the guard lets Nexus reach this machine itself: for trying out only.\n",
    );
    text
}

fn credentials_json(
    running: &Running,
    tenant: TenantId,
    people: &[Person<'_>],
    servers: &[ServerId],
    assigned: &[(GuestKey, GuestPermissions)],
) -> serde_json::Value {
    let users = people.iter().map(|(account, id, password)| {
        json!({ "id": id, "email": account.email, "name": account.name, "role": account.role, "password": password })
    });
    let assigned = assigned.iter().map(|(guest, permissions)| {
        json!({ "server": guest.server, "type": guest.kind, "vmid": guest.vmid, "permissions": permissions.to_string() })
    });
    json!({
        "url": format!("http://{}", running.address),
        "tenant": { "id": tenant, "slug": "demo" },
        "users": users.collect::<Vec<_>>(),
        "servers": servers,
        "assigned": assigned.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_never_listens_beyond_loopback() {
        let mut settings = Settings { listen: "0.0.0.0:8080".parse().unwrap(), ..Settings::default() };
        let Err(error) = Fleet::read(Path::new("none"), &mut settings) else { panic!("it may not") };
        assert!(error.to_string().contains("loopback"));
    }

    #[test]
    fn passwords_differ_and_are_long() {
        let (one, two) = (password(), password());
        assert_ne!(one, two);
        assert_eq!(one.len(), 17);
    }
}
