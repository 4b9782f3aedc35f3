// @ts-check
/**
 * The mock's alerts, notifications and webhooks. Development only.
 *
 * @typedef {import('../src/lib/api/types').Alert} Alert
 * @typedef {import('../src/lib/api/types').Notification} Notification
 * @typedef {import('../src/lib/api/types').NotificationPreferences} NotificationPreferences
 * @typedef {import('../src/lib/api/types').Webhook} Webhook
 * @typedef {import('../src/lib/api/types').WebhookDelivery} WebhookDelivery
 * @typedef {import('./data.mjs').Role} Role
 * @typedef {{ scenario?: string, role?: Role, many?: boolean, late?: boolean, noMail?: boolean }} Options
 */
import { uuid } from './data.mjs'
import { Refusal } from './refusal.mjs'

/** @param {number} seconds */
const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString()

const LONG = 'Rechenzentrum der Zweigstelle, Hauptgebäude, dritter Keller links'
const SERVERS = [
  [uuid(901), 'Frankfurt'],
  [uuid(902), 'Office'],
  [uuid(903), 'Lab'],
  [uuid(904), LONG],
]
/** @type {[Alert['rule'], number | null, number, string][]} */
const TROUBLES = [
  ['offline', 300, 300, 'Connection refused (10.20.0.5:8006)'],
  ['latency', 812, 500, 'The last 20 checks took 812 ms on average'],
  ['success_rate', 62, 80, '12 of 32 checks failed: operation timed out'],
  ['offline', 300, 300, 'The token was refused: 401 authentication failure'],
]

/** @param {number} index @param {Alert['state']} state @param {number} opened @returns {Alert} */
function makeAlert(index, state, opened) {
  const [server = '', name = ''] = SERVERS[(index + 1) % SERVERS.length] ?? []
  const network = index === 9
  const [rule, value, threshold, detail] = TROUBLES[index % TROUBLES.length] ?? ['offline', null, 300, '']
  const lasted = 40 + ((index * 377) % 5000)
  const kept = state === 'acknowledged' || (state === 'resolved' && index % 3 === 0)
  return {
    id: uuid(2000 + index),
    rule: network ? 'network' : rule,
    state,
    server: network ? null : server,
    server_name: network ? '' : name,
    value: network ? 92 : value,
    threshold: network ? 80 : threshold,
    detail: network ? null : detail,
    opened_at: ago(opened),
    acknowledged_at: kept ? ago(opened - 30) : null,
    acknowledged_by: kept
      ? index % 2
        ? 'Ben Fischer'
        : 'Maximiliane Freifrau von und zu Hohenstein-Wartenburg'
      : null,
    resolved_at: state === 'resolved' ? ago(Math.max(5, opened - lasted)) : null,
  }
}

/** @param {Options} options */
function makeAlerts(options) {
  if (options.scenario === 'empty' || options.scenario === 'no-servers') return []
  const active = options.many ? 34 : options.late ? 3 : 2
  const past = options.scenario === 'calm' ? 0 : options.many ? 160 : 24
  return [
    ...Array.from({ length: options.scenario === 'calm' ? 0 : active }, (_, index) =>
      makeAlert(index, index % 3 === 1 ? 'acknowledged' : 'open', 95 + index ** 2 * 700),
    ),
    ...Array.from({ length: past }, (_, index) => makeAlert(index + 5, 'resolved', 9000 + index ** 2 * 4100)),
  ]
}

