//! Leases: one holder, a fence that grows, and pictures that count only with it.

use nexus_model::{Micros, ProcessId, ServerId};
use uuid::Uuid;

use super::Organisation;
use crate::testing::{TestDb, on_both};
use crate::{Lease, PictureMark};

const LATER: i64 = 1_000;

struct Process(ProcessId);

impl Process {
    fn new() -> Self {
        Self(Uuid::now_v7().into())
    }

    async fn take(&self, db: &TestDb, now: i64) -> Vec<Lease> {
        let scope = db.mint.system();
        let mut tx = db.store.system_write(&scope).await.unwrap();
        let taken = tx.take_leases(self.0, Micros(now), Micros(now + LATER), 10).await.unwrap();
        tx.commit().await.unwrap();
        taken
    }

    async fn renew(&self, db: &TestDb, until: i64) -> Vec<Lease> {
        let scope = db.mint.system();
        let mut tx = db.store.system_write(&scope).await.unwrap();
        let renewed = tx.renew_leases(self.0, Micros(until)).await.unwrap();
        tx.commit().await.unwrap();
        renewed
    }

    async fn leave(&self, db: &TestDb, (server_id, fence, number): (ServerId, i64, i64), what: &[u8]) -> bool {
        let scope = db.mint.system();
        let mut tx = db.store.system_write(&scope).await.unwrap();
        let mark = PictureMark { server_id, fence, number };
        let left = tx.leave_picture(self.0, mark, Micros(1), what).await.unwrap();
        tx.commit().await.unwrap();
        left
    }
}

async fn picture(db: &TestDb, server: ServerId) -> Option<(i64, i64, Vec<u8>)> {
    let scope = db.mint.system();
    let mut tx = db.store.system_read(&scope).await.unwrap();
    tx.picture(server).await.unwrap().map(|left| (left.fence, left.number, left.picture))
}

#[tokio::test]
async fn a_server_has_one_holder_and_its_fence_grows() {
    on_both(async |db| {
        let server = Organisation::make(&db, 1).await.server;
        let (one, two) = (Process::new(), Process::new());
        let fences = |leases: Vec<Lease>| leases.iter().map(|l| (l.server_id, l.fence)).collect::<Vec<_>>();
        assert_eq!(fences(one.take(&db, 0).await), [(server, 1)]);
        assert_eq!(two.take(&db, LATER - 1).await, []);
        assert_eq!(fences(one.renew(&db, 2 * LATER).await), [(server, 1)]);
        assert_eq!(two.take(&db, 2 * LATER - 1).await, []);
        assert_eq!(fences(two.take(&db, 2 * LATER).await), [(server, 2)], "it ran out");
        assert_eq!(one.renew(&db, 9 * LATER).await, [], "what was taken over is not renewed");
        assert_eq!(one.take(&db, 2 * LATER).await, []);
        let scope = db.mint.system();
        let mut tx = db.store.system_write(&scope).await.unwrap();
        tx.give_back_lease(one.0, server).await.unwrap();
        tx.give_back_lease(two.0, server).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(two.renew(&db, 9 * LATER).await, [], "what was given back is not renewed");
        assert_eq!(fences(one.take(&db, 1).await), [(server, 3)]);
        db.tamper("UPDATE server SET is_active = (1 = 0)").await;
        assert_eq!(two.take(&db, 99 * LATER).await, [], "nobody takes what is not active");
    })
    .await;
}

#[tokio::test]
async fn a_picture_counts_only_with_its_writers_lease() {
    on_both(async |db| {
        let server = Organisation::make(&db, 1).await.server;
        let (one, two) = (Process::new(), Process::new());
        assert!(!one.leave(&db, (server, 1, 1), b"nobody's").await);
        one.take(&db, 0).await;
        assert!(one.leave(&db, (server, 1, 1), b"first").await);
        assert!(one.leave(&db, (server, 1, 2), b"second").await);
        assert!(!one.leave(&db, (server, 1, 1), b"old").await);
        assert!(!two.leave(&db, (server, 1, 9), b"a stranger's").await);
        two.take(&db, LATER).await;
        assert!(!one.leave(&db, (server, 1, 3), b"a former holder's").await);
        assert!(!one.leave(&db, (server, 2, 3), b"a liar's").await);
        assert_eq!(picture(&db, server).await.unwrap(), (1, 2, b"second".to_vec()), "the last one stays until then");
        assert!(two.leave(&db, (server, 2, 1), b"the new holder's").await);
        assert_eq!(picture(&db, server).await.unwrap(), (2, 1, b"the new holder's".to_vec()));
        let scope = db.mint.system();
        let mut tx = db.store.system_write(&scope).await.unwrap();
        tx.sweep_pictures().await.unwrap();
        assert_eq!(tx.pictures().await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn processes_are_seen_and_forgotten() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let (old, new) = (Process::new(), Process::new());
        old.take(&db, 0).await;
        let scope = db.mint.system();
        let mut tx = db.store.system_write(&scope).await.unwrap();
        tx.see_process(old.0, "alpha", "1.0.0", Micros(1), Micros(100)).await.unwrap();
        tx.see_process(new.0, "beta", "1.0.0", Micros(2), Micros(200)).await.unwrap();
        tx.see_process(new.0, "beta", "1.0.0", Micros(2), Micros(300)).await.unwrap();
        assert_eq!(tx.live_processes(Micros(100)).await.unwrap(), [old.0, new.0]);
        assert_eq!(tx.live_processes(Micros(101)).await.unwrap(), [new.0]);
        let seen = tx.processes(Micros(1)).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|row| (row.host.as_str(), row.seen_at, row.servers)).collect();
        assert_eq!(seen, [("alpha", Micros(100), 1), ("beta", Micros(300), 0)]);
        tx.watch_tenant(one.tenant, old.0, Micros(50)).await.unwrap();
        tx.watch_tenant(Uuid::now_v7().into(), old.0, Micros(50)).await.unwrap();
        assert_eq!(tx.watched_elsewhere(new.0, Micros(49)).await.unwrap(), [one.tenant]);
        assert_eq!(tx.watched_elsewhere(new.0, Micros(50)).await.unwrap(), []);
        assert_eq!(tx.watched_elsewhere(old.0, Micros(1)).await.unwrap(), []);
        tx.sweep_processes(Micros(101), Micros(50)).await.unwrap();
        assert_eq!(tx.watched_elsewhere(new.0, Micros(0)).await.unwrap(), []);
        tx.delete_process(new.0).await.unwrap();
        assert_eq!(tx.processes(Micros(1)).await.unwrap(), []);
        let waiting = tx.waiting().await.unwrap();
        assert_eq!((waiting.mails, waiting.deliveries_pending), (0, 0));
        tx.commit().await.unwrap();
    })
    .await;
}
