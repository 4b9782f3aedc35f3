//! What bad servers cost the others: 40 simulated servers alone, and the same with five that hang and five that refuse.
//!
//! Measured is the time from the start of the application on a filled database until every good server has its first
//! picture. Both fleets take turns. The last line printed is JSON. It must never compare runs of different good servers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nexus_app::access::{Client, ManageServers};
use nexus_app::fleet::Limits;
use nexus_app::password::Cost;
use nexus_app::servers::ServerInput;
use nexus_app::{App, Clock, Config, Tuning};
use nexus_model::{ServerId, SystemRole, TenantRole, Tls};
use nexus_net::dial::Dialer;
use nexus_net::guard::{Guard, GuardConfig};
use nexus_store::keys::KeyRing;
use nexus_store::testing::{Engine, TestDb};
use pve_sim::{GuestConfig, NodeConfig, Sim, SimConfig, TokenConfig};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const TOKEN: &str = "nexus@pve!broker";
const SECRET: &str = "4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e";
const GOOD: usize = 40;
const HANGING: usize = 5;
const REFUSING: usize = 5;
/// Guests of each good server.
const GUESTS: u32 = 100;
/// A run that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where servers are, good or bad.
#[derive(Clone)]
struct Place {
    port: u16,
    tls: Tls,
}

/// A database with its servers.
struct Fleet {
    db: TestDb,
    /// The good ones.
    servers: Vec<ServerId>,
}

async fn good() -> Result<Sim, Failure> {
    let acl = vec![("/".to_owned(), ["VM.Audit", "Sys.Audit"].map(str::to_owned).to_vec())];
    let guests = (0..GUESTS).map(|number| GuestConfig {
        vmid: 100 + number,
        node: "pve1".into(),
        name: format!("guest{number}"),
        ..GuestConfig::default()
    });
    let config = SimConfig {
        nodes: vec![NodeConfig::new("pve1")],
        guests: guests.collect(),
        tokens: vec![TokenConfig { id: TOKEN.into(), secret: SECRET.into(), acl }],
        ..SimConfig::default()
    };
    Ok(Sim::start(config).await?)
}

async fn start(db: &TestDb, ports: &[u16]) -> Result<App, Failure> {
    let (store, mint) = db.second().await;
    let guard = Guard::pve(GuardConfig { ports: ports.to_vec(), allow_loopback: true, ..GuardConfig::default() });
    let config = Config {
        store,
        mint,
        keys: Arc::new(KeyRing::parse(&format!("one:{}", "11".repeat(32)))?),
        clock: Clock::system(),
        dialer: Dialer::new(guard, None),
        roots: Vec::new(),
        health_interval: Duration::from_secs(60),
        origin: "http://127.0.0.1".into(),
        smtp: None,
        environment: nexus_app::servers::EnvironmentServer::default(),
        operating: nexus_app::OperatingConfig::default(),
        webhooks: nexus_app::webhooks::WebhookConfig::default(),
        objects: nexus_app::objects::ObjectsConfig::Memory,
    };
    let limits = Limits { tests_per_minute: 1000, ..Limits::default() };
    let tuning = Tuning { password_cost: Cost::least(), limits, ..Tuning::default() };
    Ok(App::start_tuned(config, tuning).await?)
}

/// A database with servers at those places; the first [`GOOD`] are good.
async fn fill(places: &[Place], ports: &[u16]) -> Result<Fleet, Failure> {
    let db = TestDb::fresh(Engine::Sqlite).await.ok_or("there is no database")?;
    let app = start(&db, ports).await?;
    let tenant = app.provision.tenant("Ours", "ours").await?;
    let password = "violet-anchor-pancake";
    let person = app.provision.user("admin@example.org", "Admin", password.to_owned(), SystemRole::User).await?;
    app.provision.member(tenant, person, TenantRole::Admin).await?;
    let client = || Client { address: [192, 0, 2, 7].into(), user_agent: "bench".into(), request_id: "r1".into() };
    let session = app.accounts.sign_in("admin@example.org", password.to_owned(), client()).await?;
    let admin = app.access.authenticate(&session.token, client()).await?;
    let grant = app.access.grant::<ManageServers>(&admin, tenant).await?;
    let mut servers = Vec::new();
    for (number, place) in places.iter().enumerate() {
        let input = ServerInput {
            name: format!("Server {number}"),
            host: "127.0.0.1".into(),
            port: place.port.into(),
            api_token: Some(format!("{TOKEN}={SECRET}").into()),
            tls: place.tls.clone(),
            connect_timeout_seconds: 10,
            ..ServerInput::default()
        };
        servers.push(app.servers.create(&grant, input).await?.id);
    }
    app.stop().await;
    servers.truncate(GOOD);
    Ok(Fleet { db, servers })
}

/// Milliseconds from a cold start until every good server has its first picture.
async fn measure(fleet: &Fleet, ports: &[u16]) -> Result<f64, Failure> {
    let begun = Instant::now();
    let app = start(&fleet.db, ports).await?;
    let all = async {
        for server in &fleet.servers {
            app.inventory.first_snapshot(*server).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await?;
    let took = begun.elapsed().as_secs_f64() * 1000.0;
    let whole = fleet.servers.iter().filter_map(|server| app.inventory.snapshot(*server));
    if whole.filter(|snapshot| snapshot.guests().len() == GUESTS as usize).count() != GOOD {
        return Err("a picture is not whole".into());
    }
    app.stop().await;
    Ok(took)
}

fn rounds() -> Result<usize, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(5),
        ["--rounds", number] => Ok(number.parse::<usize>()?.max(1)),
        _ => Err("usage: fleetbench [--rounds N]".into()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let rounds = rounds()?;
    let mut sims = Vec::new();
    for _ in 0..GOOD {
        sims.push(good().await?);
    }
    let pinned =
        |sim: &Sim| Place { port: sim.address("pve1").port(), tls: Tls::Pin { fingerprint: sim.fingerprint("pve1") } };
    let alone: Vec<Place> = sims.iter().map(pinned).collect();
    let mut all = alone.clone();
    // They take connections into their queue and never say a word.
    let mut silent = Vec::new();
    for _ in 0..HANGING {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        all.push(Place { port: listener.local_addr()?.port(), tls: Tls::Insecure });
        silent.push(listener);
    }
    // Bound and not listening: nobody else gets these ports, and who calls them is refused.
    let mut closed = Vec::new();
    for _ in 0..REFUSING {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        all.push(Place { port: socket.local_addr()?.port(), tls: Tls::Insecure });
        closed.push(socket);
    }
    let ports: Vec<u16> = all.iter().map(|place| place.port).collect();
    let (without, with) = (fill(&alone, &ports).await?, fill(&all, &ports).await?);
    // The first run of a process pays for what the others find done.
    measure(&without, &ports).await?;
    let (mut alone_ms, mut with_ms) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        alone_ms.push(measure(&without, &ports).await?);
        with_ms.push(measure(&with, &ports).await?);
        println!("round {round}: {:.0} ms alone, {:.0} ms with bad ones", alone_ms[round - 1], with_ms[round - 1]);
    }
    for fleet in [without, with] {
        let remains = fleet.db.remains();
        drop(fleet);
        remains.remove().await;
    }
    println!("{}", serde_json::json!({ "rounds": rounds, "guests": GUESTS, "alone_ms": alone_ms, "with_ms": with_ms }));
    Ok(())
}
