//! Tasks on both engines: one of each kind runs on a guest, ends are written once, and pages leave none out.

use std::sync::Arc;

use nexus_model::{GuestKey, Micros, TaskAction, TaskId, UserId};
use uuid::Uuid;

use super::{NOW, Organisation};
use crate::testing::{TestDb, on_both};
use crate::{Error, Task, TaskFilter, TaskState};

fn task(one: &Organisation, user: UserId, action: TaskAction, at: i64) -> Task {
    Task {
        id: Uuid::now_v7().into(),
        tenant_id: one.tenant,
        user_id: user,
        user_name: "Somebody".into(),
        server_id: one.guest.server,
        kind: one.guest.kind,
        vmid: one.guest.vmid,
        guest_name: "web".into(),
        action,
        node: "pve1".into(),
        upid: None,
        state: TaskState::Running,
        detail: None,
        created_at: Micros(NOW.0 + at),
        ended_at: None,
        snapshot: None,
        bulk_id: None,
        stopped_by: None,
    }
}

async fn insert(db: &TestDb, one: &Organisation, task: &Task) -> Result<(), Error> {
    let scope = db.mint.tenant(task.user_id, one.tenant);
    let mut write = db.store.tenant_write(&scope).await?;
    write.insert_task(task).await?;
    write.commit().await
}

async fn end(db: &TestDb, id: TaskId, state: TaskState) -> Option<Task> {
    let system = db.mint.system();
    let mut write = db.store.system_write(&system).await.unwrap();
    let ended = write.end_task(id, state, Some("words".into()), NOW).await.unwrap();
    write.commit().await.unwrap();
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_begins() {
    on_both(async |db| {
        let one = Arc::new(Organisation::make(&db, 1).await);
        let (store, mint) = db.second().await;
        let mint = Arc::new(mint);
        let mut attempts = tokio::task::JoinSet::new();
        for n in 0..12 {
            let (store, mint, one) = (store.clone(), Arc::clone(&mint), Arc::clone(&one));
            let user = if n % 2 == 0 { one.admin } else { one.viewer };
            attempts.spawn(async move {
                let scope = mint.tenant(user, one.tenant);
                let mut write = store.tenant_write(&scope).await.unwrap();
                match write.insert_task(&task(&one, user, TaskAction::Stop, n)).await {
                    Ok(()) => write.commit().await.map(|()| true).unwrap(),
                    Err(Error::Unique) => false,
                    Err(error) => panic!("{error:?}"),
                }
            });
        }
        let won = attempts.join_all().await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1, "on {:?}", db.engine);
        insert(&db, &one, &task(&one, one.admin, TaskAction::Shutdown, 20)).await.unwrap();
        let system = db.mint.system();
        let mut read = db.store.system_read(&system).await.unwrap();
        let at_it = read.task_at_it(one.tenant, one.guest, TaskAction::Stop).await.unwrap().unwrap();
        let other = GuestKey { vmid: 101, ..one.guest };
        assert!(read.task_at_it(one.tenant, other, TaskAction::Stop).await.unwrap().is_none());
        read.commit().await.unwrap();
        assert!(end(&db, at_it.id, TaskState::Ok).await.is_some());
        insert(&db, &one, &task(&one, one.admin, TaskAction::Stop, 30)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_failure_that_somebody_asked_for_is_a_stop() {
    on_both(async |db| {
        let one = Organisation::make(&db, 1).await;
        let system = db.mint.system();
        for (asked, state, told) in [
            (true, TaskState::Failed, TaskState::Stopped),
            (true, TaskState::Ok, TaskState::Ok),
            (false, TaskState::Failed, TaskState::Failed),
        ] {
            let new = task(&one, one.admin, TaskAction::Start, 0);
            insert(&db, &one, &new).await.unwrap();
            let mut write = db.store.system_write(&system).await.unwrap();
            assert_eq!(write.task_end(new.id).await.unwrap(), Some((TaskState::Running, None)));
            if asked {
                let marked = write.mark_task_stopped(one.tenant, new.id, "first").await.unwrap().unwrap();
                assert_eq!(marked.stopped_by.as_deref(), Some("first"));
                let marked = write.mark_task_stopped(one.tenant, new.id, "second").await.unwrap().unwrap();
                assert_eq!(marked.stopped_by.as_deref(), Some("first"), "who was first stays");
                assert!(write.unmark_task_stopped(one.tenant, new.id, "second").await.unwrap().is_none());
            }
            write.commit().await.unwrap();
            let ended = end(&db, new.id, state).await.unwrap();
            assert_eq!((ended.state, ended.detail.as_deref()), (told, Some("words")));
            assert!(end(&db, new.id, TaskState::Failed).await.is_none(), "it has ended");
            let mut write = db.store.system_write(&system).await.unwrap();
            assert_eq!(write.task_end(new.id).await.unwrap(), Some((told, Some("words".into()))));
            assert!(write.mark_task_stopped(one.tenant, new.id, "late").await.unwrap().is_none());
            assert!(write.note_task(new.id, "late").await.unwrap().is_none());
            assert_eq!(write.task_end(Uuid::now_v7().into()).await.unwrap(), None);
        }
    })
    .await;
}

#[tokio::test]
async fn pages_leave_no_task_out_and_hold_no_others() {
    on_both(async |db| {
        let (one, other) = (Organisation::make(&db, 1).await, Organisation::make(&db, 2).await);
        let mut all = Vec::new();
        for n in 0..7 {
            // Two began in the same moment: the ids tell them apart.
            let user = if n % 2 == 0 { one.admin } else { one.viewer };
            let new = task(&one, user, TaskAction::Start, n / 2);
            insert(&db, &one, &new).await.unwrap();
            end(&db, new.id, if n == 3 { TaskState::Failed } else { TaskState::Ok }).await.unwrap();
            all.push((new.created_at, new.id));
        }
        insert(&db, &other, &task(&other, other.admin, TaskAction::Start, 0)).await.unwrap();
        all.sort_by(|a, b| b.cmp(a));
        let scope = db.mint.tenant(one.admin, one.tenant);
        let mut read = db.store.tenant_read(&scope).await.unwrap();
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let filter = TaskFilter { before, limit: 2, ..TaskFilter::default() };
            let page = read.tasks(&filter).await.unwrap();
            seen.extend(page.iter().take(2).map(|task| (task.created_at, task.id)));
            before = seen.last().map(|(at, id)| (at.0, id.uuid()));
            if page.len() <= 2 {
                break;
            }
        }
        assert_eq!(seen, all, "on {:?}", db.engine);
        let mut count = async |filter: TaskFilter| read.tasks(&TaskFilter { limit: 50, ..filter }).await.unwrap().len();
        assert_eq!(count(TaskFilter { of: Some(one.viewer), ..TaskFilter::default() }).await, 3);
        assert_eq!(count(TaskFilter { state: Some(TaskState::Failed), ..TaskFilter::default() }).await, 1);
        assert_eq!(count(TaskFilter { guest: Some(one.guest), ..TaskFilter::default() }).await, 7);
        let absent = GuestKey { vmid: 101, ..one.guest };
        assert_eq!(count(TaskFilter { guest: Some(absent), ..TaskFilter::default() }).await, 0);
    })
    .await;
}
