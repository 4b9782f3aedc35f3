import type { QueryClient } from '@tanstack/react-query'
import { applyAlert } from '@/lib/alert-cache'
import { keys } from '@/lib/api/keys'
import type {
  Alert,
  BulkAction,
  BulkGuest,
  CheckRun,
  CheckRunState,
  ConsoleSession,
  Guest,
  GuestList,
  GuestRef,
  LiveStats,
  MetricSpan,
  MetricsOverview,
  Notification,
  ServerBrief,
  ServerList,
  ServerMetrics,
  Task,
} from '@/lib/api/types'
import { applyBulk } from '@/lib/bulk-cache'
import { applyConsoleSession } from '@/lib/console-session-cache'
import { guestKey, keyOf, refOf } from '@/lib/guest-key'
import { addNews, type CheckEvent, type CheckNews, withCheck, withCheckOfAll } from '@/lib/metrics'
import { applyNotification, markRead, setUnread } from '@/lib/notification-cache'
import { applyTask } from '@/lib/task-cache'

/** What the event stream of a tenant says (`GET /tenants/{tenant}/events`). */
export type TenantEvent =
  | { type: 'hello'; process: string }
  | { type: 'reset' }
  | { type: 'guests'; changed: Guest[]; removed: GuestRef[] }
  | { type: 'server'; server: ServerBrief }
  | { type: 'task'; task: Task }
  /** `guests`: those that have changed. */
  | { type: 'bulk'; bulk: BulkAction; guests: BulkGuest[] }
  | { type: 'stats'; stats: LiveStats }
  | { type: 'check'; check: CheckEvent }
  | { type: 'check_run'; run: CheckRun }
  | { type: 'alert'; alert: Alert }
  | { type: 'notification'; notification: Notification; unread: number }
  /** Said by another tab, not by the server: the person has read these, or without ids all. */
  | { type: 'read'; ids: string[] | undefined; unread: number }
  | { type: 'console_session'; session: ConsoleSession }
  | { type: 'settings' }
  | { type: 'ended'; reason: string }

/** The event of one message, or null for kinds this page does not know (a newer server). */
export function parseEvent(type: string, data: string): TenantEvent | null {
  const body = JSON.parse(data)
  switch (type) {
    case 'hello':
      return { type, process: body.process }
    case 'reset':
      return { type }
    case 'guests':
      return { type, changed: body.changed ?? [], removed: body.removed ?? [] }
    case 'server':
      return { type, server: body }
    case 'task':
      return { type, task: body }
    case 'bulk':
      return { type, bulk: body.bulk, guests: body.guests ?? [] }
    case 'stats':
      return { type, stats: body }
    case 'check':
      return { type, check: body }
    case 'check_run':
      return { type, run: body }
    case 'alert':
      return { type, alert: body }
    case 'notification':
      return { type, notification: body.notification, unread: body.unread }
    case 'console_session':
      return { type, session: body }
    case 'settings':
      return { type }
    case 'ended':
      return { type, reason: body.reason }
    default:
      return null
  }
}

/** The list with some guests replaced, added or taken out; the same object when nothing concerns it. */
export function mergeGuests(list: GuestList, changed: Guest[], removed: GuestRef[]): GuestList {
  if (changed.length === 0 && removed.length === 0) return list
  const gone = new Set(removed.map(keyOf))
  const fresh = new Map(changed.map(guest => [guestKey(guest), guest]))
  const kept = gone.size === 0 ? list.guests : list.guests.filter(guest => !gone.has(guestKey(guest)))
  const guests = kept.map(guest => {
    const key = guestKey(guest)
    const now = fresh.get(key)
    if (now) fresh.delete(key)
    return now ?? guest
  })
  for (const [key, guest] of fresh) if (!gone.has(key)) guests.push(guest)
  return { ...list, guests }
}

function mergeServerBrief(servers: ServerBrief[], server: ServerBrief): ServerBrief[] {
  return servers.map(old => (old.id === server.id ? { ...old, ...server } : old))
}

/** Asks for everything of the tenant again that events keep fresh. */
export function refetchLists(client: QueryClient, tenant: string): void {
  const queryKey = keys.tenant(tenant)
  void client.invalidateQueries({ queryKey, predicate: query => query.queryKey.length > queryKey.length })
}

