//! Nexus' side of the bench: a whole application on a fresh SQLite database.

use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use nexus_app::access::{Client, Grant, ManageServers, SeeGuests, SignedIn};
use nexus_app::fleet::{Intervals, Limits};
use nexus_app::guests::GuestPage;
use nexus_app::password::Cost;
use nexus_app::servers::ServerInput;
use nexus_app::{App, Clock, Config, OperatingConfig, Tuning};
use nexus_model::{Micros, ServerId, SystemRole, TenantId, TenantRole, Tls};
use nexus_net::dial::{Dialer, Target};
use nexus_net::guard::{Guard, GuardConfig};
use nexus_net::tls::{TlsPolicy, parse_fingerprint};
use nexus_pve::{ApiToken, Timeouts};
use nexus_store::keys::KeyRing;
use nexus_store::testing::{Engine, TestDb};
use serde_json::json;

use crate::{Failure, PATIENCE, Place, SECRET, TOKEN};

const PASSWORD: &str = "violet-anchor-pancake";
/// Servers of one tenant.
const PER_TENANT: usize = 50;
/// Streams of one session.
const PER_SESSION: usize = 8;
const WATCHERS: usize = 500;
/// How long watchers watch.
const WATCHED: Duration = Duration::from_secs(30);
const ROUNDS: usize = 5;
/// The pace of the many.
const PACE: Duration = Duration::from_secs(60);

struct Nexus {
    app: App,
    guard: Guard,
    db: TestDb,
}

fn guard(places: &[Place]) -> Guard {
    let mut ports: Vec<u16> = places.iter().map(|place| place.port).collect();
    ports.dedup();
    Guard::pve(GuardConfig { ports, allow_loopback: true, ..GuardConfig::default() })
}

async fn start(places: &[Place], health_interval: Duration) -> Result<Nexus, Failure> {
    let db = TestDb::fresh(Engine::Sqlite).await.ok_or("there is no database")?;
    let (store, mint) = db.second().await;
    let guard = guard(places);
    let config = Config {
        store,
        mint,
        keys: Arc::new(KeyRing::parse(&format!("one:{}", "11".repeat(32)))?),
        clock: Clock::system(),
        dialer: Dialer::new(guard.clone(), None),
        roots: Vec::new(),
        health_interval,
        origin: "http://127.0.0.1".into(),
        smtp: None,
        environment: nexus_app::servers::EnvironmentServer::default(),
        operating: OperatingConfig::default(),
        webhooks: nexus_app::webhooks::WebhookConfig::default(),
        objects: nexus_app::objects::ObjectsConfig::Memory,
    };
    let limits = Limits { tests_per_minute: 10_000, ..Limits::default() };
    let intervals = Intervals { paused: Duration::from_secs(3600), ..Intervals::default() };
    let tuning = Tuning { password_cost: Cost::least(), limits, intervals, ..Tuning::default() };
    Ok(Nexus { app: App::start_tuned(config, tuning).await?, guard, db })
}

fn client() -> Client {
    Client { address: [192, 0, 2, 7].into(), user_agent: "bench".into(), request_id: "r1".into() }
}

impl Nexus {
    async fn session(&self) -> Result<SignedIn, Failure> {
        let session = self.app.accounts.sign_in("admin@example.org", PASSWORD.to_owned(), client()).await?;
        Ok(self.app.access.authenticate(&session.token, client()).await?)
    }