/** @param {number} index @param {number} seconds @param {boolean} read @returns {Notification} */
function makeNotification(index, seconds, read) {
  const [server, server_name] = SERVERS[index % SERVERS.length] ?? []
  const base = { id: uuid(3000 + index), at: ago(seconds), read }
  const guest = { server: uuid(901), type: /** @type {const} */ ('qemu'), vmid: 100 }
  const [rule, value, threshold] = TROUBLES[index % TROUBLES.length] ?? ['offline', null, 300]
  const alert = { alert: uuid(2000), rule, value, threshold, server, server_name }
  /** @type {Omit<Notification, 'id' | 'at' | 'read'>[]} */
  const kinds = [
    { kind: 'alert_opened', category: 'alerts', ...alert },
    {
      kind: 'action_failed',
      category: 'guest_actions',
      guest,
      guest_name: 'jenkins-legacy',
      action: 'start',
      task: uuid(702),
      detail: 'start failed: QEMU exited with code 1',
    },
    { kind: 'server_offline', category: 'servers', server, server_name, detail: 'Connection refused (10.20.0.5:8006)' },
    {
      kind: 'action_done',
      category: 'guest_actions',
      guest,
      guest_name: 'web-01',
      action: 'shutdown',
      task: uuid(703),
    },
    { kind: 'alert_acknowledged', category: 'alerts', ...alert, actor: 'Ben Fischer' },
    { kind: 'member_added', category: 'members', person: 'Elif Yılmaz', actor: 'Anna Bergström', role: 'viewer' },
    { kind: 'server_online', category: 'servers', server, server_name },
    { kind: 'alert_resolved', category: 'alerts', ...alert },
    { kind: 'role_changed', category: 'members', person: 'Ben Fischer', actor: 'Anna Bergström', role: 'manager' },
    { kind: 'member_removed', category: 'members', person: 'Hugo van der Merwe', actor: 'Jane Doe', role: 'viewer' },
    { kind: 'alert_opened', category: 'alerts', alert: uuid(2009), rule: 'network', value: 92, threshold: 80 },
  ]
  return { ...base, .../** @type {Omit<Notification, 'id' | 'at' | 'read'>} */ (kinds[index % kinds.length]) }
}

const EVENTS = /** @type {const} */ ([
  'alert_opened',
  'alert_acknowledged',
  'alert_resolved',
  'server_offline',
  'server_online',
])

/** @param {number} index @param {WebhookDelivery['state']} state @param {WebhookDelivery['event']} event @param {number} [past] @returns {WebhookDelivery} */
function makeDelivery(index, state, event, past = index) {
  const failed = state !== 'delivered'
  const at = ago(240 + past * 5400)
  return {
    id: uuid(4000 + index),
    event,
    state,
    attempts: state === 'failed' ? 8 : failed ? 3 : 1,
    status: failed ? (index % 2 ? null : 503) : 200,
    error: failed ? (index % 2 ? 'operation timed out after 10 s' : 'HTTP 503 Service Unavailable') : null,
    body: JSON.stringify({
      id: uuid(4000 + index),
      event,
      at,
      tenant: { id: uuid(1), slug: 'acme', name: 'Acme Hosting' },
      alert: {
        id: uuid(2000),
        rule: 'latency',
        state: 'open',
        server: { id: uuid(901), name: 'Frankfurt' },
        value: 812,
        threshold: 500,
        detail: null,
        acknowledged_by: null,
      },
    }),
    created_at: at,
    next_at: state === 'pending' ? new Date(Date.now() + 340_000).toISOString() : null,
    delivered_at: failed ? null : at,
  }
}

/** @param {Options} options */
function makeWebhooks(options) {
  if (options.scenario === 'empty' || options.scenario === 'no-servers') return []
  /** @type {[string, string, boolean, WebhookDelivery['state'] | null][]} */
  const rows = [
    ['On-call', 'https://events.example.net/v2/enqueue/nexus', true, 'delivered'],
    [
      'Chat of the operations team in Frankfurt, second shift, weekend',
      `https://chat.example.org/hooks/${'a1b2c3d4'.repeat(8)}`,
      true,
      'pending',
    ],
    ['Old ticket system', 'https://tickets.example.org/api/inbound', true, 'failed'],
    ['Status page', 'https://status.example.org/hook', false, null],
  ]
  return rows.map(([name, url, is_active, state], index) => {
    const deliveries = state
      ? Array.from({ length: index === 0 && options.many ? 90 : 6 }, (_, number) =>
          makeDelivery(
            index * 100 + number,
            number === 0 ? state : number % 4 === 3 ? 'failed' : 'delivered',
            EVENTS[number % EVENTS.length] ?? 'test',
            number,
          ),
        )
      : []
    return {
      deliveries,
      /** @type {Webhook} */
      webhook: {
        id: uuid(3900 + index),
        name,
        url,
        events: index === 0 ? ['alert_opened', 'alert_resolved'] : [...EVENTS],
        is_active,
        created_at: ago(86_400 * (30 + index)),
        etag: '"1"',
        last_delivery: deliveries[0] ?? null,
      },
    }
  })
}