/** Brings one event into the cache. `hello` and `ended` are the stream's own business. */
export function applyEvent(client: QueryClient, tenant: string, event: TenantEvent): void {
  switch (event.type) {
    case 'reset':
      refetchLists(client, tenant)
      return
    case 'guests':
      client.setQueryData<GuestList>(
        keys.guests(tenant),
        list => list && mergeGuests(list, event.changed, event.removed),
      )
      for (const guest of event.changed) {
        client.setQueryData<Guest>(keys.guest(tenant, refOf(guest)), old => old && guest)
      }
      for (const ref of event.removed) void client.invalidateQueries({ queryKey: keys.guest(tenant, ref) })
      return
    case 'server':
      applyServer(client, tenant, event.server)
      return
    case 'task':
      applyTask(client, tenant, event.task)
      // A snapshot is begun, made or gone; what it is the task does not say.
      if (event.task.snapshot) void client.invalidateQueries({ queryKey: keys.snapshots(tenant, event.task.guest) })
      return
    case 'bulk':
      applyBulk(client, tenant, event.bulk, event.guests)
      return
    case 'alert':
      applyAlert(client, tenant, event.alert)
      return
    case 'notification':
      applyNotification(client, tenant, event.notification, event.unread)
      return
    case 'read':
      markRead(client, tenant, event.ids)
      setUnread(client, tenant, event.unread)
      return
    case 'console_session':
      applyConsoleSession(client, tenant, event.session)
      return
    case 'settings':
      // The name stands in the switcher, and who sees what may be another by now.
      void client.invalidateQueries({ queryKey: keys.settings(tenant) })
      void client.invalidateQueries({ queryKey: keys.me })
      void client.invalidateQueries({ queryKey: keys.tenant(tenant), exact: true })
      return
    case 'stats':
      client.setQueryData<LiveStats>(keys.stats(tenant), event.stats)
      return
    case 'check':
      applyCheck(client, tenant, event.check)
      return
    case 'check_run':
      client.setQueryData<CheckRunState>(keys.checkRun(tenant), { run: event.run })
      // What the checks found stands in the servers.
      if (event.run.ended_at) void client.invalidateQueries({ queryKey: keys.servers(tenant) })
      return
  }
}

function applyServer(client: QueryClient, tenant: string, server: ServerBrief): void {
  client.setQueryData<GuestList>(
    keys.guests(tenant),
    list => list && { ...list, servers: mergeServerBrief(list.servers, server) },
  )
  const cached = client.getQueryData<ServerList>(keys.servers(tenant))
  const known = cached?.servers.find(other => other.id === server.id)
  if (!cached) return
  // Version, counts and reasons are not in the event: ask for them when the state itself has changed.
  if (!known || known.status !== server.status) {
    void client.invalidateQueries({ queryKey: keys.servers(tenant) })
    return
  }
  client.setQueryData<ServerList>(keys.servers(tenant), {
    ...cached,
    servers: cached.servers.map(other => (other === known ? { ...other, data_at: server.data_at } : other)),
  })
}

/** Figures that were asked for longer ago than this are asked for again: a 95th percentile is not in the events. */
const METRICS_AGE = 5 * 60_000

function applyCheck(client: QueryClient, tenant: string, check: CheckEvent): void {
  client.setQueryData<CheckNews>(keys.checkNews(tenant), news => addNews(news, check))
  for (const query of client.getQueryCache().findAll({ queryKey: keys.metrics(tenant) })) {
    const [, , , span, server] = query.queryKey as [string, string, string, MetricSpan, string?]
    const { data, dataUpdatedAt } = query.state
    if (!data || (server !== undefined && server !== check.server)) continue
    const next =
      server === undefined
        ? withCheckOfAll(data as MetricsOverview, check)
        : withCheck(data as ServerMetrics, check, span)
    // What the event brings does not make the rest any younger.
    if (next !== data) client.setQueryData(query.queryKey, next, { updatedAt: dataUpdatedAt })
    if (Date.now() - dataUpdatedAt > METRICS_AGE)
      void client.invalidateQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false })
  }
}