    /// Tenants with their servers, [`PER_TENANT`] each, and one admin for all.
    async fn fill(&self, places: &[Place]) -> Result<(Vec<TenantId>, Vec<ServerId>), Failure> {
        let provision = &self.app.provision;
        let admin = provision.user("admin@example.org", "Admin", PASSWORD.to_owned(), SystemRole::User).await?;
        let mut tenants = Vec::new();
        for number in 0..places.len().div_ceil(PER_TENANT) {
            let tenant = provision.tenant(&format!("Tenant {number}"), &format!("tenant-{number}")).await?;
            provision.member(tenant, admin, TenantRole::Admin).await?;
            tenants.push(tenant);
        }
        let person = self.session().await?;
        let mut servers = Vec::new();
        for (number, place) in places.iter().enumerate() {
            let grant: Grant<ManageServers> = self.app.access.grant(&person, tenants[number / PER_TENANT]).await?;
            let input = ServerInput {
                name: format!("Server {number}"),
                host: place.host.clone(),
                port: place.port.into(),
                api_token: Some(format!("{TOKEN}={SECRET}").into()),
                tls: Tls::Pin { fingerprint: place.fingerprint.clone() },
                connect_timeout_seconds: 30,
                ..ServerInput::default()
            };
            servers.push(self.app.servers.create(&grant, input).await?.id);
        }
        Ok((tenants, servers))
    }

    async fn first_pictures(&self, servers: &[ServerId]) -> Result<(), Failure> {
        let all = async {
            for server in servers {
                self.app.inventory.first_snapshot(*server).await;
            }
        };
        Ok(tokio::time::timeout(PATIENCE, all).await?)
    }

    fn times(&self, servers: &[ServerId]) -> Vec<Option<Micros>> {
        servers.iter().map(|server| self.app.inventory.snapshot(*server).map(|picture| picture.data_at())).collect()
    }

