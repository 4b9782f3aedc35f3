-- The first schema, for SQLite. Its twin for PostgreSQL has the same tables and columns, and row-level security.
-- Ids are UUIDs (16-byte BLOB), times microseconds since 1970 UTC, booleans 0 or 1, JSON is text.

CREATE TABLE user_account (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email         TEXT    NOT NULL UNIQUE,
    full_name     TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    system_role   TEXT    NOT NULL CHECK (system_role IN ('user', 'admin')),
    language      TEXT    NOT NULL DEFAULT 'en',
    theme         TEXT    NOT NULL DEFAULT 'system' CHECK (theme IN ('light', 'dark', 'system')),
    is_active     INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    user_name     TEXT    UNIQUE,
    company       TEXT    NOT NULL DEFAULT '',
    avatar_tag    TEXT,
    verified_at   INTEGER,
    access_epoch  INTEGER NOT NULL DEFAULT 0,
    version       INTEGER NOT NULL DEFAULT 1,
    created_at    INTEGER NOT NULL,
    last_seen_at  INTEGER
) STRICT;

CREATE TABLE session (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id    BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    token_hash BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address    TEXT    NOT NULL,
    user_agent TEXT    NOT NULL
) STRICT;
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE setup_link (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    secret_hash BLOB    NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;

-- Links to a person's own mailbox or hands: a forgotten password, an address to be verified or changed. One use.
CREATE TABLE account_link (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id     BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    purpose     TEXT    NOT NULL CHECK (purpose IN ('reset', 'verify', 'email')),
    email       TEXT    NOT NULL,
    secret_hash BLOB    NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    by_mail     INTEGER NOT NULL CHECK (by_mail IN (0, 1)),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX account_link_user ON account_link (user_id, purpose);
CREATE INDEX account_link_expires ON account_link (expires_at);

CREATE TABLE avatar (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES user_account (id) ON DELETE CASCADE,
    picture BLOB NOT NULL
) STRICT;

-- Mails that wait to be sent. What they say may hold a link: it is sealed.
CREATE TABLE outgoing_mail (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    recipient  TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_error TEXT
) STRICT;
CREATE INDEX outgoing_mail_next ON outgoing_mail (next_at, id);

CREATE TABLE throttle (
    key          TEXT    NOT NULL PRIMARY KEY,
    failures     INTEGER NOT NULL,
    first_at     INTEGER NOT NULL,
    locked_until INTEGER
) STRICT;
CREATE INDEX throttle_first ON throttle (first_at);

CREATE TABLE tenant (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug         TEXT    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    description  TEXT    NOT NULL DEFAULT '',
    is_active    INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    access_epoch INTEGER NOT NULL DEFAULT 0,
    lock_count   INTEGER NOT NULL DEFAULT 0,
    version      INTEGER NOT NULL DEFAULT 1,
    created_at   INTEGER NOT NULL
) STRICT;

-- One row for each tenant, made with it; `tenant.version` counts its changes too.
CREATE TABLE tenant_settings (
    tenant_id            BLOB    NOT NULL PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    viewer_scope         TEXT    NOT NULL DEFAULT 'assigned' CHECK (viewer_scope IN ('assigned', 'all')),
    audit_retention_days INTEGER CHECK (audit_retention_days BETWEEN 1 AND 3650),
    health_interval_seconds INTEGER CHECK (health_interval_seconds BETWEEN 10 AND 3600),
    alerts_enabled        INTEGER NOT NULL DEFAULT 1 CHECK (alerts_enabled IN (0, 1)),
    alert_success_percent INTEGER NOT NULL DEFAULT 80 CHECK (alert_success_percent BETWEEN 50 AND 100),
    alert_latency_ms      INTEGER NOT NULL DEFAULT 500 CHECK (alert_latency_ms BETWEEN 100 AND 5000),
    alert_offline_seconds INTEGER NOT NULL DEFAULT 300 CHECK (alert_offline_seconds BETWEEN 10 AND 3600),
    alert_email           TEXT,
    primary_color         TEXT CHECK (length(primary_color) = 7),
    secondary_color       TEXT CHECK (length(secondary_color) = 7),
    accent_color          TEXT CHECK (length(accent_color) = 7),
    logo_on_sign_in       INTEGER NOT NULL DEFAULT 0 CHECK (logo_on_sign_in IN (0, 1)),
    language              TEXT   NOT NULL DEFAULT 'en',
    mail_on_alert         INTEGER NOT NULL DEFAULT 1 CHECK (mail_on_alert IN (0, 1)),
    mail_on_recovery      INTEGER NOT NULL DEFAULT 1 CHECK (mail_on_recovery IN (0, 1)),
    default_timeout_seconds INTEGER NOT NULL DEFAULT 10 CHECK (default_timeout_seconds BETWEEN 1 AND 120),
    default_tls_mode      TEXT   NOT NULL DEFAULT 'pin' CHECK (default_tls_mode IN ('insecure', 'pin', 'ca', 'verify')),
    console_per_user      INTEGER CHECK (console_per_user BETWEEN 1 AND 100),
    console_per_guest     INTEGER CHECK (console_per_guest BETWEEN 1 AND 100),
    console_per_tenant    INTEGER CHECK (console_per_tenant BETWEEN 1 AND 10000),
    console_idle_seconds  INTEGER CHECK (console_idle_seconds BETWEEN 120 AND 86400),
    console_max_seconds   INTEGER CHECK (console_max_seconds BETWEEN 300 AND 604800)
) STRICT;

CREATE TABLE member (
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    role       TEXT    NOT NULL CHECK (role IN ('viewer', 'manager', 'admin')),
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_user ON member (user_id);

CREATE TABLE user_group (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id)
) STRICT;

CREATE TABLE group_member (
    tenant_id BLOB NOT NULL,
    group_id  BLOB NOT NULL,
    user_id   BLOB NOT NULL,
    PRIMARY KEY (tenant_id, group_id, user_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES user_group (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_user ON group_member (tenant_id, user_id);

-- Void when who invited may no longer do so; gone when accepted. The secret that was mailed shows that the address is
-- its owner's, the one that was shown to who invited does not.
CREATE TABLE invitation (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id   BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    email       TEXT    NOT NULL,
    role        TEXT    NOT NULL CHECK (role IN ('viewer', 'manager', 'admin')),
    secret_hash BLOB    NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    mailed_hash BLOB    UNIQUE CHECK (length(mailed_hash) = 32),
    mailed      INTEGER NOT NULL GENERATED ALWAYS AS (mailed_hash IS NOT NULL) STORED,
    invited_by  BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    UNIQUE (tenant_id, email)
) STRICT;

CREATE TABLE server (
    id                 BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id          BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    name               TEXT    NOT NULL,
    host               TEXT    NOT NULL,
    port               INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    token_id           TEXT    NOT NULL,
    token_secret       BLOB    NOT NULL,
    tls                TEXT    NOT NULL,
    connect_timeout_ms INTEGER NOT NULL CHECK (connect_timeout_ms BETWEEN 1000 AND 120000),
    notes              TEXT    NOT NULL DEFAULT '',
    is_active          INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    use_tailscale      INTEGER NOT NULL DEFAULT 0 CHECK (use_tailscale IN (0, 1)),
    tailscale_host     TEXT    NOT NULL DEFAULT '',
    tailscale_port     INTEGER NOT NULL DEFAULT 8006 CHECK (tailscale_port BETWEEN 1 AND 65535),
    token_expires_at   INTEGER,
    node_shell         INTEGER NOT NULL DEFAULT 0 CHECK (node_shell IN (0, 1)),
    use_fallbacks      INTEGER NOT NULL DEFAULT 0 CHECK (use_fallbacks IN (0, 1)),
    fallbacks          TEXT    NOT NULL DEFAULT '[]',
    origin             TEXT    NOT NULL DEFAULT 'own' CHECK (origin IN ('own', 'environment', 'provided')),
    scope              TEXT    NOT NULL DEFAULT 'null',
    version            INTEGER NOT NULL DEFAULT 1,
    cluster_name       TEXT,
    cluster_mark       TEXT,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CHECK (host <> '' OR (use_tailscale = 1 AND tailscale_host <> '')),
    CHECK ((origin = 'provided') = (scope <> 'null'))
) STRICT;

-- What system admins provide may be provided twice, with different scopes.
CREATE UNIQUE INDEX server_address ON server (tenant_id, host, port) WHERE host <> '' AND origin <> 'provided';
CREATE UNIQUE INDEX server_tailscale ON server (tenant_id, tailscale_host, tailscale_port)
    WHERE use_tailscale = 1 AND origin <> 'provided';

-- Rights on guests hang on the membership or the group, and on the server: they go when either goes. `subject_id` and
-- `target_key` say who and on what once more, for one uniqueness over all forms.
CREATE TABLE assignment (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id   BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    subject_id  BLOB    NOT NULL,
    user_id     BLOB,
    group_id    BLOB,
    target      TEXT    NOT NULL CHECK (target IN ('guest', 'pool', 'tag')),
    target_key  TEXT    NOT NULL,
    server_id   BLOB,
    kind        TEXT    CHECK (kind IN ('qemu', 'lxc')),
    vmid        INTEGER,
    name        TEXT,
    incarnation TEXT,
    permissions TEXT    NOT NULL,
    until       INTEGER,
    asleep      INTEGER NOT NULL DEFAULT 0 CHECK (asleep IN (0, 1)),
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    UNIQUE (tenant_id, subject_id, target_key),
    CHECK ((user_id IS NULL) <> (group_id IS NULL)),
    CHECK (target <> 'guest' OR (server_id IS NOT NULL AND kind IS NOT NULL AND vmid IS NOT NULL AND name IS NULL)),
    CHECK (target = 'guest' OR (name IS NOT NULL AND kind IS NULL AND vmid IS NULL)),
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, group_id) REFERENCES user_group (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX assignment_user ON assignment (tenant_id, user_id);
CREATE INDEX assignment_group ON assignment (tenant_id, group_id);
CREATE INDEX assignment_guest ON assignment (tenant_id, server_id, kind, vmid);

-- Tasks and console sessions are history: they outlive the server and the person that they name.
CREATE TABLE task (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    BLOB    NOT NULL,
    user_name  TEXT    NOT NULL,
    server_id  BLOB    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid       INTEGER NOT NULL,
    guest_name TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    node       TEXT    NOT NULL,
    upid       TEXT,
    state      TEXT    NOT NULL CHECK (state IN ('running', 'ok', 'failed', 'stopped')),
    detail     TEXT,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,
    snapshot   TEXT,
    bulk_id    BLOB,
    stopped_by TEXT
) STRICT;
CREATE INDEX task_recent ON task (tenant_id, created_at, id);
CREATE INDEX task_of_guest ON task (tenant_id, server_id, kind, vmid, created_at, id);
-- The same action on the same guest twice at once is one too many.
CREATE UNIQUE INDEX task_once ON task (tenant_id, server_id, kind, vmid, action) WHERE state = 'running';
CREATE INDEX task_of_bulk ON task (tenant_id, bulk_id) WHERE bulk_id IS NOT NULL;
CREATE INDEX task_of_person ON task (tenant_id, user_id, created_at);
CREATE INDEX task_running ON task (created_at) WHERE state = 'running';

-- One action on many guests. `process_id` says who works on it: when that process is gone, what waits is skipped. `turn`
-- counts how often its process wrote down how it goes; a guest's says when it changed last.
CREATE TABLE bulk_action (
    id         BLOB   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    BLOB   NOT NULL,
    user_name  TEXT   NOT NULL,
    process_id BLOB   NOT NULL,
    action     TEXT   NOT NULL,
    timeout_seconds INTEGER,
    force_stop INTEGER NOT NULL DEFAULT 0 CHECK (force_stop IN (0, 1)),
    per_server INTEGER NOT NULL CHECK (per_server BETWEEN 1 AND 10),
    state      TEXT   NOT NULL CHECK (state IN ('running', 'stopping', 'done', 'stopped')),
    stopped_by TEXT,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,
    turn       INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, id)
) STRICT;
CREATE INDEX bulk_action_recent ON bulk_action (tenant_id, created_at, id);
CREATE INDEX bulk_action_live ON bulk_action (process_id) WHERE state IN ('running', 'stopping');

CREATE TABLE bulk_guest (
    tenant_id  BLOB   NOT NULL,
    bulk_id    BLOB   NOT NULL,
    position   INTEGER NOT NULL,
    server_id  BLOB   NOT NULL,
    kind       TEXT   NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid       INTEGER NOT NULL,
    guest_name TEXT   NOT NULL,
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'running', 'ok', 'failed', 'refused', 'skipped')),
    task_id    BLOB,
    detail     TEXT,
    ended_at   INTEGER,
    turn       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, bulk_id, position),
    FOREIGN KEY (tenant_id, bulk_id) REFERENCES bulk_action (tenant_id, id) ON DELETE CASCADE
) STRICT;

-- Marks of one person on guests. As assignments they hold for one incarnation and sleep when it is gone. `member_id`
-- is the person where they are a member: system admins, who need not be one, keep theirs by their account alone.
CREATE TABLE favourite (
    tenant_id   BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id     BLOB    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    member_id   BLOB,
    server_id   BLOB    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid        INTEGER  NOT NULL,
    incarnation TEXT,
    asleep      INTEGER NOT NULL DEFAULT 0 CHECK (asleep IN (0, 1)),
    created_at  INTEGER  NOT NULL,
    PRIMARY KEY (tenant_id, user_id, server_id, kind, vmid),
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX favourite_guest ON favourite (tenant_id, server_id, kind, vmid);

-- A filter and order of the list of guests that one person keeps under a name.
CREATE TABLE saved_view (
    id         BLOB   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    BLOB   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    member_id  BLOB,
    name       TEXT   NOT NULL,
    filter     TEXT   NOT NULL,
    sort       TEXT   NOT NULL,
    layout     TEXT   NOT NULL CHECK (layout IN ('table', 'cards')),
    columns    TEXT   NOT NULL,
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (tenant_id, user_id, name),
    FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
) STRICT;

-- The object that is a tenant's logo; the bytes lie in the object store.
CREATE TABLE tenant_logo (
    tenant_id    BLOB   NOT NULL PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    tag          TEXT   NOT NULL,
    content_type TEXT   NOT NULL CHECK (content_type IN ('image/png', 'image/webp')),
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    size_bytes   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

-- What programs sign in with, for one person; `tenant_id` limits it to one tenant, `server_id` to one server of it.
CREATE TABLE api_token (
    id           BLOB   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id      BLOB   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    tenant_id    BLOB   REFERENCES tenant (id) ON DELETE CASCADE,
    member_id    BLOB,
    server_id    BLOB   REFERENCES server (id) ON DELETE CASCADE,
    name         TEXT   NOT NULL,
    secret_hash  BLOB  NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    scopes       TEXT   NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER,
    used_address TEXT,
    UNIQUE (user_id, name),
    FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX api_token_expires ON api_token (expires_at);

-- Which paths of a server's configuration are kept, and how often.
CREATE TABLE config_plan (
    tenant_id   BLOB   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id   BLOB   NOT NULL,
    paths       TEXT   NOT NULL,
    every_hours INTEGER CHECK (every_hours BETWEEN 1 AND 720),
    next_at     INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, server_id),
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE
) STRICT;

-- What PVE answered at some paths at one time. `content` is JSON; `digest` tells whether anything changed.
CREATE TABLE config_snapshot (
    id            BLOB   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id     BLOB   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id     BLOB   NOT NULL,
    taken_by      BLOB,
    taken_by_name TEXT   NOT NULL,
    paths         INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    size_bytes    INTEGER NOT NULL,
    digest        TEXT   NOT NULL,
    content       TEXT   NOT NULL,
    created_at    INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX config_snapshot_recent ON config_snapshot (tenant_id, server_id, created_at, id);

-- Calls that a person made in the explorer, the newest hundred in each tenant. Secrets are masked.
CREATE TABLE pve_call (
    id         BLOB   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    BLOB   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    server_id  BLOB   NOT NULL,
    method     TEXT   NOT NULL,
    path       TEXT   NOT NULL,
    params     TEXT   NOT NULL,
    status     INTEGER,
    took_ms    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pve_call_recent ON pve_call (tenant_id, user_id, created_at, id);

-- Calls that a person keeps in the explorer. `path` is the schema's, with its placeholders.
CREATE TABLE pve_favourite (
    id         BLOB   NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    BLOB   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    method     TEXT   NOT NULL,
    path       TEXT   NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (tenant_id, user_id, method, path)
) STRICT;

CREATE TABLE console_session (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    BLOB    NOT NULL,
    user_name  TEXT    NOT NULL DEFAULT '',
    session_id BLOB    NOT NULL,
    server_id  BLOB    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid       INTEGER NOT NULL,
    guest_name TEXT    NOT NULL,
    view_only  INTEGER NOT NULL CHECK (view_only IN (0, 1)),
    state      TEXT    NOT NULL CHECK (state IN ('requested', 'open', 'ended')),
    address    TEXT    NOT NULL,
    user_agent TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at   INTEGER,
    bytes_down INTEGER NOT NULL DEFAULT 0,
    bytes_up   INTEGER NOT NULL DEFAULT 0,
    end_reason TEXT,
    upid       TEXT,
    end_asked_at    INTEGER,
    end_asked_words TEXT,
    browser_rtt_us  INTEGER,
    pve_rtt_us      INTEGER,
    last_input_at   INTEGER,
    idle_seconds    INTEGER,
    max_seconds     INTEGER
) STRICT;
CREATE INDEX console_session_recent ON console_session (tenant_id, created_at, id);
CREATE INDEX console_session_of_guest ON console_session (tenant_id, server_id, kind, vmid, created_at, id);
CREATE INDEX console_session_of_person ON console_session (tenant_id, user_id, created_at);
CREATE INDEX console_session_live ON console_session (tenant_id, user_id) WHERE state <> 'ended';
CREATE INDEX console_session_end_asked ON console_session (end_asked_at) WHERE state = 'open' AND end_asked_at IS NOT NULL;

-- Append-only. `seq` and `mac` are written once, by the chaining task. States are text, not JSON: the chain covers
-- every byte as it was written.
CREATE TABLE audit_entry (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    chain        BLOB    NOT NULL CHECK (length(chain) = 16),
    tenant_id    BLOB,
    at           INTEGER NOT NULL,
    actor_user   BLOB,
    actor_name   TEXT    NOT NULL,
    actor_kind   TEXT    NOT NULL,
    actor_token  TEXT,
    address      TEXT    NOT NULL,
    user_agent   TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    target_kind  TEXT    NOT NULL,
    target_id    TEXT    NOT NULL,
    target_name  TEXT    NOT NULL,
    before_state TEXT,
    after_state  TEXT,
    outcome      TEXT    NOT NULL,
    detail       TEXT,
    request_id   TEXT,
    seq          INTEGER,
    mac          BLOB
) STRICT;
CREATE UNIQUE INDEX audit_entry_chain ON audit_entry (chain, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_entry_loose ON audit_entry (chain, at, id) WHERE seq IS NULL;
CREATE INDEX audit_entry_recent ON audit_entry (chain, at, id);
CREATE INDEX audit_entry_action ON audit_entry (chain, action);

-- Where a chain begins after its oldest entries were dropped: the number and MAC of the last of them, sealed.
CREATE TABLE audit_checkpoint (
    chain BLOB    NOT NULL PRIMARY KEY CHECK (length(chain) = 16),
    seq   INTEGER NOT NULL,
    mac   BLOB    NOT NULL,
    seal  BLOB    NOT NULL,
    at    INTEGER NOT NULL
) STRICT;

CREATE TRIGGER audit_entry_is_not_changed
BEFORE UPDATE OF id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address, user_agent, action, target_kind,
    target_id, target_name, before_state, after_state, outcome, detail, request_id ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;
CREATE TRIGGER audit_entry_is_not_chained_twice
BEFORE UPDATE OF seq, mac ON audit_entry WHEN OLD.seq IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'audit entries are chained once');
END;
CREATE TRIGGER audit_entry_is_not_deleted
BEFORE DELETE ON audit_entry
WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.chain = OLD.chain AND OLD.seq <= c.seq)
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;

-- The end of each chain: the last entry's number and MAC, and a seal over them that no older state of the database
-- contains, so that a chain cannot be cut off quietly.
CREATE TABLE audit_head (
    chain BLOB    NOT NULL PRIMARY KEY CHECK (length(chain) = 16),
    seq   INTEGER NOT NULL,
    mac   BLOB    NOT NULL,
    seal  BLOB    NOT NULL,
    at    INTEGER NOT NULL
) STRICT;

-- What each check of a server and each call of PVE came to; dropped after some days. No foreign key to `server`: rows come
-- in batches, and a server that is deleted meanwhile must not stop the batch. The sweep drops what has no server any more.
CREATE TABLE server_check (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id  BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('check', 'call')),
    what       TEXT    NOT NULL,
    ok         INTEGER NOT NULL CHECK (ok IN (0, 1)),
    took_ms    INTEGER NOT NULL,
    way        TEXT    CHECK (way IN ('direct', 'tailscale')),
    attempts   INTEGER NOT NULL,
    timeout_ms INTEGER,
    error      TEXT
) STRICT;
CREATE INDEX server_check_server ON server_check (tenant_id, server_id, at, id);
CREATE INDEX server_check_tenant ON server_check (tenant_id, at, id);
CREATE INDEX server_check_old ON server_check (at);

-- Figures of one hour or day of one server. Each process keeps a row of its own and writes it whole, so that writing twice
-- changes nothing; who reads adds them up. `buckets` counts response times for percentiles.
CREATE TABLE server_metric (
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id  BLOB    NOT NULL,
    span       TEXT    NOT NULL CHECK (span IN ('hour', 'day')),
    begins_at  INTEGER NOT NULL,
    process_id BLOB    NOT NULL,
    checks     INTEGER NOT NULL,
    failed     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    sum_ms     INTEGER NOT NULL,
    buckets    TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, server_id, span, begins_at, process_id)
) STRICT;
CREATE INDEX server_metric_old ON server_metric (span, begins_at);

-- `server_id` is null where an alert is about all servers at once. One rule is open once for each server.
CREATE TABLE alert (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id       BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id       BLOB,
    server_name     TEXT    NOT NULL,
    rule            TEXT    NOT NULL CHECK (rule IN ('success_rate', 'latency', 'offline', 'network')),
    state           TEXT    NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
    value           INTEGER,
    threshold       INTEGER NOT NULL,
    detail          TEXT,
    opened_at       INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    resolved_at     INTEGER
) STRICT;
CREATE UNIQUE INDEX alert_of_server ON alert (tenant_id, server_id, rule) WHERE state <> 'resolved' AND server_id IS NOT NULL;
CREATE UNIQUE INDEX alert_of_all ON alert (tenant_id, rule) WHERE state <> 'resolved' AND server_id IS NULL;
CREATE INDEX alert_recent ON alert (tenant_id, opened_at, id);
CREATE INDEX alert_resolved ON alert (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE TABLE webhook (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    secret     BLOB    NOT NULL,
    events     TEXT    NOT NULL,
    is_active  INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id)
) STRICT;

CREATE TABLE webhook_delivery (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id    BLOB    NOT NULL,
    webhook_id   BLOB    NOT NULL,
    event        TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER,
    status       INTEGER,
    error        TEXT,
    created_at   INTEGER NOT NULL,
    delivered_at INTEGER,
    FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhook (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX webhook_delivery_recent ON webhook_delivery (tenant_id, webhook_id, created_at, id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at, id) WHERE state = 'pending';
CREATE INDEX webhook_delivery_old ON webhook_delivery (created_at);

-- One row for each reader. `facts` are what the words are made of, in the reader's language.
CREATE TABLE notification (
    id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant_id BLOB    NOT NULL,
    user_id   BLOB    NOT NULL,
    kind      TEXT    NOT NULL,
    category  TEXT    NOT NULL CHECK (category IN ('servers', 'alerts', 'guest_actions', 'members')),
    facts     TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    read_at   INTEGER,
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX notification_of_user ON notification (tenant_id, user_id, at, id);
CREATE INDEX notification_unread ON notification (tenant_id, user_id) WHERE read_at IS NULL;
CREATE INDEX notification_old ON notification (at);

-- What is not here is as the code presets it.
CREATE TABLE notification_preference (
    tenant_id BLOB    NOT NULL,
    user_id   BLOB    NOT NULL,
    category  TEXT    NOT NULL CHECK (category IN ('servers', 'alerts', 'guest_actions', 'members')),
    in_app    INTEGER NOT NULL CHECK (in_app IN (0, 1)),
    email     INTEGER NOT NULL CHECK (email IN (0, 1)),
    PRIMARY KEY (tenant_id, user_id, category),
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
) STRICT;

-- The processes of Nexus on this database, and which of them asks which server. `fence` grows with every taking over:
-- what an older holder still writes does not count.
CREATE TABLE process (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    host       TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE server_lease (
    server_id  BLOB    NOT NULL PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    process_id BLOB    NOT NULL,
    fence      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- The newest picture of a server by the holder of its lease, for the other processes. Lost with a crash of the database,
-- and made anew within seconds.
CREATE TABLE server_picture (
    server_id BLOB    NOT NULL PRIMARY KEY CHECK (length(server_id) = 16),
    fence     INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    picture   BLOB    NOT NULL
) STRICT;

-- Which processes have somebody who watches a tenant.
CREATE TABLE tenant_watch (
    tenant_id  BLOB    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    process_id BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, process_id)
) STRICT;