/** What this file keeps. @param {Options} options */
export function makeNotices(options) {
  const none = options.scenario === 'empty' || options.scenario === 'no-servers'
  const count = none ? 0 : options.many ? 330 : 26
  const unread = options.many ? 130 : options.scenario === 'calm' ? 0 : 5
  const both = () => ({ in_app: true, email: false })
  return {
    alerts: makeAlerts(options),
    notifications: Array.from({ length: count }, (_, index) =>
      makeNotification(index, 70 + index ** 2 * (options.many ? 40 : 900), index >= unread),
    ).filter(one => options.role !== 'viewer' || one.category === 'guest_actions' || one.kind === 'role_changed'),
    /** @type {NotificationPreferences} */
    preferences: { servers: both(), alerts: { in_app: true, email: true }, guest_actions: both(), members: both() },
    webhooks: makeWebhooks(options),
  }
}

/** @typedef {{ notices: ReturnType<typeof makeNotices>, role: Role }} World */
/** @typedef {(type: string, data: unknown) => void} Tell */

/** @template T @param {T[]} rows @param {URLSearchParams} query @param {number} [size] */
function pageOf(rows, query, size = 20) {
  const start = Number(query.get('cursor') ?? 0)
  const end = start + size
  return { rows: rows.slice(start, end), next_cursor: end < rows.length ? String(end) : null }
}

/** @param {World} world */
const unreadOf = world => world.notices.notifications.filter(one => !one.read).length

/** @param {World} world @param {Options} options @param {Tell} tell @param {string} method @param {string[]} rest @param {URLSearchParams} query */
function alerts(world, options, tell, method, [id, verb], query) {
  const { notices } = world
  if (id === 'test-mail') {
    if (options.noMail) throw new Refusal(409, 'mail_not_configured', 'No mail.')
    return { to: 'oncall@example.org' }
  }
  if (method === 'POST' && verb === 'acknowledge') {
    const found = notices.alerts.find(one => one.id === id)
    if (!found) throw new Refusal(404, 'not_found', 'No such alert.')
    if (found.state === 'resolved') throw new Refusal(409, 'alert_resolved', 'It has resolved.')
    Object.assign(found, { state: 'acknowledged', acknowledged_at: ago(0), acknowledged_by: 'Jane Doe' })
    tell('alert', found)
    return found
  }
  const state = query.get('state')
  const server = query.get('server')
  const found = notices.alerts.filter(
    one => (!state || (state === 'resolved') === (one.state === 'resolved')) && (!server || one.server === server),
  )
  const { rows, next_cursor } = pageOf(found, query)
  return {
    alerts: rows,
    next_cursor,
    open: notices.alerts.filter(one => one.state === 'open').length,
    active: notices.alerts.filter(one => one.state !== 'resolved').length,
  }
}

/** @param {World} world @param {string} method @param {any} body @param {URLSearchParams} query */
function notifications(world, method, body, query) {
  const { notices } = world
  if (method === 'POST') {
    for (const one of notices.notifications) if (!body.ids || body.ids.includes(one.id)) one.read = true
    return { unread: unreadOf(world) }
  }
  const category = query.get('category')
  const found = notices.notifications.filter(
    one => (!category || one.category === category) && (query.get('unread') !== 'true' || !one.read),
  )
  const { rows, next_cursor } = pageOf(found, query)
  return { notifications: rows, next_cursor, unread: unreadOf(world) }
}