    /// Milliseconds from waking all servers' tasks until each has a new picture.
    async fn refresh(&self, servers: &[ServerId]) -> Result<f64, Failure> {
        // Nothing is asked twice within a second.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let (before, begun) = (self.times(servers), Instant::now());
        servers.iter().for_each(|server| self.app.inventory.refresh_soon(*server));
        while self.times(servers).iter().zip(&before).any(|(now, before)| now <= before) {
            if begun.elapsed() > PATIENCE {
                return Err("no new pictures".into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(begun.elapsed().as_secs_f64() * 1000.0)
    }

    /// Milliseconds of the first page, and of a search that finds one in a thousand.
    async fn lists(&self, tenant: TenantId) -> Result<(f64, f64), Failure> {
        let grant: Grant<SeeGuests> = self.app.access.grant(&self.session().await?, tenant).await?;
        let (mut first, mut search) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS * 4 {
            let begun = Instant::now();
            let list = self.app.guests.list(&grant, GuestPage { cursor: None, limit: 100 }).await?;
            first.push(begun.elapsed().as_secs_f64() * 1000.0);
            let begun = Instant::now();
            let found = self.app.guests.find(&grant, "-777", GuestPage { cursor: None, limit: 100 }).await?;
            search.push(begun.elapsed().as_secs_f64() * 1000.0);
            if list.guests.len() != 100 || found.guests.len() < 50 {
                return Err("a list is not whole".into());
            }
        }
        Ok((median(first), median(search)))
    }

    /// Watches with so many streams for a while; the share of a core that this took.
    async fn watch(&self, tenant: TenantId, watchers: usize) -> Result<f64, Failure> {
        let mut sessions = Vec::new();
        for _ in 0..watchers.div_ceil(PER_SESSION) {
            sessions.push(self.session().await?);
        }
        let mut streams = tokio::task::JoinSet::new();
        for number in 0..watchers {
            let grant: Grant<SeeGuests> = self.app.access.grant(&sessions[number / PER_SESSION], tenant).await?;
            let events = self.app.events.stream(self.app.access.keep(grant).await?, None)?;
            streams.spawn(async move {
                let mut events = std::pin::pin!(events);
                while events.next().await.is_some() {}
            });
        }
        // Who begins to watch has all servers asked at once; that is not what this is about.
        tokio::time::sleep(Duration::from_secs(5)).await;
        println!("begin");
        let (cpu, begun) = (cpu_seconds()?, Instant::now());
        tokio::time::sleep(WATCHED).await;
        let share = (cpu_seconds()? - cpu) / begun.elapsed().as_secs_f64() * 100.0;
        println!("end watchers_{watchers}");
        streams.shutdown().await;
        Ok(share)
    }

    async fn stop(self) {
        let remains = self.db.remains();
        self.app.stop().await;
        drop(self);
        remains.remove().await;
    }
}

/// Milliseconds of the same fetch, one server after the other, by a client alone.
async fn sequential(guard: &Guard, places: &[Place]) -> Result<Vec<f64>, Failure> {
    let mut clients = Vec::new();
    for place in places {
        let pin = parse_fingerprint(&place.fingerprint).ok_or("no fingerprint")?;
        let target = Target {
            host: place.host.parse()?,
            port: place.port,
            tls: TlsPolicy::Pin(pin).client_config()?,
            connect_timeout: Duration::from_secs(30),
        };
        let token = ApiToken::parse(&format!("{TOKEN}={SECRET}"))?;
        clients.push(nexus_pve::Client::new(Dialer::new(guard.clone(), None), target, token, Timeouts::default()));
    }
    let mut rounds = Vec::new();
    // The first round pays for connecting.
    for _ in 0..=ROUNDS {
        let begun = Instant::now();
        let mut rows = 0;
        for client in &clients {
            rows += client.resources().await?.len();
        }
        if rows < places.len() {
            return Err("an answer is empty".into());
        }
        rounds.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    rounds.remove(0);
    Ok(rounds)
}

async fn fleet(places: &[Place]) -> Result<(), Failure> {
    let nexus = start(places, Duration::from_secs(3600)).await?;
    let before = resident_kib()?;
    let (tenants, servers) = nexus.fill(places).await?;
    nexus.first_pictures(&servers).await?;
    nexus.refresh(&servers).await?;
    let held = resident_kib()? - before;
    let guests: usize =
        servers.iter().filter_map(|server| nexus.app.inventory.snapshot(*server)).map(|one| one.guests().len()).sum();
    let mut refresh_ms = Vec::new();
    for round in 1..=ROUNDS {
        refresh_ms.push(nexus.refresh(&servers).await?);
        println!("round {round}: {:.0} ms", refresh_ms[round - 1]);
    }
    let sequential_ms = sequential(&nexus.guard, places).await?;
    let (first_page_ms, search_ms) = nexus.lists(tenants[0]).await?;
    println!("{guests} guests hold {held} KiB; first page {first_page_ms:.1} ms, search {search_ms:.1} ms");
    let one_percent = nexus.watch(tenants[0], 1).await?;
    let all_percent = nexus.watch(tenants[0], WATCHERS).await?;
    nexus.stop().await;
    let result = json!({
        "guests_in_all": guests, "refresh_ms": refresh_ms, "sequential_ms": sequential_ms, "held_kib": held,
        "first_page_ms": first_page_ms, "search_ms": search_ms, "watchers": WATCHERS, "watched_s": WATCHED.as_secs(),
        "one_percent": one_percent, "all_percent": all_percent,
    });
    println!("{result}");
    Ok(())
}

async fn many(places: &[Place]) -> Result<(), Failure> {
    let nexus = start(places, PACE).await?;
    let (_, servers) = nexus.fill(places).await?;
    nexus.first_pictures(&servers).await?;
    // By then each has found its own moment.
    tokio::time::sleep(PACE * 5 / 4).await;
    println!("begin");
    let (cpu, begun) = (cpu_seconds()?, Instant::now());
    tokio::time::sleep(PACE).await;
    let share = (cpu_seconds()? - cpu) / begun.elapsed().as_secs_f64() * 100.0;
    println!("end minute");
    let resident = resident_kib()?;
    nexus.stop().await;
    let result = json!({ "servers": places.len(), "cpu_percent": share, "resident_kib": resident });
    println!("{result}");
    Ok(())
}

pub(crate) async fn run(mode: &str) -> Result<(), Failure> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let places: Vec<Place> = serde_json::from_str(&input)?;
    if mode == "fleet" { fleet(&places).await } else { many(&places).await }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Resident memory of this process.
fn resident_kib() -> Result<i64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// CPU time of this process: fields 14 and 15 of its stat, in hundredths of a second on Linux.
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).ok_or("no CPU time");
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
