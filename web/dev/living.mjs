// @ts-check
/**
 * What lives in the mock: stats, metrics, checks of servers, and the events that move them. Development only.
 *
 * @typedef {import('../src/lib/api/types').Server} Server
 * @typedef {import('../src/lib/api/types').Guest} Guest
 * @typedef {import('../src/lib/api/types').NodeStats} NodeStats
 * @typedef {import('../src/lib/api/types').StorageStats} StorageStats
 * @typedef {import('../src/lib/api/types').LiveStats} LiveStats
 * @typedef {import('../src/lib/api/types').MetricSpan} Span
 * @typedef {import('../src/lib/api/types').MetricPoint} Point
 * @typedef {import('../src/lib/api/types').MetricTotal} Total
 * @typedef {import('../src/lib/api/types').CheckEntry} Entry
 * @typedef {import('../src/lib/api/types').CheckRun} Run
 * @typedef {{ scenario?: string, many?: boolean, late?: boolean }} Options
 * @typedef {{ run: Run | null, entries: Entry[] }} Living
 * @typedef {{ servers: Server[], guests: Guest[], living: Living }} World
 */
import { seeded } from './data.mjs'
import { Refusal } from './refusal.mjs'

const GIB = 1024 ** 3
const HOUR = 3_600_000

/** A number from a text, always the same. @param {string} text */
const seedOf = text => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 99_991, 7)

/** @param {World} world */
const active = world => world.servers.filter(server => server.is_active && server.origin !== 'provided')

/** @param {Server} server @param {Options} options @returns {NodeStats[]} */
function nodesOf(server, options) {
  const short = server.name.toLowerCase().split(/[ ,]/)[0] ?? 'pve'
  const count = server.name === 'Frankfurt' ? 3 : server.name.startsWith('Site') ? 2 : 1
  return Array.from({ length: count }, (_, index) => {
    const name = count === 1 ? short : `${short}${server.name.replace(/\D/g, '')}-${index + 1}`
    const random = seeded(seedOf(name))
    const away = server.status === 'offline'
    const lost = options.late && name === 'frankfurt-3'
    const cores = [8, 16, 32, 64][Math.floor(random() * 4)] ?? 16
    const memory = [64, 128, 256, 512][Math.floor(random() * 4)] ?? 64
    const up = !away && !lost
    const load = Math.min(0.99, Math.max(0.01, random() + Math.sin(Date.now() / 9000 + index) * 0.05))
    return {
      server: server.id,
      server_name: server.name,
      name: name === 'home' ? 'pve-home-with-a-name-that-is-nearly-as-long-as-names-may-be-60' : name,
      status: /** @type {NodeStats['status']} */ (away ? 'unknown' : lost ? 'offline' : 'online'),
      cpu: up ? load : null,
      max_cpu: cores,
      memory_bytes: up ? Math.round(memory * GIB * (0.3 + random() * 0.68)) : null,
      max_memory_bytes: memory * GIB,
      uptime_seconds: up ? Math.floor(random() * 9_000_000) + 500 : null,
      running_guests: up ? Math.floor(random() * 24) : 0,
      data_at: server.data_at ?? new Date().toISOString(),
    }
  })
}

/** @param {Server} server @param {NodeStats[]} nodes @returns {StorageStats[]} */
function storagesOf(server, nodes) {
  const random = seeded(seedOf(`${server.name} storage`))
  const base = { server: server.id, server_name: server.name }
  const available = server.status !== 'offline'
  /** @param {number} tib */
  const fill = tib => ({ used_bytes: Math.round(tib * 1024 * GIB * random()), total_bytes: tib * 1024 * GIB })
  const local = nodes.map(node => ({
    ...base,
    name: 'local-zfs',
    node: node.name,
    shared: false,
    available: available && node.status === 'online',
    plugin: 'zfspool',
    ...fill(0.5),
  }))
  if (nodes.length === 1) return local
  return [...local, { ...base, name: 'ceph-vm', node: null, shared: true, available, plugin: 'rbd', ...fill(24) }]
}

/** @param {Guest[]} guests @param {Guest['type']} type */
function countsOf(guests, type) {
  const kind = guests.filter(guest => guest.type === type)
  const some = kind.filter(guest => !guest.template)
  /** @param {Guest['status']} status */
  const count = status => some.filter(guest => guest.status === status).length
  return {
    total: some.length,
    running: count('running'),
    stopped: count('stopped'),
    paused: count('paused'),
    unknown: count('unknown'),
    templates: kind.length - some.length,
  }
}

/** @param {number[]} used @param {number[]} total */
function usage(used, total) {
  /** @param {number[]} list */
  const sum = list => list.reduce((all, one) => all + one, 0)
  return { used: sum(used), total: sum(total), percent: sum(total) > 0 ? (100 * sum(used)) / sum(total) : null }
}