/** @param {World} world @param {Options} options @param {string} method @param {string[]} rest @param {any} body @param {URLSearchParams} query */
function webhooks(world, options, method, [id, verb, delivery], body, query) {
  const { notices } = world
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw0Zk3VhT5xGc='
  if (!id && method === 'GET') return { webhooks: notices.webhooks.map(one => one.webhook), limit: 10 }
  if (method !== 'GET') check(world, options, id, body)
  if (!id) {
    /** @type {Webhook} */
    const webhook = { ...body, id: crypto.randomUUID(), created_at: ago(0), etag: '"1"', last_delivery: null }
    notices.webhooks.push({ webhook, deliveries: [] })
    return { webhook, secret }
  }
  const found = notices.webhooks.find(one => one.webhook.id === id)
  if (!found) throw new Refusal(404, 'not_found', 'No such webhook.')
  if (verb === 'secret') return { webhook: found.webhook, secret }
  if (verb === 'deliveries' && method === 'GET') {
    const { rows, next_cursor } = pageOf(found.deliveries, query)
    return { deliveries: rows, next_cursor }
  }
  if (verb) {
    const fails = found.webhook.name.startsWith('Old')
    const old = found.deliveries.find(one => one.id === delivery)
    const fresh = {
      ...makeDelivery(9000, fails ? 'failed' : 'delivered', old?.event ?? 'test'),
      created_at: ago(0),
      attempts: 1,
    }
    if (old)
      return new Promise(resolve =>
        setTimeout(resolve, 600, Object.assign(old, { ...fresh, id: old.id, attempts: old.attempts + 1 })),
      )
    fresh.id = crypto.randomUUID()
    found.deliveries.unshift(fresh)
    found.webhook.last_delivery = fresh
    return new Promise(resolve => setTimeout(resolve, 600, fresh))
  }
  if (method === 'PUT') return Object.assign(found.webhook, body, { etag: `"${crypto.randomUUID()}"` })
  notices.webhooks = notices.webhooks.filter(one => one !== found)
  return null
}

/** @param {World} world @param {Options} options @param {string | undefined} id @param {any} body */
function check(world, options, id, body) {
  if (options.scenario === 'changed' && body.url) throw new Refusal(412, 'changed_meanwhile', 'Somebody was faster.')
  if (!body.url) return
  if (/localhost|127\.|10\./.test(body.url))
    throw new Refusal(422, 'invalid', 'Invalid.', [
      { field: 'url', code: 'address_refused', detail: 'not allowed; with the setting NEXUS_WEBHOOK_ALLOW' },
    ])
  if (world.notices.webhooks.some(one => one.webhook.name === body.name && one.webhook.id !== id))
    throw new Refusal(409, 'duplicate', 'There is one.')
}

const NOUNS = ['alerts', 'notifications', 'notification-preferences', 'webhooks']

/** The answer, or undefined for what is not of this file. `path` is what stands after the tenant. @param {World} world @param {Options} options @param {Tell} tell @param {string} method @param {string[]} path @param {any} body @param {URLSearchParams} query */
export function noticesAnswer(world, options, tell, method, path, body, query) {
  const [noun = '', ...rest] = path
  if (!NOUNS.includes(noun)) return undefined
  if (options.scenario === 'error' && method === 'GET') throw new Refusal(500, 'internal', 'It could not be read.')
  if (noun === 'alerts') return alerts(world, options, tell, method, rest, query)
  if (noun === 'notifications') return notifications(world, method, body, query)
  if (noun === 'webhooks') return webhooks(world, options, method, rest, body, query)
  return method === 'GET' ? world.notices.preferences : Object.assign(world.notices.preferences, body)
}

/** A new alert with its notification, as they come with trouble. @param {World} world @param {Tell} tell */
export function trouble(world, tell) {
  const { notices } = world
  const index = notices.alerts.length % 4
  const alert = { ...makeAlert(index, 'open', 0), id: crypto.randomUUID() }
  const { rule, value, threshold, server, server_name } = alert
  /** @type {Notification} */
  const notification = {
    id: crypto.randomUUID(),
    kind: 'alert_opened',
    category: 'alerts',
    at: ago(0),
    read: false,
    alert: alert.id,
    rule,
    value,
    threshold,
    server,
    server_name,
  }
  notices.alerts.unshift(alert)
  notices.notifications.unshift(notification)
  tell('alert', alert)
  tell('notification', { notification, unread: unreadOf(world) })
}
