//! Pictures between processes: who asks a server leaves what it knows of it, packed, in a row; the others load it and
//! show it as if they had asked themselves.
//!
//! A picture counts only with the fence of the lease that its writer held; a newer fence or number wins. It is of one
//! version of the server's row: of a server that was changed meanwhile nothing old is shown.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use nexus_model::{Fallback, Micros, ServerId, ServerStatus, Way};
use nexus_store::{LeftPicture, PictureMark};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::checks::Checks;
use super::endpoint::Cluster;
use super::nodes::{NodeRow, StorageRow};
use super::outage::Heard;
use super::rows::{GuestRow, LOOK_COUNTS, Snapshot};
use super::{CheckDone, Entry, Health, Inventory};
use crate::background::Beat;
use crate::events::Happening;
use crate::relayed::Announced;

/// How many pictures are left in one transaction.
const BATCH: usize = 20;
/// How often the others look for pictures that nobody told them of.
const LOOK: Duration = Duration::from_secs(10);
/// The largest picture that is unpacked: some 100,000 guests.
const MAX_BYTES: u64 = 64 << 20;

/// Which pictures are to be left and to be loaded.
#[derive(Default)]
pub(super) struct Pictures {
    /// Servers whose row is old.
    dirty: Mutex<HashSet<ServerId>>,
    leave: Notify,
    /// Servers that somebody waits for at another process.
    urgent: Mutex<HashSet<ServerId>>,
    hurry: Notify,
    /// Servers that there may be a newer picture of.
    wanted: Mutex<HashSet<ServerId>>,
    load: Notify,
    /// The fence and number of what was loaded or left last.
    seen: Mutex<HashMap<ServerId, (i64, i64)>>,
    number: AtomicI64,
}

impl Pictures {
    fn set(of: &Mutex<HashSet<ServerId>>) -> MutexGuard<'_, HashSet<ServerId>> {
        of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<ServerId, (i64, i64)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn want(&self, server: ServerId) {
        Self::set(&self.wanted).insert(server);
        self.load.notify_one();
    }
}

/// What is left of one server.
#[derive(Serialize, Deserialize)]
struct Left {
    /// Of the server's row.
    version: i64,
    snapshot: Option<LeftSnapshot>,
    status: ServerStatus,
    detail: Option<String>,
    pve_version: Option<String>,
    data_at: Option<Micros>,
    /// Microseconds of each of the last checks; none for one that failed.
    checks: VecDeque<Option<u64>>,
    failures: u32,
    check: Option<LeftCheck>,
    cluster: (Option<String>, Option<String>, Vec<Fallback>),
    /// Whether anybody was told that it is gone.
    told: bool,
}

#[derive(Serialize, Deserialize)]
struct LeftSnapshot {
    data_at: Micros,
    guests: Vec<Arc<GuestRow>>,
    nodes: Vec<NodeRow>,
    storages: Vec<StorageRow>,
    complete: bool,
}

#[derive(Serialize, Deserialize)]
struct LeftCheck {
    at: Micros,
    took_us: u64,
    way: Option<Way>,
    attempts: u32,
    error: Option<String>,
    reached: bool,
}

fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}

impl Left {
    fn of(entry: &Entry) -> Self {
        let (health, snapshot, check) = (entry.health(), entry.snapshot(), entry.last_check());
        let cluster = entry.cluster.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self {
            version: entry.endpoint.version,
            snapshot: snapshot.map(|snapshot| LeftSnapshot {
                data_at: snapshot.data_at(),
                guests: snapshot.guests.values().cloned().collect(),
                nodes: snapshot.nodes.to_vec(),
                storages: snapshot.storages.to_vec(),
                complete: snapshot.complete,
            }),
            status: health.status,
            detail: health.detail.clone(),
            pve_version: health.pve_version.clone(),
            data_at: health.data_at,
            checks: health.checks.last().iter().map(|took| took.map(micros)).collect(),
            failures: health.failures,
            check: check.map(|check| LeftCheck {
                at: check.at,
                took_us: micros(check.took),
                way: check.way,
                attempts: check.attempts,
                error: check.error.clone(),
                reached: check.reached,
            }),
            cluster: (cluster.name, cluster.mark, cluster.fallbacks),
            told: matches!(*entry.heard(), Heard::Gone { told: true, .. }),
        }
    }

    fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        serde_json::to_writer(&mut packed, self)?;
        packed.flush()?;
        packed.finish()
    }

    /// Another version of Nexus may have packed it: what cannot be read is passed over.
    fn unpack(packed: &[u8]) -> std::io::Result<Self> {
        let unpacked = std::io::BufReader::new(ZlibDecoder::new(packed).take(MAX_BYTES));
        Ok(serde_json::from_reader(unpacked)?)
    }
}

