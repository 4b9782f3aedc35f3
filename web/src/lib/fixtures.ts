import type {
  Alert,
  BulkAction,
  Guest,
  LiveStats,
  Member,
  MetricPoint,
  NodeStats,
  Notification,
  Server,
  ServerConnection,
  ServerHealth,
  ServerMetrics,
  Task,
  Tenant,
} from '@/lib/api/types'

/** A guest for tests; say only what matters. */
export function makeGuest(values: Partial<Guest> = {}): Guest {
  return {
    server: { id: '0192f0aa-0000-7000-8000-000000000901', name: 'Frankfurt' },
    type: 'qemu',
    vmid: 100,
    name: 'web-01',
    status: 'running',
    template: false,
    lock: null,
    node: 'fra-1',
    tags: ['web', 'prod'],
    pool: 'production',
    cpu: 0.1,
    max_cpu: 4,
    memory_bytes: 1024 ** 3,
    max_memory_bytes: 2 * 1024 ** 3,
    uptime_seconds: 60,
    data_at: '2026-01-01T00:00:00Z',
    may: { console: true, watch: true, power: true, snapshot: true },
    actions: ['shutdown', 'reboot', 'suspend', 'reset', 'stop'],
    ...values,
  }
}

/** A server for tests; say only what matters. */
export function makeServer(values: Partial<Server> = {}): Server {
  return {
    id: '0192f0aa-0000-7000-8000-000000000901',
    name: 'Frankfurt',
    origin: 'own',
    notes: null,
    is_active: true,
    status: 'online',
    status_detail: null,
    pve_version: '9.2.1',
    data_at: '2026-01-01T00:00:00Z',
    guests: { running: 1, stopped: 0, other: 0 },
    created_at: '2026-01-01T00:00:00Z',
    etag: '"1"',
    may: { edit: true, delete: true, test: true },
    same_cluster_as: null,
    connection: makeConnection(),
    health: makeHealth(),
    ...values,
  }
}

/** How a server for tests is reached; say only what matters. */
export function makeConnection(values: Partial<ServerConnection> = {}): ServerConnection {
  return {
    host: 'pve.example.org',
    port: 8006,
    token_id: 'nexus@pve!broker',
    token_expires_at: null,
    tls: { mode: 'verify' },
    connect_timeout_seconds: 10,
    use_tailscale: false,
    tailscale_host: null,
    tailscale_port: 8006,
    node_shell: false,
    use_fallbacks: false,
    fallbacks: [],
    ...values,
  }
}

/** The last checks of a server for tests; say only what matters. */
export function makeHealth(values: Partial<ServerHealth> = {}): ServerHealth {
  return { checks: 20, failed: 0, average_ms: 40, ways: [], nodes: [], fallback_in_use: null, ...values }
}

/** What a tenant has for tests; say only what matters. */
export function makeStats(values: Partial<LiveStats> = {}): LiveStats {
  const none = { total: 0, running: 0, stopped: 0, paused: 0, unknown: 0, templates: 0 }
  return {
    data_at: '2026-01-01T00:00:00Z',
    guests: { qemu: { ...none, total: 3, running: 2, stopped: 1 }, lxc: none },
    nodes: { total: 1, online: 1, offline: 0 },
    servers: { total: 1, online: 1, degraded: 0, offline: 0, checking: 0 },
    cpu: { used: 14.4, total: 32, percent: 45 },
    memory: { used: 1024 ** 3, total: 4 * 1024 ** 3, percent: 25 },
    storage: { used: 0, total: 0, percent: null },
    node_list: [makeNode()],
    storage_list: [],
    missing: [],
    ...values,
  }
}

/** A node for tests; say only what matters. */
export function makeNode(values: Partial<NodeStats> = {}): NodeStats {
  return {
    server: '0192f0aa-0000-7000-8000-000000000901',
    server_name: 'Frankfurt',
    name: 'fra-1',
    status: 'online',
    cpu: 0.45,
    max_cpu: 32,
    memory_bytes: 1024 ** 3,
    max_memory_bytes: 4 * 1024 ** 3,
    uptime_seconds: 90_000,
    running_guests: 2,
    data_at: '2026-01-01T00:00:00Z',
    ...values,
  }
}

