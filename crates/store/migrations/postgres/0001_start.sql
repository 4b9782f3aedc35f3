-- The first schema, for PostgreSQL. Its twin for SQLite has the same tables and columns.
-- Run as nexus_owner, in a database that nexus_owner owns; nexus_app and nexus_system exist already.

CREATE TABLE user_account (
    id            uuid    NOT NULL PRIMARY KEY,
    email         text    COLLATE "C" NOT NULL UNIQUE,
    full_name     text    COLLATE "C" NOT NULL,
    password_hash text    NOT NULL,
    system_role   text    NOT NULL CHECK (system_role IN ('user', 'admin')),
    language      text    NOT NULL DEFAULT 'en',
    theme         text    NOT NULL DEFAULT 'system' CHECK (theme IN ('light', 'dark', 'system')),
    is_active     boolean NOT NULL DEFAULT true,
    user_name     text    COLLATE "C" UNIQUE,
    company       text    NOT NULL DEFAULT '',
    avatar_tag    text,
    verified_at   bigint,
    access_epoch  bigint  NOT NULL DEFAULT 0,
    version       bigint  NOT NULL DEFAULT 1,
    created_at    bigint  NOT NULL,
    last_seen_at  bigint
);

CREATE TABLE session (
    id         uuid   NOT NULL PRIMARY KEY,
    user_id    uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    token_hash bytea  NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at bigint NOT NULL,
    used_at    bigint NOT NULL,
    confirmed_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    address    text   NOT NULL,
    user_agent text   NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE setup_link (
    id          uuid   NOT NULL PRIMARY KEY,
    secret_hash bytea  NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL
);

-- Links to a person's own mailbox or hands: a forgotten password, an address to be verified or changed. One use.
CREATE TABLE account_link (
    id          uuid   NOT NULL PRIMARY KEY,
    user_id     uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    purpose     text   NOT NULL CHECK (purpose IN ('reset', 'verify', 'email')),
    email       text   NOT NULL,
    secret_hash bytea  NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    by_mail     boolean NOT NULL,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL
);
CREATE INDEX account_link_user ON account_link (user_id, purpose);
CREATE INDEX account_link_expires ON account_link (expires_at);

CREATE TABLE avatar (
    user_id uuid  NOT NULL PRIMARY KEY REFERENCES user_account (id) ON DELETE CASCADE,
    picture bytea NOT NULL
);

-- Mails that wait to be sent. What they say may hold a link: it is sealed.
CREATE TABLE outgoing_mail (
    id         uuid   NOT NULL PRIMARY KEY,
    recipient  text   NOT NULL,
    sealed     bytea  NOT NULL,
    attempts   bigint NOT NULL DEFAULT 0,
    next_at    bigint NOT NULL,
    created_at bigint NOT NULL,
    last_error text
);
CREATE INDEX outgoing_mail_next ON outgoing_mail (next_at, id);

CREATE TABLE throttle (
    key          text   COLLATE "C" NOT NULL PRIMARY KEY,
    failures     bigint NOT NULL,
    first_at     bigint NOT NULL,
    locked_until bigint
);
CREATE INDEX throttle_first ON throttle (first_at);

CREATE TABLE tenant (
    id           uuid    NOT NULL PRIMARY KEY,
    slug         text    COLLATE "C" NOT NULL UNIQUE,
    name         text    COLLATE "C" NOT NULL,
    description  text    NOT NULL DEFAULT '',
    is_active    boolean NOT NULL DEFAULT true,
    access_epoch bigint  NOT NULL DEFAULT 0,
    lock_count   bigint  NOT NULL DEFAULT 0,
    version      bigint  NOT NULL DEFAULT 1,
    created_at   bigint  NOT NULL
);

-- One row for each tenant, made with it; `tenant.version` counts its changes too.
CREATE TABLE tenant_settings (
    tenant_id            uuid   NOT NULL PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    viewer_scope         text   NOT NULL DEFAULT 'assigned' CHECK (viewer_scope IN ('assigned', 'all')),
    audit_retention_days bigint CHECK (audit_retention_days BETWEEN 1 AND 3650),
    health_interval_seconds bigint CHECK (health_interval_seconds BETWEEN 10 AND 3600),
    alerts_enabled        boolean NOT NULL DEFAULT true,
    alert_success_percent bigint NOT NULL DEFAULT 80 CHECK (alert_success_percent BETWEEN 50 AND 100),
    alert_latency_ms      bigint NOT NULL DEFAULT 500 CHECK (alert_latency_ms BETWEEN 100 AND 5000),
    alert_offline_seconds bigint NOT NULL DEFAULT 300 CHECK (alert_offline_seconds BETWEEN 10 AND 3600),
    alert_email           text,
    primary_color         text CHECK (length(primary_color) = 7),
    secondary_color       text CHECK (length(secondary_color) = 7),
    accent_color          text CHECK (length(accent_color) = 7),
    logo_on_sign_in       boolean NOT NULL DEFAULT false,
    language              text   NOT NULL DEFAULT 'en',
    mail_on_alert         boolean NOT NULL DEFAULT true,
    mail_on_recovery      boolean NOT NULL DEFAULT true,
    default_timeout_seconds bigint NOT NULL DEFAULT 10 CHECK (default_timeout_seconds BETWEEN 1 AND 120),
    default_tls_mode      text   NOT NULL DEFAULT 'pin' CHECK (default_tls_mode IN ('insecure', 'pin', 'ca', 'verify')),
    console_per_user      bigint CHECK (console_per_user BETWEEN 1 AND 100),
    console_per_guest     bigint CHECK (console_per_guest BETWEEN 1 AND 100),
    console_per_tenant    bigint CHECK (console_per_tenant BETWEEN 1 AND 10000),
    console_idle_seconds  bigint CHECK (console_idle_seconds BETWEEN 120 AND 86400),
    console_max_seconds   bigint CHECK (console_max_seconds BETWEEN 300 AND 604800)
);

CREATE TABLE member (
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    role       text   NOT NULL CHECK (role IN ('viewer', 'manager', 'admin')),
    version    bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX member_user ON member (user_id);

CREATE TABLE user_group (
    id         uuid   NOT NULL PRIMARY KEY,
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    name       text   COLLATE "C" NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id)
);

CREATE TABLE group_member (
    tenant_id uuid NOT NULL,
    group_id  uuid NOT NULL,
    user_id   uuid NOT NULL,
    PRIMARY KEY (tenant_id, group_id, user_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES user_group (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX group_member_user ON group_member (tenant_id, user_id);

-- Void when who invited may no longer do so; gone when accepted. The secret that was mailed shows that the address is
-- its owner's, the one that was shown to who invited does not.
CREATE TABLE invitation (
    id          uuid   NOT NULL PRIMARY KEY,
    tenant_id   uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    email       text   COLLATE "C" NOT NULL,
    role        text   NOT NULL CHECK (role IN ('viewer', 'manager', 'admin')),
    secret_hash bytea  NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    mailed_hash bytea  UNIQUE CHECK (length(mailed_hash) = 32),
    mailed      boolean NOT NULL GENERATED ALWAYS AS (mailed_hash IS NOT NULL) STORED,
    invited_by  uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    UNIQUE (tenant_id, email)
);

CREATE TABLE server (
    id                 uuid    NOT NULL PRIMARY KEY,
    tenant_id          uuid    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    name               text    COLLATE "C" NOT NULL,
    host               text    COLLATE "C" NOT NULL,
    port               bigint  NOT NULL CHECK (port BETWEEN 1 AND 65535),
    token_id           text    NOT NULL,
    token_secret       bytea   NOT NULL,
    tls                jsonb   NOT NULL,
    connect_timeout_ms bigint  NOT NULL CHECK (connect_timeout_ms BETWEEN 1000 AND 120000),
    notes              text    NOT NULL DEFAULT '',
    is_active          boolean NOT NULL DEFAULT true,
    use_tailscale      boolean NOT NULL DEFAULT false,
    tailscale_host     text    COLLATE "C" NOT NULL DEFAULT '',
    tailscale_port     bigint  NOT NULL DEFAULT 8006 CHECK (tailscale_port BETWEEN 1 AND 65535),
    token_expires_at   bigint,
    node_shell         boolean NOT NULL DEFAULT false,
    use_fallbacks      boolean NOT NULL DEFAULT false,
    fallbacks          jsonb   NOT NULL DEFAULT '[]',
    origin             text    NOT NULL DEFAULT 'own' CHECK (origin IN ('own', 'environment', 'provided')),
    scope              jsonb   NOT NULL DEFAULT 'null',
    version            bigint  NOT NULL DEFAULT 1,
    cluster_name       text,
    cluster_mark       text,
    created_at         bigint  NOT NULL,
    updated_at         bigint  NOT NULL,
    UNIQUE (tenant_id, id),
    CHECK (host <> '' OR (use_tailscale AND tailscale_host <> '')),
    CHECK ((origin = 'provided') = (scope <> 'null'::jsonb))
);

-- What system admins provide may be provided twice, with different scopes.
CREATE UNIQUE INDEX server_address ON server (tenant_id, host, port) WHERE host <> '' AND origin <> 'provided';
CREATE UNIQUE INDEX server_tailscale ON server (tenant_id, tailscale_host, tailscale_port)
    WHERE use_tailscale AND origin <> 'provided';

-- Rights on guests hang on the membership or the group, and on the server: they go when either goes. `subject_id` and
-- `target_key` say who and on what once more, for one uniqueness over all forms.
CREATE TABLE assignment (
    id          uuid    NOT NULL PRIMARY KEY,
    tenant_id   uuid    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    subject_id  uuid    NOT NULL,
    user_id     uuid,
    group_id    uuid,
    target      text    NOT NULL CHECK (target IN ('guest', 'pool', 'tag')),
    target_key  text    COLLATE "C" NOT NULL,
    server_id   uuid,
    kind        text    COLLATE "C" CHECK (kind IN ('qemu', 'lxc')),
    vmid        bigint,
    name        text    COLLATE "C",
    incarnation text,
    permissions text    NOT NULL,
    until       bigint,
    asleep      boolean NOT NULL DEFAULT false,
    version     bigint  NOT NULL DEFAULT 1,
    created_at  bigint  NOT NULL,
    UNIQUE (tenant_id, subject_id, target_key),
    CHECK ((user_id IS NULL) <> (group_id IS NULL)),
    CHECK (target <> 'guest' OR (server_id IS NOT NULL AND kind IS NOT NULL AND vmid IS NOT NULL AND name IS NULL)),
    CHECK (target = 'guest' OR (name IS NOT NULL AND kind IS NULL AND vmid IS NULL)),
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, group_id) REFERENCES user_group (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX assignment_user ON assignment (tenant_id, user_id);
CREATE INDEX assignment_group ON assignment (tenant_id, group_id);
CREATE INDEX assignment_guest ON assignment (tenant_id, server_id, kind, vmid);

-- Tasks and console sessions are history: they outlive the server and the person that they name.
CREATE TABLE task (
    id         uuid   NOT NULL PRIMARY KEY,
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    uuid   NOT NULL,
    user_name  text   NOT NULL,
    server_id  uuid   NOT NULL,
    kind       text   NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid       bigint NOT NULL,
    guest_name text   NOT NULL,
    action     text   NOT NULL,
    node       text   NOT NULL,
    upid       text,
    state      text   NOT NULL CHECK (state IN ('running', 'ok', 'failed', 'stopped')),
    detail     text,
    created_at bigint NOT NULL,
    ended_at   bigint,
    snapshot   text,
    bulk_id    uuid,
    stopped_by text
);
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
    id         uuid   NOT NULL PRIMARY KEY,
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    uuid   NOT NULL,
    user_name  text   NOT NULL,
    process_id uuid   NOT NULL,
    action     text   NOT NULL,
    timeout_seconds bigint,
    force_stop boolean NOT NULL DEFAULT false,
    per_server bigint NOT NULL CHECK (per_server BETWEEN 1 AND 10),
    state      text   NOT NULL CHECK (state IN ('running', 'stopping', 'done', 'stopped')),
    stopped_by text,
    created_at bigint NOT NULL,
    ended_at   bigint,
    turn       bigint NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, id)
);
CREATE INDEX bulk_action_recent ON bulk_action (tenant_id, created_at, id);
CREATE INDEX bulk_action_live ON bulk_action (process_id) WHERE state IN ('running', 'stopping');

CREATE TABLE bulk_guest (
    tenant_id  uuid   NOT NULL,
    bulk_id    uuid   NOT NULL,
    position   bigint NOT NULL,
    server_id  uuid   NOT NULL,
    kind       text   NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid       bigint NOT NULL,
    guest_name text   NOT NULL,
    state      text   NOT NULL CHECK (state IN ('waiting', 'running', 'ok', 'failed', 'refused', 'skipped')),
    task_id    uuid,
    detail     text,
    ended_at   bigint,
    turn       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, bulk_id, position),
    FOREIGN KEY (tenant_id, bulk_id) REFERENCES bulk_action (tenant_id, id) ON DELETE CASCADE
);

-- Marks of one person on guests. As assignments they hold for one incarnation and sleep when it is gone. `member_id`
-- is the person where they are a member: system admins, who need not be one, keep theirs by their account alone.
CREATE TABLE favourite (
    tenant_id   uuid    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id     uuid    NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    member_id   uuid,
    server_id   uuid    NOT NULL,
    kind        text    NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid        bigint  NOT NULL,
    incarnation text,
    asleep      boolean NOT NULL DEFAULT false,
    created_at  bigint  NOT NULL,
    PRIMARY KEY (tenant_id, user_id, server_id, kind, vmid),
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX favourite_guest ON favourite (tenant_id, server_id, kind, vmid);

-- A filter and order of the list of guests that one person keeps under a name.
CREATE TABLE saved_view (
    id         uuid   NOT NULL PRIMARY KEY,
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    member_id  uuid,
    name       text   NOT NULL,
    filter     text   NOT NULL,
    sort       text   NOT NULL,
    layout     text   NOT NULL CHECK (layout IN ('table', 'cards')),
    columns    text   NOT NULL,
    version    bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    UNIQUE (tenant_id, user_id, name),
    FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
);

-- The object that is a tenant's logo; the bytes lie in the object store.
CREATE TABLE tenant_logo (
    tenant_id    uuid   NOT NULL PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    tag          text   NOT NULL,
    content_type text   NOT NULL CHECK (content_type IN ('image/png', 'image/webp')),
    width        bigint NOT NULL,
    height       bigint NOT NULL,
    size_bytes   bigint NOT NULL,
    updated_at   bigint NOT NULL
);

-- What programs sign in with, for one person; `tenant_id` limits it to one tenant, `server_id` to one server of it.
CREATE TABLE api_token (
    id           uuid   NOT NULL PRIMARY KEY,
    user_id      uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    tenant_id    uuid   REFERENCES tenant (id) ON DELETE CASCADE,
    member_id    uuid,
    server_id    uuid   REFERENCES server (id) ON DELETE CASCADE,
    name         text   NOT NULL,
    secret_hash  bytea  NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    scopes       text   NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL,
    used_at      bigint,
    used_address text,
    UNIQUE (user_id, name),
    FOREIGN KEY (tenant_id, member_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX api_token_expires ON api_token (expires_at);

-- Which paths of a server's configuration are kept, and how often.
CREATE TABLE config_plan (
    tenant_id   uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id   uuid   NOT NULL,
    paths       text   NOT NULL,
    every_hours bigint CHECK (every_hours BETWEEN 1 AND 720),
    next_at     bigint,
    version     bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, server_id),
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE
);

-- What PVE answered at some paths at one time. `content` is JSON; `digest` tells whether anything changed.
CREATE TABLE config_snapshot (
    id            uuid   NOT NULL PRIMARY KEY,
    tenant_id     uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id     uuid   NOT NULL,
    taken_by      uuid,
    taken_by_name text   NOT NULL,
    paths         bigint NOT NULL,
    failed        bigint NOT NULL,
    size_bytes    bigint NOT NULL,
    digest        text   NOT NULL,
    content       text   NOT NULL,
    created_at    bigint NOT NULL,
    FOREIGN KEY (tenant_id, server_id) REFERENCES server (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX config_snapshot_recent ON config_snapshot (tenant_id, server_id, created_at, id);

-- Calls that a person made in the explorer, the newest hundred in each tenant. Secrets are masked.
CREATE TABLE pve_call (
    id         uuid   NOT NULL PRIMARY KEY,
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    server_id  uuid   NOT NULL,
    method     text   NOT NULL,
    path       text   NOT NULL,
    params     text   NOT NULL,
    status     bigint,
    took_ms    bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX pve_call_recent ON pve_call (tenant_id, user_id, created_at, id);

-- Calls that a person keeps in the explorer. `path` is the schema's, with its placeholders.
CREATE TABLE pve_favourite (
    id         uuid   NOT NULL PRIMARY KEY,
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    uuid   NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    method     text   NOT NULL,
    path       text   NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (tenant_id, user_id, method, path)
);

CREATE TABLE console_session (
    id         uuid    NOT NULL PRIMARY KEY,
    tenant_id  uuid    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_id    uuid    NOT NULL,
    user_name  text    NOT NULL DEFAULT '',
    session_id uuid    NOT NULL,
    server_id  uuid    NOT NULL,
    kind       text    NOT NULL CHECK (kind IN ('qemu', 'lxc')),
    vmid       bigint  NOT NULL,
    guest_name text    NOT NULL,
    view_only  boolean NOT NULL,
    state      text    NOT NULL CHECK (state IN ('requested', 'open', 'ended')),
    address    text    NOT NULL,
    user_agent text    NOT NULL,
    created_at bigint  NOT NULL,
    expires_at bigint  NOT NULL,
    started_at bigint,
    ended_at   bigint,
    bytes_down bigint  NOT NULL DEFAULT 0,
    bytes_up   bigint  NOT NULL DEFAULT 0,
    end_reason text,
    upid       text,
    end_asked_at    bigint,
    end_asked_words text,
    browser_rtt_us  bigint,
    pve_rtt_us      bigint,
    last_input_at   bigint,
    idle_seconds    bigint,
    max_seconds     bigint
);
CREATE INDEX console_session_recent ON console_session (tenant_id, created_at, id);
CREATE INDEX console_session_of_guest ON console_session (tenant_id, server_id, kind, vmid, created_at, id);
CREATE INDEX console_session_of_person ON console_session (tenant_id, user_id, created_at);
CREATE INDEX console_session_live ON console_session (tenant_id, user_id) WHERE state <> 'ended';
CREATE INDEX console_session_end_asked ON console_session (end_asked_at) WHERE state = 'open' AND end_asked_at IS NOT NULL;

-- Append-only (by the grants below). `seq` and `mac` are written once, by the chaining task. States are text, not
-- jsonb: the chain covers every byte as it was written.
CREATE TABLE audit_entry (
    id           uuid   NOT NULL PRIMARY KEY,
    chain        uuid   NOT NULL,
    tenant_id    uuid,
    at           bigint NOT NULL,
    actor_user   uuid,
    actor_name   text   NOT NULL,
    actor_kind   text   NOT NULL,
    actor_token  text,
    address      text   NOT NULL,
    user_agent   text   NOT NULL,
    action       text   NOT NULL,
    target_kind  text   NOT NULL,
    target_id    text   NOT NULL,
    target_name  text   NOT NULL,
    before_state text,
    after_state  text,
    outcome      text   NOT NULL,
    detail       text,
    request_id   text,
    seq          bigint,
    mac          bytea
);
CREATE UNIQUE INDEX audit_entry_chain ON audit_entry (chain, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_entry_loose ON audit_entry (chain, at, id) WHERE seq IS NULL;
CREATE INDEX audit_entry_recent ON audit_entry (chain, at, id);
CREATE INDEX audit_entry_action ON audit_entry (chain, action);

-- The end of each chain: the last entry's number and MAC, and a seal over them that no older state of the database
-- contains, so that a chain cannot be cut off quietly.
CREATE TABLE audit_head (
    chain uuid   NOT NULL PRIMARY KEY,
    seq   bigint NOT NULL,
    mac   bytea  NOT NULL,
    seal  bytea  NOT NULL,
    at    bigint NOT NULL
);

-- Where a chain begins after its oldest entries were dropped: the number and MAC of the last of them, sealed.
CREATE TABLE audit_checkpoint (
    chain uuid   NOT NULL PRIMARY KEY,
    seq   bigint NOT NULL,
    mac   bytea  NOT NULL,
    seal  bytea  NOT NULL,
    at    bigint NOT NULL
);

-- What each check of a server and each call of PVE came to; dropped after some days. No foreign key to `server`: rows come
-- in batches, and a server that is deleted meanwhile must not stop the batch. The sweep drops what has no server any more.
CREATE TABLE server_check (
    id         uuid    NOT NULL PRIMARY KEY,
    tenant_id  uuid    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id  uuid    NOT NULL,
    at         bigint  NOT NULL,
    kind       text    NOT NULL CHECK (kind IN ('check', 'call')),
    what       text    NOT NULL,
    ok         boolean NOT NULL,
    took_ms    bigint  NOT NULL,
    way        text    CHECK (way IN ('direct', 'tailscale')),
    attempts   bigint  NOT NULL,
    timeout_ms bigint,
    error      text
);
CREATE INDEX server_check_server ON server_check (tenant_id, server_id, at, id);
CREATE INDEX server_check_tenant ON server_check (tenant_id, at, id);
CREATE INDEX server_check_old ON server_check (at);

-- Figures of one hour or day of one server. Each process keeps a row of its own and writes it whole, so that writing twice
-- changes nothing; who reads adds them up. `buckets` counts response times for percentiles.
CREATE TABLE server_metric (
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id  uuid   NOT NULL,
    span       text   NOT NULL CHECK (span IN ('hour', 'day')),
    begins_at  bigint NOT NULL,
    process_id uuid   NOT NULL,
    checks     bigint NOT NULL,
    failed     bigint NOT NULL,
    attempts   bigint NOT NULL,
    sum_ms     bigint NOT NULL,
    buckets    text   NOT NULL,
    PRIMARY KEY (tenant_id, server_id, span, begins_at, process_id)
);
CREATE INDEX server_metric_old ON server_metric (span, begins_at);

-- `server_id` is null where an alert is about all servers at once. One rule is open once for each server.
CREATE TABLE alert (
    id              uuid   NOT NULL PRIMARY KEY,
    tenant_id       uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    server_id       uuid,
    server_name     text   NOT NULL,
    rule            text   NOT NULL CHECK (rule IN ('success_rate', 'latency', 'offline', 'network')),
    state           text   NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
    value           bigint,
    threshold       bigint NOT NULL,
    detail          text,
    opened_at       bigint NOT NULL,
    acknowledged_at bigint,
    acknowledged_by text,
    resolved_at     bigint
);
CREATE UNIQUE INDEX alert_of_server ON alert (tenant_id, server_id, rule) WHERE state <> 'resolved' AND server_id IS NOT NULL;
CREATE UNIQUE INDEX alert_of_all ON alert (tenant_id, rule) WHERE state <> 'resolved' AND server_id IS NULL;
CREATE INDEX alert_recent ON alert (tenant_id, opened_at, id);
CREATE INDEX alert_resolved ON alert (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE TABLE webhook (
    id         uuid    NOT NULL PRIMARY KEY,
    tenant_id  uuid    NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    name       text    COLLATE "C" NOT NULL,
    url        text    NOT NULL,
    secret     bytea   NOT NULL,
    events     text    NOT NULL,
    is_active  boolean NOT NULL DEFAULT true,
    version    bigint  NOT NULL DEFAULT 1,
    created_at bigint  NOT NULL,
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id)
);

CREATE TABLE webhook_delivery (
    id           uuid   NOT NULL PRIMARY KEY,
    tenant_id    uuid   NOT NULL,
    webhook_id   uuid   NOT NULL,
    event        text   NOT NULL,
    body         text   NOT NULL,
    state        text   NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts     bigint NOT NULL DEFAULT 0,
    next_at      bigint,
    status       bigint,
    error        text,
    created_at   bigint NOT NULL,
    delivered_at bigint,
    FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhook (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_delivery_recent ON webhook_delivery (tenant_id, webhook_id, created_at, id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at, id) WHERE state = 'pending';
CREATE INDEX webhook_delivery_old ON webhook_delivery (created_at);

-- One row for each reader. `facts` are what the words are made of, in the reader's language.
CREATE TABLE notification (
    id        uuid   NOT NULL PRIMARY KEY,
    tenant_id uuid   NOT NULL,
    user_id   uuid   NOT NULL,
    kind      text   NOT NULL,
    category  text   NOT NULL CHECK (category IN ('servers', 'alerts', 'guest_actions', 'members')),
    facts     jsonb  NOT NULL,
    at        bigint NOT NULL,
    read_at   bigint,
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
);
CREATE INDEX notification_of_user ON notification (tenant_id, user_id, at, id);
CREATE INDEX notification_unread ON notification (tenant_id, user_id) WHERE read_at IS NULL;
CREATE INDEX notification_old ON notification (at);

-- What is not here is as the code presets it.
CREATE TABLE notification_preference (
    tenant_id uuid    NOT NULL,
    user_id   uuid    NOT NULL,
    category  text    NOT NULL CHECK (category IN ('servers', 'alerts', 'guest_actions', 'members')),
    in_app    boolean NOT NULL,
    email     boolean NOT NULL,
    PRIMARY KEY (tenant_id, user_id, category),
    FOREIGN KEY (tenant_id, user_id) REFERENCES member (tenant_id, user_id) ON DELETE CASCADE
);

-- The processes of Nexus on this database, and which of them asks which server. `fence` grows with every taking over:
-- what an older holder still writes does not count.
CREATE TABLE process (
    id         uuid   NOT NULL PRIMARY KEY,
    host       text   NOT NULL,
    version    text   NOT NULL,
    started_at bigint NOT NULL,
    seen_at    bigint NOT NULL
);

CREATE TABLE server_lease (
    server_id  uuid   NOT NULL PRIMARY KEY REFERENCES server (id) ON DELETE CASCADE,
    process_id uuid   NOT NULL,
    fence      bigint NOT NULL,
    expires_at bigint NOT NULL
);

-- The newest picture of a server by the holder of its lease, for the other processes. Lost with a crash of the database,
-- and made anew within seconds.
CREATE UNLOGGED TABLE server_picture (
    server_id uuid   NOT NULL PRIMARY KEY,
    fence     bigint NOT NULL,
    number    bigint NOT NULL,
    at        bigint NOT NULL,
    picture   bytea  NOT NULL
);

-- Which processes have somebody who watches a tenant.
CREATE TABLE tenant_watch (
    tenant_id  uuid   NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    process_id uuid   NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, process_id)
);

-- Who asks, as the transaction's first statement says it. NULL (nobody, nothing) where it was not said.
CREATE FUNCTION nexus_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('nexus.user_id', true), '')::uuid $$;
CREATE FUNCTION nexus_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('nexus.tenant_id', true), '')::uuid $$;

-- The three functions of the policies. They read user_account, member and tenant as their owner; these three tables
-- are therefore not forced, or a policy on them would call itself until the stack ends.
CREATE FUNCTION has_role(person uuid, wanted text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT EXISTS (
        SELECT 1 FROM public.user_account u
         WHERE u.id = person AND u.is_active AND (u.system_role = wanted OR u.system_role = 'admin')) $$;

CREATE FUNCTION has_tenant_role(person uuid, organisation uuid, wanted text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT public.has_role(person, 'admin') OR EXISTS (
        SELECT 1 FROM public.member m
          JOIN public.user_account u ON u.id = m.user_id
          JOIN public.tenant t ON t.id = m.tenant_id
         WHERE m.user_id = person AND m.tenant_id = organisation AND u.is_active AND (t.is_active OR m.role = 'admin')
           AND array_position(ARRAY['viewer', 'manager', 'admin'], m.role)
               >= array_position(ARRAY['viewer', 'manager', 'admin'], wanted)) $$;

CREATE FUNCTION user_has_tenant_access(person uuid, organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT public.has_tenant_role(person, organisation, 'viewer') $$;

REVOKE ALL ON FUNCTION has_role(uuid, text), has_tenant_role(uuid, uuid, text), user_has_tenant_access(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_role(uuid, text), has_tenant_role(uuid, uuid, text), user_has_tenant_access(uuid, uuid)
    TO nexus_app, nexus_system;

-- Row-level security: everywhere; forced where the functions do not read.
ALTER TABLE user_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE member ENABLE ROW LEVEL SECURITY;
ALTER TABLE session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE setup_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE throttle ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE server ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE assignment ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE task ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE console_session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE account_link ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE avatar ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE outgoing_mail ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE user_group ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE group_member ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoint ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE server_check ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE server_metric ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE alert ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE notification ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE notification_preference ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE bulk_action ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE bulk_guest ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE favourite ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_logo ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE api_token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE config_plan ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE config_snapshot ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE pve_call ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE pve_favourite ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE process ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE server_lease ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE server_picture ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_watch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- nexus_system: sign-in and background work. It sees all rows; the code reaches it with a system scope only.
CREATE POLICY system ON user_account TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON tenant TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON member TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON session TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON setup_link TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON throttle TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON server TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON assignment TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON task TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON console_session TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON audit_entry TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON audit_head TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON account_link TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON avatar TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON outgoing_mail TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON tenant_settings TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON user_group TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON group_member TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON invitation TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON audit_checkpoint TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON server_check TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON server_metric TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON alert TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON webhook TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON webhook_delivery TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON notification TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON notification_preference TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON bulk_action TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON bulk_guest TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON favourite TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON saved_view TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON tenant_logo TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON api_token TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON config_plan TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON config_snapshot TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON pve_call TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON pve_favourite TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON process TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON server_lease TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON server_picture TO nexus_system USING (true) WITH CHECK (true);
CREATE POLICY system ON tenant_watch TO nexus_system USING (true) WITH CHECK (true);
-- An entry goes only when a checkpoint stands for it.
CREATE POLICY prefix ON audit_entry AS RESTRICTIVE FOR DELETE TO nexus_system
    USING (EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.chain = audit_entry.chain AND audit_entry.seq <= c.seq));

-- nexus_app: one person in one tenant. `(SELECT …)` makes PostgreSQL ask once for each statement. Fellows are also
-- members who are disabled: whom the policy of `member` shows.
CREATE POLICY fellow ON user_account FOR SELECT TO nexus_app
    USING ((user_has_tenant_access(id, (SELECT nexus_tenant())) OR id IN (SELECT m.user_id FROM member m))
           AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY fellow_epoch ON user_account FOR UPDATE TO nexus_app
    USING ((user_has_tenant_access(id, (SELECT nexus_tenant())) OR id IN (SELECT m.user_id FROM member m))
           AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
-- For UPDATE too: whoever asks for a console locks the tenant by its version. The grants allow that and the epoch alone.
CREATE POLICY own ON tenant TO nexus_app
    USING (id = (SELECT nexus_tenant()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY own ON member FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY administer ON member TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON tenant_settings FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY administer ON tenant_settings FOR UPDATE TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON user_group FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY administer ON user_group TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON group_member FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY administer ON group_member TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON invitation FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY administer ON invitation TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
-- Viewers see their guests through Nexus, never the server's row, which holds the sealed token.
CREATE POLICY own ON server FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
-- What the environment names or system admins provide is not a tenant's to change.
CREATE POLICY add ON server FOR INSERT TO nexus_app
    WITH CHECK (tenant_id = (SELECT nexus_tenant()) AND origin = 'own' AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY change ON server FOR UPDATE TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND origin = 'own' AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY remove ON server FOR DELETE TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND origin = 'own' AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON assignment FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY administer ON assignment TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
-- Who moves a server puts the rights on its guests to sleep, and can do nothing else with them.
CREATE POLICY sleep ON assignment FOR UPDATE TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')))
    WITH CHECK (tenant_id = (SELECT nexus_tenant()) AND asleep
                AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON task FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant())
           AND ((user_id = (SELECT nexus_user()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())))
                OR (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager'))));
CREATE POLICY add ON task FOR INSERT TO nexus_app
    WITH CHECK (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
                AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY change ON task FOR UPDATE TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant())
           AND ((user_id = (SELECT nexus_user()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())))
                OR (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager'))));
CREATE POLICY own ON console_session TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant())
           AND ((user_id = (SELECT nexus_user()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())))
                OR (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager'))));
CREATE POLICY own ON server_check FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON server_metric FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON alert FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY acknowledge ON alert FOR UPDATE TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON webhook FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY administer ON webhook TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON webhook_delivery FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY administer ON webhook_delivery TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON notification TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
           AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY own ON notification_preference TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
           AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY own ON bulk_action FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant())
           AND ((user_id = (SELECT nexus_user()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())))
                OR (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager'))));
CREATE POLICY add ON bulk_action FOR INSERT TO nexus_app
    WITH CHECK (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
                AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY change ON bulk_action FOR UPDATE TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant())
           AND ((user_id = (SELECT nexus_user()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())))
                OR (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager'))));
CREATE POLICY own ON bulk_guest FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND EXISTS (SELECT 1 FROM bulk_action b WHERE b.id = bulk_id));
CREATE POLICY add ON bulk_guest FOR INSERT TO nexus_app
    WITH CHECK (tenant_id = (SELECT nexus_tenant())
                AND EXISTS (SELECT 1 FROM bulk_action b WHERE b.id = bulk_id AND b.user_id = (SELECT nexus_user())));
CREATE POLICY own ON favourite TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
           AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY own ON saved_view TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
           AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY own ON tenant_logo FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));
CREATE POLICY administer ON tenant_logo TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY own ON config_plan TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON config_snapshot TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON pve_call TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
           AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON pve_favourite TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND user_id = (SELECT nexus_user())
           AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'manager')));
CREATE POLICY own ON audit_entry FOR SELECT TO nexus_app
    USING (tenant_id = (SELECT nexus_tenant()) AND (SELECT has_tenant_role(nexus_user(), nexus_tenant(), 'admin')));
CREATE POLICY record ON audit_entry FOR INSERT TO nexus_app
    WITH CHECK (tenant_id = (SELECT nexus_tenant()) AND chain = tenant_id AND seq IS NULL AND mac IS NULL
                AND actor_kind = 'user' AND actor_user = (SELECT nexus_user())
                AND (SELECT user_has_tenant_access(nexus_user(), nexus_tenant())));

-- What each role may touch at all. Password hashes, sessions, links and throttles are nothing for nexus_app.
GRANT USAGE ON SCHEMA public TO nexus_app, nexus_system;
GRANT SELECT (id, email, full_name, user_name, company, avatar_tag, system_role, is_active, verified_at, access_epoch,
      created_at, last_seen_at), UPDATE (access_epoch) ON user_account TO nexus_app;
GRANT SELECT, UPDATE (access_epoch, lock_count, version) ON tenant TO nexus_app;
GRANT SELECT, UPDATE ON tenant_settings TO nexus_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON member, user_group, group_member, server, assignment TO nexus_app;
-- Secrets of links go in and never come out.
GRANT SELECT (id, tenant_id, email, role, mailed, invited_by, created_at, expires_at), INSERT, UPDATE, DELETE ON invitation
      TO nexus_app;
GRANT SELECT, INSERT, UPDATE ON task, console_session TO nexus_app;
GRANT SELECT ON server_check, server_metric TO nexus_app;
GRANT SELECT, UPDATE (state, acknowledged_at, acknowledged_by) ON alert TO nexus_app;
GRANT SELECT (id, tenant_id, name, url, events, is_active, version, created_at), INSERT, UPDATE, DELETE ON webhook TO nexus_app;
GRANT SELECT, INSERT, UPDATE (state, next_at) ON webhook_delivery TO nexus_app;
GRANT SELECT, UPDATE (read_at) ON notification TO nexus_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_preference TO nexus_app;
GRANT SELECT, INSERT, UPDATE ON bulk_action TO nexus_app;
GRANT SELECT, INSERT ON bulk_guest TO nexus_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON favourite, saved_view TO nexus_app;
-- Tokens are looked up before it is known who asks: never by nexus_app.
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant_logo, config_plan TO nexus_app;
GRANT SELECT, INSERT, DELETE ON config_snapshot, pve_call, pve_favourite TO nexus_app;
GRANT SELECT, INSERT (id, chain, tenant_id, at, actor_user, actor_name, actor_kind, actor_token, address, user_agent, action,
      target_kind, target_id, target_name, before_state, after_state, outcome, detail, request_id)
      ON audit_entry TO nexus_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_account, session, setup_link, account_link, avatar, outgoing_mail, throttle,
      tenant, tenant_settings, member, user_group, group_member, invitation, server, assignment, task, console_session
      TO nexus_system;
GRANT SELECT, INSERT, UPDATE, DELETE ON server_check, server_metric, alert, webhook, webhook_delivery, notification, notification_preference, process,
      bulk_action, bulk_guest, favourite, saved_view, tenant_logo, api_token, config_plan, config_snapshot, pve_call,
      pve_favourite,
      server_lease, server_picture, tenant_watch TO nexus_system;
GRANT SELECT, INSERT, UPDATE (seq, mac), DELETE ON audit_entry TO nexus_system;
GRANT SELECT, INSERT, UPDATE ON audit_head, audit_checkpoint TO nexus_system;
-- Processes that do not migrate compare the schema with their own.
GRANT SELECT ON _sqlx_migrations TO nexus_system;