/** @param {World} world @param {Options} options @returns {LiveStats} */
function statsOf(world, options) {
  const servers = active(world)
  const nodes = servers.flatMap(server => nodesOf(server, options))
  const storages = servers.flatMap(server =>
    storagesOf(
      server,
      nodes.filter(node => node.server === server.id),
    ),
  )
  const up = nodes.filter(node => node.status === 'online')
  const usable = storages.filter(storage => storage.available)
  /** @param {Server['status']} status */
  const count = status => servers.filter(server => server.status === status).length
  const times = servers.filter(server => server.status !== 'offline').map(server => Date.parse(server.data_at ?? ''))
  return {
    data_at: times.length > 0 ? new Date(Math.min(...times)).toISOString() : null,
    guests: { qemu: countsOf(world.guests, 'qemu'), lxc: countsOf(world.guests, 'lxc') },
    nodes: { total: nodes.length, online: up.length, offline: nodes.filter(node => node.status === 'offline').length },
    servers: {
      total: servers.length,
      online: count('online'),
      degraded: count('degraded'),
      offline: count('offline'),
      checking: count('checking'),
    },
    cpu: usage(
      up.map(node => (node.cpu ?? 0) * (node.max_cpu ?? 0)),
      up.map(node => node.max_cpu ?? 0),
    ),
    memory: usage(
      up.map(node => node.memory_bytes ?? 0),
      up.map(node => node.max_memory_bytes ?? 0),
    ),
    storage: usage(
      usable.map(one => one.used_bytes ?? 0),
      usable.map(one => one.total_bytes ?? 0),
    ),
    node_list: nodes,
    storage_list: storages,
    missing: servers
      .filter(server => server.status === 'offline')
      .map(({ id, name, status, data_at, status_detail: error }) => ({
        id,
        name,
        status,
        data_at,
        error,
        tailscale: false,
      })),
  }
}

/** @param {Point[]} points @returns {Total} */
function totalOf(points) {
  /** @param {(point: Point) => number} of */
  const sum = of => points.reduce((all, point) => all + of(point), 0)
  const checks = sum(point => point.checks)
  const failed = sum(point => point.failed)
  const passed = checks - failed
  const worst = Math.max(...points.map(point => point.p95_ms ?? 0))
  return {
    checks,
    failed,
    attempts: sum(point => point.attempts),
    success_percent: checks > 0 ? (100 * passed) / checks : null,
    average_ms: passed > 0 ? sum(point => (point.average_ms ?? 0) * (point.checks - point.failed)) / passed : null,
    p95_ms: passed > 0 ? worst : null,
  }
}

/** @param {Server} server @param {Span} span */
function metricsOf(server, span) {
  const step = span === 'hour' ? HOUR : 24 * HOUR
  const count = span === 'hour' ? 24 : 30
  const start = Math.floor(Date.now() / step) * step
  const random = seeded(seedOf(`${server.name} ${span}`))
  const usual = server.health?.average_ms ?? 40
  /** @type {Point[]} */
  const points = []
  for (let index = count - 1; index >= 0; index -= 1) {
    const wave = 1 + Math.sin(index / 3) * 0.3 + random() * 0.6
    const off = server.status === 'offline' && index < (span === 'hour' ? 3 : 1)
    const idle = server.name === 'Home' && (index > count - 6 || (index > 7 && index < 10))
    const checks = idle ? 0 : span === 'hour' ? 60 : 1440
    const flaky = server.status === 'degraded' && index < 6 ? 0.25 : random() < 0.12 ? 0.03 : 0
    const failed = off ? checks : Math.round(checks * flaky)
    const passed = checks - failed
    points.push({
      at: new Date(start - index * step).toISOString(),
      checks,
      failed,
      attempts: checks + failed,
      success_percent: checks > 0 ? (100 * passed) / checks : null,
      average_ms: passed > 0 ? usual * wave : null,
      p95_ms: passed > 0 ? usual * wave * (1.5 + random()) : null,
    })
  }
  return { server: server.id, server_name: server.name, status: server.status, points, total: totalOf(points) }
}

/** @param {World} world @param {Span} span */
function overviewOf(world, span) {
  const servers = active(world).map(server => metricsOf(server, span))
  const length = span === 'hour' ? 24 * HOUR : 720 * HOUR
  const [begins_at, ends_at] = [Date.now() - length, Date.now()].map(time => new Date(time).toISOString())
  return { span, begins_at, ends_at, total: totalOf(servers.flatMap(one => one.points)), servers }
}

const CALLS = [
  'GET /nodes/{node}/qemu/{vmid}/status/current',
  'POST /nodes/{node}/qemu/{vmid}/vncproxy',
  'GET /cluster/tasks',
  'POST /nodes/{node}/qemu/{vmid}/status/shutdown',
]
const CAUSES = [
  'no answer within 10 s',
  'connect: connection refused (192.0.2.40:8006)',
  'TLS: the certificate has changed, and the new one is not trusted. Expected 11:36:5B:80:A5:CA:EF:14:39:5E:83',
  'PVE answered 595: no route to host',
]

/** @param {World['servers']} servers @returns {Entry[]} */
function makeEntries(servers) {
  const random = seeded(11)
  const some = servers.filter(server => server.is_active && server.origin !== 'provided')
  if (some.length === 0) return []
  return Array.from({ length: 240 }, (_, index) => {
    const server = /** @type {Server} */ (some[Math.floor(random() * some.length)])
    const call = random() < 0.25
    const failed = server.status === 'offline' || random() < (server.status === 'degraded' ? 0.3 : 0.04)
    return entryOf(server, !failed, -index * 9000 - Math.floor(random() * 4000), call ? index % 4 : null, random())
  })
}