impl Inventory {
    /// Something of the server is other than before: the other processes should know.
    pub(super) fn picture_changed(&self, server: ServerId) {
        let (pictures, leases) = (&self.inner.pictures, &self.inner.leases);
        if leases.others.load(Ordering::Acquire) && self.holds(server) {
            Pictures::set(&pictures.dirty).insert(server);
            pictures.leave.notify_one();
            if Pictures::set(&pictures.urgent).contains(&server) {
                pictures.hurry.notify_one();
            }
        }
    }

    /// Another process is there from now on.
    pub(super) fn leave_all(&self) {
        let all = self.all().into_iter().map(|entry| entry.endpoint.id);
        Pictures::set(&self.inner.pictures.dirty).extend(all);
        self.inner.pictures.leave.notify_one();
    }

    /// Somebody at another process wants to know how the server is doing now.
    pub(crate) fn refresh_for_others(&self, server: ServerId) {
        if self.holds(server) {
            Pictures::set(&self.inner.pictures.urgent).insert(server);
            self.refresh_soon(server);
        }
    }

    /// Another process left a picture.
    pub(crate) fn picture_left(&self, server: ServerId, fence: i64, number: i64) {
        let pictures = &self.inner.pictures;
        if pictures.seen().get(&server).is_none_or(|seen| *seen < (fence, number)) {
            pictures.want(server);
        }
    }

    /// The server stands here as new: whatever picture there is may be shown.
    pub(super) fn picture_wanted(&self, server: ServerId) {
        if self.inner.store.is_shared() {
            self.inner.pictures.seen().remove(&server);
            self.inner.pictures.want(server);
            // Its own holder has nothing of this version there yet.
            self.picture_changed(server);
        }
    }

    /// What other processes announced may have been missed.
    pub(crate) fn pictures_missed(&self) {
        self.inner.pictures.load.notify_one();
    }

