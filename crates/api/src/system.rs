//! The installation as a whole, for system admins: every server, and how Nexus itself is doing.

use axum::Json;
use axum::extract::State;
use nexus_app::administration::{AnyServer, Overview, ProcessView, TestMail};
use nexus_app::background::{TaskState, TaskStatus};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Api;
use crate::console_session::TenantNameOut;
use crate::error::{ApiError, Problem};
use crate::extract::Administrator;
use crate::server_view::{GuestCountOut, GuestScopeOut, ServerOriginOut, ServerStatusOut, etag};
use crate::wire::At;

/// A server of any tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = AnyServer)]
pub(crate) struct AnyServerOut {
    id: Uuid,
    tenant: TenantNameOut,
    name: String,
    host: String,
    port: u16,
    origin: ServerOriginOut,
    /// The guests that it is limited to; null unless it is provided.
    scope: Option<GuestScopeOut>,
    /// To send as `If-Match` with a change.
    etag: String,
    is_active: bool,
    status: ServerStatusOut,
    error: Option<String>,
    /// PVE's.
    version: Option<String>,
    #[schema(value_type = Option<At>)]
    data_at: Option<At>,
    guests: GuestCountOut,
}

impl From<AnyServer> for AnyServerOut {
    fn from(server: AnyServer) -> Self {
        Self {
            id: server.id.into(),
            tenant: server.tenant.into(),
            name: server.name,
            host: server.host,
            port: server.port,
            origin: server.origin.into(),
            scope: server.scope.map(Into::into),
            etag: etag(server.row_version),
            is_active: server.is_active,
            status: server.status.into(),
            error: server.error,
            version: server.version,
            data_at: server.data_at.map(At),
            guests: server.guests.into(),
        }
    }
}

/// All servers, by tenant and name.
#[derive(Serialize, ToSchema)]
#[schema(as = AnyServerList)]
pub(crate) struct AnyServerListOut {
    servers: Vec<AnyServerOut>,
}

/// What a task does now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BackgroundState)]
pub(crate) enum BackgroundStateOut {
    /// Works, or waits for its next turn.
    Running,
    /// Works, but its last turn failed.
    Failed,
    /// Ended unexpectedly, and is started again soon.
    Restarting,
    /// Was stopped.
    Stopped,
}

/// A task that runs behind everything.
#[derive(Serialize, ToSchema)]
#[schema(as = BackgroundTask)]
pub(crate) struct BackgroundTaskOut {
    name: String,
    state: BackgroundStateOut,
    #[schema(value_type = Option<At>)]
    last_ok_at: Option<At>,
    /// How often it had to be started again.
    failures: u32,
    /// What went wrong last.
    error: Option<String>,
}

impl From<TaskStatus> for BackgroundTaskOut {
    fn from(task: TaskStatus) -> Self {
        let failed_at = task.last_error.as_ref().map(|(at, _)| *at);
        let state = match task.state {
            TaskState::Running if failed_at > task.last_done => BackgroundStateOut::Failed,
            TaskState::Running => BackgroundStateOut::Running,
            TaskState::Failed => BackgroundStateOut::Restarting,
            TaskState::Stopped => BackgroundStateOut::Stopped,
        };
        Self {
            name: task.name,
            state,
            last_ok_at: task.last_done.map(At),
            failures: task.restarts,
            error: task.last_error.map(|(_, error)| error),
        }
    }
}

/// How much there is.
#[derive(Serialize, ToSchema)]
#[schema(as = Counts)]
pub(crate) struct CountsOut {
    tenants: i64,
    users: i64,
    servers: i64,
    servers_offline: usize,
    /// As far as is known, templates left out.
    guests: usize,
    sessions: i64,
    open_consoles: i64,
    mails_waiting: i64,
}