/** @param {Server} server @param {boolean} ok @param {number} after @param {number | null} call @param {number} chance @returns {Entry} */
function entryOf(server, ok, after, call, chance) {
  const usual = server.health?.average_ms ?? 40
  return {
    id: crypto.randomUUID(),
    server: server.id,
    server_name: server.name,
    at: new Date(Date.now() + after).toISOString(),
    kind: call === null ? 'check' : 'call',
    what: call === null ? 'GET /cluster/resources' : (CALLS[call] ?? ''),
    ok,
    took_ms: ok ? Math.round(usual * (0.6 + chance)) : chance < 0.5 ? 10_000 : 12,
    way: server.connection?.use_tailscale && chance > 0.7 ? 'tailscale' : 'direct',
    attempts: ok && chance > 0.06 ? 1 : 2,
    timeout_ms: server.health?.ways[0]?.learned_timeout_ms ?? 10_000,
    error: ok ? null : (CAUSES[Math.floor(chance * CAUSES.length)] ?? null),
  }
}

/** @param {Server[]} servers @returns {Living} */
export const makeLiving = servers => ({ run: null, entries: makeEntries(servers) })

/** @typedef {(type: string, data: unknown) => void} Tell */

/** @param {World} world @param {Server} server @param {Tell} tell */
function checkOne(world, server, tell) {
  const ok = server.status !== 'offline'
  const entry = entryOf(server, ok, 0, null, Math.random())
  world.living.entries.unshift(entry)
  tell('check', { server: server.id, at: entry.at, ok, took_ms: entry.took_ms })
  return entry
}

/** @param {World} world @param {Tell} tell */
function checkAll(world, tell) {
  const { living } = world
  if (living.run && !living.run.ended_at) return living.run
  const left = active(world)
  /** @type {Run} */
  const run = {
    id: crypto.randomUUID(),
    total: left.length,
    done: 0,
    failed: 0,
    started_at: new Date().toISOString(),
    ended_at: null,
  }
  living.run = run
  const timer = setInterval(() => {
    const server = left.shift()
    if (server) {
      run.done += 1
      if (!checkOne(world, server, tell).ok) run.failed += 1
    }
    if (left.length === 0) {
      run.ended_at = new Date().toISOString()
      clearInterval(timer)
    }
    tell('check_run', { ...run })
  }, 400)
  return { ...run }
}

/** @param {World} world @param {URLSearchParams} query */
function checksOf(world, query) {
  const found = world.living.entries.filter(
    entry =>
      (!query.get('server') || entry.server === query.get('server')) &&
      (!query.get('kind') || entry.kind === query.get('kind')) &&
      (query.get('failed') !== 'true' || !entry.ok),
  )
  const start = Number(query.get('cursor') ?? 0)
  const end = start + Number(query.get('limit') ?? 50)
  return { checks: found.slice(start, end), next_cursor: end < found.length ? String(end) : null }
}

/** @param {World} world @param {string | undefined} id */
function find(world, id) {
  const found = world.servers.find(server => server.id === id)
  if (!found) throw new Refusal(404, 'not_found', 'No such server.')
  return found
}

/** The answer, or undefined for what is not of this file. `path` is what stands after the tenant. @param {World} world @param {Options} options @param {Tell} tell @param {string} method @param {string[]} path @param {URLSearchParams} query */
export function livingAnswer(world, options, tell, method, path, query) {
  const [noun, id, verb] = path
  const span = query.get('span') === 'day' ? 'day' : 'hour'
  const mine = ['stats', 'metrics', 'checks'].includes(noun ?? '') && id === undefined
  if (mine && options.scenario === 'error') throw new Refusal(500, 'internal', 'It could not be read.')
  if (mine && options.scenario === 'slow') return new Promise(() => undefined)
  if (mine && noun === 'stats') return statsOf(world, options)
  if (mine && noun === 'metrics') return overviewOf(world, span)
  if (mine) return checksOf(world, query)
  if (noun !== 'servers') return undefined
  if (id === 'check' && method === 'POST') return checkAll(world, tell)
  if (id === 'check') return { run: world.living.run }
  if (verb === 'metrics') return metricsOf(find(world, id), span)
  if (verb !== 'check') return undefined
  const server = find(world, id)
  const { ok, took_ms, way, attempts, error, at } = checkOne(world, server, tell)
  const done = { server: server.id, ok, took_ms, way, attempts, error, status: server.status, at }
  return new Promise(resolve => setTimeout(resolve, 700, done))
}

/** A check of one server after another, and the stats. @param {World} world @param {Options} options @param {Tell} tell */
export function live(world, options, tell) {
  const servers = active(world)
  const server = servers[Math.floor(Math.random() * servers.length)]
  if (server) checkOne(world, server, tell)
  tell('stats', statsOf(world, options))
}