    /// The task that leaves pictures for the other processes.
    pub(super) async fn leave_pictures(self, beat: Beat) {
        let pictures = &self.inner.pictures;
        loop {
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                () = pictures.leave.notified() => {}
            }
            let dirty: Vec<ServerId> = std::mem::take(&mut *Pictures::set(&pictures.dirty)).into_iter().collect();
            for some in dirty.chunks(BATCH) {
                match self.leave_some(some).await {
                    Ok(()) => beat.done(),
                    Err(error) => {
                        beat.failed(&error);
                        tracing::debug!(%error, "pictures of servers cannot be left for other processes");
                        Pictures::set(&pictures.dirty).extend(some);
                        pictures.leave.notify_one();
                    }
                }
            }
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                () = tokio::time::sleep(self.inner.intervals.pictures) => {}
                () = pictures.hurry.notified() => {}
            }
        }
    }

    async fn leave_some(&self, servers: &[ServerId]) -> nexus_store::Result<()> {
        let mut packed = Vec::with_capacity(servers.len());
        for server in servers {
            let (Some(entry), Some(fence)) = (self.entry(*server), self.inner.leases.fence(*server)) else { continue };
            let number = self.inner.pictures.number.fetch_add(1, Ordering::AcqRel) + 1;
            let mark = PictureMark { server_id: *server, fence, number };
            match Left::of(&entry).pack() {
                Ok(picture) => packed.push((mark, picture)),
                Err(error) => tracing::error!(server.id = %server, %error, "a picture cannot be packed"),
            }
        }
        if packed.is_empty() {
            return Ok(());
        }
        let (process, now) = (self.inner.leases.process(), self.inner.clock.now());
        let mut tx = self.inner.store.system_write(&self.inner.system).await?;
        for (mark, picture) in &packed {
            if tx.leave_picture(process, *mark, now, picture).await? {
                let announced = Announced::Picture(mark.server_id, mark.fence, mark.number);
                tx.announce_event(&announced.to_string()).await?;
            }
        }
        tx.commit().await?;
        for (mark, _) in packed {
            self.inner.pictures.seen().insert(mark.server_id, (mark.fence, mark.number));
            Pictures::set(&self.inner.pictures.urgent).remove(&mark.server_id);
        }
        Ok(())
    }

    /// The task that loads the pictures of servers that other processes ask.
    pub(super) async fn load_pictures(self, beat: Beat) {
        let pictures = &self.inner.pictures;
        let mut looked: Option<Instant> = None;
        loop {
            let turn = async {
                if looked.is_none_or(|last| last.elapsed() >= LOOK) {
                    self.look_for_pictures().await?;
                    looked = Some(Instant::now());
                }
                let wanted: Vec<ServerId> = Pictures::set(&pictures.wanted).iter().copied().collect();
                for server in wanted {
                    Pictures::set(&pictures.wanted).remove(&server);
                    if !self.holds(server) {
                        self.load_picture(server).await?;
                    }
                }
                Ok::<_, nexus_store::Error>(())
            };
            match turn.await {
                Ok(()) => beat.done(),
                Err(error) => {
                    // What was wanted is found again by looking for all.
                    looked = None;
                    beat.failed(&error);
                    tracing::debug!(%error, "pictures of servers cannot be loaded");
                    if !beat.nap(Duration::from_secs(1)).await {
                        return;
                    }
                }
            }
            tokio::select! {
                biased;
                () = beat.stop().cancelled() => return,
                () = pictures.load.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn look_for_pictures(&self) -> nexus_store::Result<()> {
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let marks = read.pictures().await?;
        read.commit().await?;
        let seen = self.inner.pictures.seen();
        let newer = marks
            .into_iter()
            .filter(|mark| seen.get(&mark.server_id).is_none_or(|seen| *seen < (mark.fence, mark.number)));
        Pictures::set(&self.inner.pictures.wanted).extend(newer.map(|mark| mark.server_id));
        Ok(())
    }

    async fn load_picture(&self, server: ServerId) -> nexus_store::Result<()> {
        let Some(entry) = self.entry(server) else { return Ok(()) };
        let mut read = self.inner.store.system_read(&self.inner.system).await?;
        let found = read.picture(server).await?;
        read.commit().await?;
        if let Some(found) = found {
            self.show_left(&entry, &found);
        }
        Ok(())
    }

    /// Shows what another process left, unless this one asks the server itself or has seen something newer.
    fn show_left(&self, entry: &Entry, found: &LeftPicture) {
        let (server, mark) = (entry.endpoint.id, (found.fence, found.number));
        if self.holds(server) || self.inner.pictures.seen().get(&server).is_some_and(|seen| *seen >= mark) {
            return;
        }
        let left = match Left::unpack(&found.picture) {
            Ok(left) => left,
            Err(error) => {
                tracing::debug!(server.id = %server, %error, "another process' picture cannot be read");
                return;
            }
        };
        if left.version != entry.endpoint.version {
            // Of the row as it was, or as it is not known here yet: it is wanted again when that changes.
            return;
        }
        self.inner.pictures.seen().insert(server, mark);
        self.show_as_asked(entry, left);
    }

    fn show_as_asked(&self, entry: &Entry, left: Left) {
        let now = self.inner.clock.now();
        if let Some(LeftSnapshot { data_at, guests, nodes, storages, complete }) = left.snapshot {
            let next = Snapshot::left(entry.endpoint.id, data_at, guests, (nodes, storages), complete);
            self.publish(entry, |picture| {
                // What this process has seen itself since counts more, as it does over the overview.
                picture.overlay.looks.retain(|_, look| now.since(look.at) < LOOK_COUNTS);
                let looks = picture.overlay.looks.iter().filter(|(_, look)| look.at > data_at);
                Some(looks.fold(next, |next, (number, look)| next.with_look(*number, look)))
            });
            entry.answers.fetch_add(1, Ordering::AcqRel);
            self.news();
        }
        let (name, mark, fallbacks) = left.cluster;
        self.show_cluster(entry, Cluster { name, mark, fallbacks });
        {
            let mut heard = entry.heard();
            *heard = match left.status {
                ServerStatus::Online | ServerStatus::Degraded => Heard::Here,
                ServerStatus::Offline => Heard::Gone { since: Instant::now(), told: left.told },
                ServerStatus::Unknown | ServerStatus::Checking => *heard,
            };
        }
        let checks = Checks::of(left.checks.into_iter().map(|took| took.map(Duration::from_micros)));
        let (status, detail, pve_version) = (left.status, left.detail, left.pve_version);
        let health = Health { status, detail, pve_version, data_at: left.data_at, checks, failures: left.failures };
        self.set_health(entry, health);
        if let Some(check) = left.check {
            self.show_check(entry, check, status);
        }
    }

    fn show_cluster(&self, entry: &Entry, told: Cluster) {
        let mut known = entry.cluster.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != told {
            let fallbacks = self.inner.maker.fallbacks(&entry.endpoint.settings, &told.fallbacks);
            entry.endpoint.client.set_fallbacks(fallbacks);
            entry.picture().cluster = told.name.as_deref().map(Into::into);
            *known = told;
        }
    }

    fn show_check(&self, entry: &Entry, check: LeftCheck, status: ServerStatus) {
        let LeftCheck { at, took_us, way, attempts, error, reached } = check;
        if entry.last_check().is_some_and(|last| last.at >= at) {
            return;
        }
        let took = Duration::from_micros(took_us);
        let done = CheckDone { at, ended: Instant::now(), took, way, attempts, error, reached, status };
        let what = Happening::Check { server: entry.endpoint.id, at, ok: done.ok(), took };
        entry.checked.send_replace(Some(Arc::new(done)));
        self.inner.events.tell(entry.endpoint.tenant, what);
    }
}
