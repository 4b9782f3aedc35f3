//! The control port: plain HTTP on loopback by which tests in other languages watch and steer clusters. It must never
//! be reachable from elsewhere, and it is no part of what is simulated.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{GuestConfig, Mode, Status};
use crate::connection::{Reading, read_head};
use crate::fault::{Fault, Outage};
use crate::http::Head;
use crate::sim::Sim;

const HELP: &str = "\
GET    /                          this text
GET    /requests                  what was asked of the clusters
DELETE /requests                  forget it
GET    /secrets                   tickets, passwords and ports of consoles given out so far
GET    /console/VMID/messages     RFB messages of clients that reached a console
DELETE /console/VMID/messages     forget them
GET    /console/VMID/screen       the text on the screen, where it is known
GET    /guest/VMID                {\"status\": \"running\"}
POST   /guest/VMID/status         {\"status\": \"stopped\"}
POST   /guest/VMID/lock           {\"lock\": \"backup\"} or {\"lock\": null}
POST   /guest/VMID/manner         {\"deaf\": true}: takes no notice of a shutdown; likewise endless (its tasks run until
                                  they are stopped, with a growing log), agent, agent_answers, ha, ha_stuck
POST   /guest/VMID/node           {\"node\": \"NAME\"}: moves it
PUT    /guest/VMID                a whole guest, replacing the one of this number
DELETE /guest/VMID                take a guest away
POST   /fault                     {\"path\": \"*/vncproxy\", \"kind\": \"reset\", \"times\": 1}
DELETE /faults                    end all faults
POST   /node/NAME/outage          {\"outage\": \"refused\"} or {\"outage\": null}
POST   /node/NAME/certificate     {\"same_authority\": true}
DELETE /token/ID                  take an API token away
Each takes ?cluster=NAME; without it, the first cluster that has the guest, node or token counts (all for /fault).
";

/// What a starter wants to know of running clusters, as JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Listing {
    /// The clusters.
    pub clusters: Vec<ListedCluster>,
    /// Where the control port listens.
    pub control: Option<SocketAddr>,
}

/// A cluster of a [`Listing`].
#[derive(Clone, Serialize)]
pub struct ListedCluster {
    /// Its name.
    pub name: String,
    /// Which PVE it behaves like.
    pub version: Mode,
    /// Its nodes.
    pub nodes: Vec<ListedNode>,
    /// An API token with all rights that a broker needs: `user@realm!name=secret`.
    pub token: Option<String>,
    /// The certificate of its authority, PEM.
    pub ca: String,
}

impl std::fmt::Debug for ListedCluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListedCluster").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A node of a [`Listing`].
#[derive(Debug, Clone, Serialize)]
pub struct ListedNode {
    /// Its name.
    pub name: String,
    /// Its address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// SHA-256 of its certificate.
    pub fingerprint: String,
}

impl Listing {
    /// Lists clusters; `tokens` holds one token per cluster, in the same order.
    #[must_use]
    pub fn new(sims: &[Arc<Sim>], tokens: &[Option<String>], control: Option<SocketAddr>) -> Self {
        let clusters = sims.iter().enumerate().map(|(index, sim)| ListedCluster {
            name: sim.name().to_owned(),
            version: sim.mode(),
            nodes: sim
                .nodes()
                .into_iter()
                .map(|name| {
                    let address = sim.address(&name);
                    let fingerprint = sim.fingerprint(&name);
                    ListedNode { host: address.ip().to_string(), port: address.port(), fingerprint, name }
                })
                .collect(),
            token: tokens.get(index).cloned().flatten(),
            ca: sim.ca_pem(),
        });
        Self { clusters: clusters.collect(), control }
    }
}

/// The control port.
#[derive(Debug)]
pub struct Control {
    address: SocketAddr,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Control {
    /// Starts the control port of these clusters.
    ///
    /// # Errors
    /// When the address is not a loopback one or is taken.
    pub async fn start(listen: SocketAddr, sims: Vec<Arc<Sim>>) -> anyhow::Result<Self> {
        ensure!(listen.ip().is_loopback(), "the control port belongs on loopback, not on {listen}");
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen} for control"))?;
        let address = listener.local_addr()?;
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        let (ended, connections, sims) = (stop.clone(), tracker.clone(), Arc::new(sims));
        tracker.spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = ended.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                let Ok((socket, _)) = accepted else { continue };
                let (sims, ended) = (Arc::clone(&sims), ended.clone());
                connections.spawn(async move {
                    tokio::select! {
                        () = ended.cancelled() => {}
                        _ = serve(socket, &sims) => {}
                    }
                });
            }
        });
        Ok(Self { address, stop, tracker })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tracker.close();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.tracker.wait()).await;
    }
}

/// An answer: status and JSON, or text.
enum Said {
    Json(Value),
    Text(String),
    NotFound(String),
    Bad(String),
    Foreign,
}

/// Whether a request may come from a web page, of whatever site a browser of this machine has open.
fn foreign(head: &Head) -> bool {
    let host = head.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    head.header("origin").is_some() || !matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

async fn serve(mut socket: TcpStream, sims: &[Arc<Sim>]) -> anyhow::Result<()> {
    let mut buffer = Vec::new();
    let Reading::Head(head) = read_head(&mut socket, &mut buffer, Duration::from_secs(10)).await else {
        return Ok(());
    };
    let length: usize = head.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    ensure!(length <= 1 << 20, "too much");
    while buffer.len() < length {
        ensure!(socket.read_buf(&mut buffer).await? > 0, "the body is cut");
    }
    let said = if foreign(&head) {
        Said::Foreign
    } else {
        answer(&head, &buffer, sims).await.unwrap_or_else(|error| Said::Bad(format!("{error:#}")))
    };
    let (status, kind, body) = match said {
        Said::Json(value) => ("200 OK", "application/json", value.to_string()),
        Said::Text(text) => ("200 OK", "text/plain;charset=UTF-8", text),
        Said::NotFound(text) => ("404 Not Found", "text/plain;charset=UTF-8", text),
        Said::Foreign => ("403 Forbidden", "text/plain;charset=UTF-8", "not for web pages".to_owned()),
        Said::Bad(text) => ("400 Bad Request", "text/plain;charset=UTF-8", text),
    };
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(text.as_bytes()).await?;
    socket.shutdown().await?;
    Ok(())
}

#[derive(Deserialize)]
struct NewStatus {
    status: Status,
}

#[derive(Deserialize)]
struct NewLock {
    lock: Option<String>,
}

/// What is not given stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewManner {
    deaf: Option<bool>,
    endless: Option<bool>,
    agent: Option<bool>,
    agent_answers: Option<bool>,
    ha: Option<bool>,
    ha_stuck: Option<bool>,
}

impl NewManner {
    fn put(self, guest: &mut GuestConfig) {
        let all = [
            (self.deaf, &mut guest.deaf),
            (self.endless, &mut guest.endless),
            (self.agent, &mut guest.agent),
            (self.agent_answers, &mut guest.agent_answers),
            (self.ha, &mut guest.ha),
            (self.ha_stuck, &mut guest.ha_stuck),
        ];
        for (new, old) in all {
            *old = new.unwrap_or(*old);
        }
    }
}

#[derive(Deserialize)]
struct NewNode {
    node: String,
}

#[derive(Deserialize)]
struct NewOutage {
    outage: Option<Outage>,
}

#[derive(Deserialize)]
struct NewCertificate {
    #[serde(default)]
    same_authority: bool,
}

async fn answer(head: &Head, body: &[u8], sims: &[Arc<Sim>]) -> anyhow::Result<Said> {
    let wanted = crate::wire::form(head.query()).into_iter().find(|(name, _)| name == "cluster").map(|(_, name)| name);
    let sims: Vec<&Arc<Sim>> =
        sims.iter().filter(|sim| wanted.as_deref().is_none_or(|wanted| wanted == sim.name())).collect();
    let path = crate::wire::decode(head.path());
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (head.method.as_str(), parts.as_slice()) {
        ("GET", []) => Ok(Said::Text(HELP.to_owned())),
        ("GET", ["requests"]) => {
            let rows = sims.iter().flat_map(|sim| {
                sim.requests().into_iter().map(|request| {
                    let mut row = json!(request);
                    row["cluster"] = sim.name().into();
                    row
                })
            });
            Ok(Said::Json(rows.collect()))
        }
        ("DELETE", ["requests"]) => {
            sims.iter().for_each(|sim| sim.clear_requests());
            Ok(Said::Json(Value::Null))
        }
        ("GET", ["secrets"]) => Ok(Said::Json(sims.iter().flat_map(|sim| sim.console_secrets()).collect())),
        ("POST", ["fault"]) => {
            let fault: Fault = serde_json::from_slice(body)?;
            sims.iter().for_each(|sim| sim.fault(fault.clone()));
            Ok(Said::Json(Value::Null))
        }
        ("DELETE", ["faults"]) => {
            sims.iter().for_each(|sim| sim.clear_faults());
            Ok(Said::Json(Value::Null))
        }
        (method, ["console", vmid, what]) => console(method, vmid, what, &sims).await,
        (method, ["guest", vmid, rest @ ..]) => guest(method, vmid, rest, body, &sims),
        ("POST", ["node", name, what]) => node(name, what, body, &sims),
        ("DELETE", ["token", id]) => Ok(done(sims.iter().any(|sim| sim.remove_token(id)), "no such token")),
        _ => Ok(Said::NotFound(format!("nothing here; try\n{HELP}"))),
    }
}

fn done(found: bool, missing: &str) -> Said {
    if found { Said::Json(Value::Null) } else { Said::NotFound(missing.to_owned()) }
}

async fn console(method: &str, vmid: &str, what: &str, sims: &[&Arc<Sim>]) -> anyhow::Result<Said> {
    let vmid: u32 = vmid.parse().context("the guest's number is none")?;
    let Some(sim) = sims.iter().find(|sim| sim.guest_status(vmid).is_some()) else {
        return Ok(Said::NotFound("no such guest".to_owned()));
    };
    Ok(match (method, what) {
        ("GET", "messages") => {
            let messages = sim.client_messages(vmid);
            let rows = messages.iter().map(|m| json!({ "kind": m.kind, "bytes": hex::encode(&m.bytes) }));
            Said::Json(rows.collect())
        }
        ("DELETE", "messages") => {
            sim.clear_messages(vmid);
            Said::Json(Value::Null)
        }
        ("GET", "screen") => match sim.screen_text(vmid).await {
            Some(text) => Said::Text(text),
            None => Said::NotFound("the screen's text is not known".to_owned()),
        },
        _ => Said::NotFound("no such thing of a console".to_owned()),
    })
}

fn guest(method: &str, vmid: &str, rest: &[&str], body: &[u8], sims: &[&Arc<Sim>]) -> anyhow::Result<Said> {
    let vmid: u32 = vmid.parse().context("the guest's number is none")?;
    if (method, rest) == ("PUT", &[]) {
        let guest: GuestConfig = serde_json::from_slice(body)?;
        ensure!(guest.vmid == vmid, "the body has another number");
        let home = sims.iter().find(|sim| sim.nodes().contains(&guest.node)).context("no such node")?;
        home.add_guest(guest)?;
        return Ok(Said::Json(Value::Null));
    }
    let Some(sim) = sims.iter().find(|sim| sim.guest_status(vmid).is_some()) else {
        return Ok(Said::NotFound("no such guest".to_owned()));
    };
    match (method, rest) {
        ("GET", []) => Ok(Said::Json(json!({ "status": sim.guest_status(vmid) }))),
        ("DELETE", []) => Ok(done(sim.remove_guest(vmid), "no such guest")),
        ("POST", ["status"]) => {
            let new: NewStatus = serde_json::from_slice(body)?;
            Ok(done(sim.set_guest_status(vmid, new.status), "no such guest"))
        }
        ("POST", ["lock"]) => {
            let new: NewLock = serde_json::from_slice(body)?;
            Ok(done(sim.set_lock(vmid, new.lock.as_deref()), "no such guest"))
        }
        ("POST", ["manner"]) => {
            let new: NewManner = serde_json::from_slice(body)?;
            Ok(done(sim.change_guest(vmid, |guest| new.put(guest)), "no such guest"))
        }
        ("POST", ["node"]) => {
            let new: NewNode = serde_json::from_slice(body)?;
            Ok(done(sim.migrate_guest(vmid, &new.node), "no such node"))
        }
        _ => Ok(Said::NotFound("no such thing of a guest".to_owned())),
    }
}

fn node(name: &str, what: &str, body: &[u8], sims: &[&Arc<Sim>]) -> anyhow::Result<Said> {
    let Some(sim) = sims.iter().find(|sim| sim.nodes().iter().any(|node| node == name)) else {
        return Ok(Said::NotFound("no such node".to_owned()));
    };
    match what {
        "outage" => {
            let new: NewOutage = serde_json::from_slice(body)?;
            Ok(done(sim.set_outage(name, new.outage), "no such node"))
        }
        "certificate" => {
            let new: NewCertificate = serde_json::from_slice(body)?;
            sim.change_certificate(name, new.same_authority)?;
            Ok(Said::Json(json!({ "fingerprint": sim.fingerprint(name) })))
        }
        _ => Ok(Said::NotFound("no such thing of a node".to_owned())),
    }
}