/** The figures of one hour for tests; say only what matters. */
export function makePoint(at: string, values: Partial<MetricPoint> = {}): MetricPoint {
  return { at, checks: 10, failed: 0, attempts: 10, success_percent: 100, average_ms: 40, p95_ms: 80, ...values }
}

/** A server's figures for tests; say only what matters. */
export function makeMetrics(values: Partial<ServerMetrics> = {}): ServerMetrics {
  const total = { checks: 10, failed: 0, attempts: 10, success_percent: 100, average_ms: 40, p95_ms: 80 }
  const points = [makePoint('2026-01-01T10:00:00Z')]
  return { server: 's1', server_name: 'Frankfurt', status: 'online', points, total, ...values }
}

/** A tenant as its admin has it; say only what matters. */
export function makeTenant(values: Partial<Tenant> = {}): Tenant {
  return {
    id: 't',
    slug: 'acme',
    name: 'Acme',
    role: 'admin',
    description: '',
    is_active: true,
    may: {
      see_servers: true,
      manage_servers: true,
      delete_servers: true,
      see_all_guests: true,
      see_members: true,
      manage_members: true,
      see_settings: true,
      manage_settings: true,
      see_audit: true,
      see_all_consoles: true,
      end_consoles: true,
      read_pve: true,
      write_pve: true,
    },
    brand: { primary_color: null, secondary_color: null, accent_color: null, logo: null },
    ...values,
  }
}

/** A member for tests; say only what matters. */
export function makeMember(values: Partial<Member> = {}): Member {
  return {
    user: { id: 'u1', full_name: 'Anna Berg', email: 'anna@example.org', avatar: null },
    company: '',
    role: 'viewer',
    is_active: true,
    verified: true,
    joined_at: '2026-01-01T00:00:00Z',
    last_seen_at: null,
    assignments: 0,
    groups: [],
    version: 3,
    may: { edit: true, remove: true, reset: true, disable: true },
    ...values,
  }
}

/** An alert for tests; say only what matters. */
export function makeAlert(values: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    rule: 'latency',
    state: 'open',
    server: '0192f0aa-0000-7000-8000-000000000901',
    server_name: 'Frankfurt',
    value: 812,
    threshold: 500,
    detail: null,
    opened_at: '2026-01-01T00:00:00Z',
    acknowledged_at: null,
    acknowledged_by: null,
    resolved_at: null,
    ...values,
  }
}

/** A notification for tests; say only what matters. */
export function makeNotification(values: Partial<Notification> = {}): Notification {
  return {
    id: 'n1',
    kind: 'server_offline',
    category: 'servers',
    at: '2026-01-01T00:00:00Z',
    read: false,
    server: '0192f0aa-0000-7000-8000-000000000901',
    server_name: 'Frankfurt',
    ...values,
  }
}

/** A task for tests; say only what matters. */
export function makeTask(values: Partial<Task> = {}): Task {
  return {
    id: 'task-1',
    guest: { server: '0192f0aa-0000-7000-8000-000000000901', type: 'qemu', vmid: 100 },
    guest_name: 'web-01',
    action: 'start',
    state: 'running',
    detail: null,
    user_name: 'Jane',
    upid: null,
    may: { stop: true, log: true },
    created_at: '2026-01-01T00:00:00Z',
    ended_at: null,
    ...values,
  }
}

/** An action on two guests for tests; say only what matters. */
export function makeBulk(values: Partial<BulkAction> = {}): BulkAction {
  return {
    id: 'bulk-1',
    action: 'shutdown',
    state: 'running',
    user_name: 'Jane',
    per_server: 4,
    timeout_seconds: 300,
    force_stop: false,
    counts: { waiting: 1, running: 1, ok: 0, failed: 0, refused: 0, skipped: 0 },
    stopped_by: null,
    created_at: '2026-01-01T00:00:00Z',
    ended_at: null,
    may_stop: true,
    ...values,
  }
}