/// A process of Nexus on this database.
#[derive(Serialize, ToSchema)]
#[schema(as = Process)]
pub(crate) struct ProcessOut {
    id: Uuid,
    /// The machine's name.
    host: String,
    version: String,
    #[schema(value_type = At)]
    started_at: At,
    /// When it last said that it lives; it counts as gone 30 s later.
    #[schema(value_type = At)]
    seen_at: At,
    /// How many servers it asks.
    servers: i64,
    /// Whether it is the one that answers.
    this: bool,
}

impl From<ProcessView> for ProcessOut {
    fn from(process: ProcessView) -> Self {
        let ProcessView { row, this } = process;
        Self {
            id: row.id.into(),
            host: row.host,
            version: row.version,
            started_at: At(row.started_at),
            seen_at: At(row.seen_at),
            servers: row.servers,
            this,
        }
    }
}

/// How the installation is doing.
#[derive(Serialize, ToSchema)]
#[schema(as = System)]
pub(crate) struct SystemOut {
    /// Nexus'.
    version: String,
    #[schema(value_type = At)]
    started_at: At,
    /// The engine, and the version of the schema.
    database: String,
    /// Whether Nexus can send mail.
    mail: bool,
    tasks: Vec<BackgroundTaskOut>,
    counts: CountsOut,
    /// The oldest first.
    processes: Vec<ProcessOut>,
}

impl From<Overview> for SystemOut {
    fn from(system: Overview) -> Self {
        let counts = system.counts;
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: At(system.started_at),
            database: system.database,
            mail: system.mail,
            tasks: system.tasks.into_iter().map(BackgroundTaskOut::from).collect(),
            processes: system.processes.into_iter().map(ProcessOut::from).collect(),
            counts: CountsOut {
                tenants: counts.tenants,
                users: counts.users,
                servers: counts.servers,
                servers_offline: counts.servers_offline,
                guests: counts.guests,
                sessions: counts.sessions,
                open_consoles: counts.open_consoles,
                mails_waiting: counts.mails_waiting,
            },
        }
    }
}

/// The servers of all tenants.
#[utoipa::path(get, path = "/servers", tag = "system", operation_id = "list_all_servers",
    responses((status = 200, body = AnyServerListOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn servers(
    State(api): State<Api>,
    Administrator(grant): Administrator,
) -> Result<Json<AnyServerListOut>, ApiError> {
    let servers = api.app.administration.servers(&grant).await?;
    Ok(Json(AnyServerListOut { servers: servers.into_iter().map(AnyServerOut::from).collect() }))
}

/// How the installation is doing.
#[utoipa::path(get, path = "/system", tag = "system", operation_id = "get_system",
    responses((status = 200, body = SystemOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn get(
    State(api): State<Api>,
    Administrator(grant): Administrator,
) -> Result<Json<SystemOut>, ApiError> {
    Ok(Json(api.app.administration.overview(&grant).await?.into()))
}

/// How sending went, stage by stage where it failed.
#[derive(Serialize, ToSchema)]
#[schema(as = TestMail)]
pub(crate) struct TestMailOut {
    /// Whether the mail server took it.
    sent: bool,
    /// Where it stopped: `resolve`, `connect`, `tls`, `sign_in` or `send`.
    stage: Option<&'static str>,
    /// The mail server's own answer, at most 300 characters.
    detail: Option<String>,
    took_ms: u64,
}

impl From<TestMail> for TestMailOut {
    fn from(test: TestMail) -> Self {
        Self {
            sent: test.stopped.is_none(),
            stage: test.stopped.as_ref().map(|stopped| stopped.stage.name()),
            detail: test.stopped.map(|stopped| stopped.detail),
            took_ms: u64::try_from(test.took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Sends a test e-mail to oneself now and says what the mail server answered.
#[utoipa::path(post, path = "/system/test-mail", tag = "system", operation_id = "send_system_test_mail",
    responses((status = 200, body = TestMailOut), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 409, body = Problem), (status = 429, body = Problem)))]
pub(crate) async fn test_mail(
    State(api): State<Api>,
    Administrator(grant): Administrator,
) -> Result<Json<TestMailOut>, ApiError> {
    Ok(Json(api.app.administration.test_mail(&grant).await?.into()))
}
