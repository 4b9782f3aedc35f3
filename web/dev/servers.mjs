// @ts-check
/**
 * The servers of the mock in every state, and what their API answers. Development only.
 *
 * @typedef {import('../src/lib/api/types').Server} Server
 * @typedef {import('../src/lib/api/types').ServerConnection} Connection
 * @typedef {import('../src/lib/api/types').ServerHealth} Health
 * @typedef {{ scenario?: string, many?: boolean, late?: boolean }} Options
 * @typedef {{ role: import('./data.mjs').Role, servers: Server[] }} World
 */
import { uuid } from './data.mjs'
import { Refusal } from './refusal.mjs'
import { KINDS, makeTest } from './reports.mjs'

const LIMIT = 50
const PIN = Array.from({ length: 32 }, (_, index) => ((index * 37 + 17) % 256).toString(16).padStart(2, '0'))
/** @param {number} seconds */
const at = seconds => new Date(Date.now() + seconds * 1000).toISOString()

/** @type {Connection['tls'][]} */
const TLS = [
  { mode: 'ca', ca_pem: '-----BEGIN CERTIFICATE-----\nMIIF\n-----END CERTIFICATE-----\n' },
  { mode: 'pin', fingerprint: PIN.join(':').toUpperCase() },
  { mode: 'insecure' },
]

/** @param {string} host @param {Partial<Connection>} [values] @returns {Connection} */
const makeConnection = (host, values = {}) => ({
  host,
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
})

/** @param {Partial<Health['ways'][number]>} values @returns {Health['ways'][number]} */
const makeWay = values => ({
  way: 'direct',
  host: 'pve.fra.example.net:8006',
  last_used: true,
  learned_timeout_ms: 1400,
  configured_timeout_ms: 10_000,
  attempts: 4210,
  failures: 3,
  last_error: null,
  open_for_ms: null,
  ...values,
})

/** @param {Partial<Health>} [values] @returns {Health} */
const makeHealth = (values = {}) => ({
  checks: 20,
  failed: 0,
  average_ms: 38.4,
  ways: [makeWay({})],
  nodes: [],
  fallback_in_use: null,
  ...values,
})

/** @param {number} index @param {Partial<Server>} values @returns {Server} */
function makeServer(index, values) {
  return {
    id: uuid(901 + index),
    name: 'Frankfurt',
    origin: 'own',
    is_active: true,
    status: 'online',
    status_detail: null,
    pve_version: '9.2.1',
    data_at: at(-2),
    guests: { running: 1, stopped: 1, other: 0 },
    notes: null,
    created_at: '2026-03-01T09:00:00Z',
    etag: '"1"',
    may: { edit: true, delete: true, test: true },
    same_cluster_as: null,
    connection: makeConnection('pve.fra.example.net'),
    health: makeHealth(),
    ...values,
  }
}

/** @param {boolean} late @returns {Server[]} */
function makeOwn(late) {
  const fallbacks = ['fra-2', 'fra-3'].map((node, index) => ({ node, host: `192.0.2.${11 + index}`, port: 8006 }))
  const tailscale = { use_tailscale: true, tailscale_host: 'pve-fra.tail1234.ts.net' }
  return [
    makeServer(0, {
      guests: { running: 25, stopped: 5, other: 2 },
      notes: 'Rack 7, second floor. Maintenance on the first Tuesday of each month.',
      connection: makeConnection('pve.fra.example.net', { tls: TLS[0], fallbacks, ...tailscale }),
      health: makeHealth({
        ways: [
          makeWay({}),
          makeWay({
            way: 'tailscale',
            host: 'pve-fra.tail1234.ts.net:8006',
            last_used: false,
            learned_timeout_ms: null,
            attempts: 812,
            failures: 0,
          }),
        ],
        nodes: late ? [{ node: 'fra-3', cause: 'no route to host (595)', retry_in_ms: 22_000 }] : [],
      }),
    }),
    makeServer(1, {
      name: 'Office',
      pve_version: '8.3.5',
      guests: { running: 4, stopped: 2, other: 0 },
      status: late ? 'degraded' : 'online',
      status_detail: late ? '14 of the last 20 checks passed' : null,
      connection: makeConnection('10.20.0.5', { tls: TLS[1], token_expires_at: at(9 * 86_400), node_shell: true }),
      health: makeHealth({
        failed: late ? 6 : 0,
        average_ms: late ? 2310 : 41,
        ways: [
          makeWay({
            host: '10.20.0.5:8006',
            failures: 214,
            last_error: 'no answer within 10 s',
            learned_timeout_ms: 7400,
          }),
        ],
      }),
    }),
    makeServer(2, {
      name: 'Lab',
      status: late ? 'offline' : 'online',
      status_detail: late ? 'connect: connection refused (192.0.2.40:8006)' : null,
      data_at: at(late ? -1260 : -2),
      connection: makeConnection('lab.example.net', { tls: TLS[2], use_fallbacks: true }),
      health: makeHealth({
        failed: late ? 20 : 0,
        average_ms: late ? null : 55,
        ways: [
          makeWay({
            host: 'lab.example.net:8006',
            failures: late ? 431 : 0,
            last_error: late ? 'connection refused (192.0.2.40:8006)' : null,
            open_for_ms: late ? 24_000 : null,
          }),
        ],
      }),
    }),
  ]
}

/** @returns {Server[]} */
function makeOthers() {
  return [
    makeServer(3, {
      name: 'Frankfurt, second node',
      same_cluster_as: { id: uuid(901), name: 'Frankfurt' },
      guests: { running: 0, stopped: 0, other: 0 },
      connection: makeConnection('pve2.fra.example.net', { tls: TLS[1] }),
      health: makeHealth({ ways: [makeWay({ host: 'pve2.fra.example.net:8006' })] }),
    }),
    makeServer(4, {
      name: 'Home',
      origin: 'environment',
      may: { edit: false, delete: false, test: true },
      connection: makeConnection('192.168.1.20', { tls: TLS[2], token_id: 'root@pam!nexus' }),
      health: makeHealth({ checks: 4, ways: [makeWay({ host: '192.168.1.20:8006', attempts: 31, failures: 0 })] }),
    }),
    makeServer(5, {
      name: 'Shared cluster',
      origin: 'provided',
      may: { edit: false, delete: false, test: false },
      guests: { running: 6, stopped: 1, other: 0 },
      connection: null,
      health: null,
      pve_version: null,
    }),
    makeServer(6, {
      name: 'Old test machine that nobody has dared to take away since it was moved here',
      is_active: false,
      status: 'unknown',
      data_at: null,
      pve_version: null,
      guests: { running: 0, stopped: 0, other: 0 },
      connection: makeConnection('pve-old-test-machine.department-of-experiments.example.net', {
        token_expires_at: at(-3 * 86_400),
      }),
      health: null,
    }),
  ]
}

/** @param {number} index @param {boolean} late @returns {Server} */
function makeCopy(index, late) {
  const host = `pve-${String(index).padStart(2, '0')}.dc.example.net`
  const off = late && index % 10 === 3
  const slow = late && index % 10 === 6
  return makeServer(index, {
    name: `Site ${String(index).padStart(2, '0')}`,
    status: off ? 'offline' : slow ? 'degraded' : 'online',
    status_detail: off ? 'connect: no answer within 10 s' : slow ? '15 of the last 20 checks passed' : null,
    data_at: at(off ? -7200 : -(index % 9)),
    guests: { running: (index * 7) % 31, stopped: index % 5, other: 0 },
    connection: makeConnection(host, {
      tls: TLS[index % 2],
      use_tailscale: index % 8 === 0,
      tailscale_host: host.replace('dc.example', 'tail1234.ts'),
    }),
    health: makeHealth({
      failed: off ? 20 : slow ? 5 : index % 3 === 0 ? 1 : 0,
      average_ms: off ? null : 20 + ((index * 53) % 400),
      ways: [makeWay({ host: `${host}:8006` })],
    }),
  })
}

/** @param {import('./data.mjs').Role} role @param {Options} options @returns {Server[]} */
export function makeServers(role, options) {
  const late = options.late ?? false
  const servers = [...makeOwn(late), ...makeOthers()]
  if (options.many) for (let index = servers.length; index < LIMIT; index += 1) servers.push(makeCopy(index, late))
  if (options.scenario === 'away')
    for (const server of servers)
      Object.assign(server, { status: 'offline', status_detail: 'connect: no route to host', data_at: at(-900) })
  const mayDelete = role === 'admin'
  return servers.map(server => ({ ...server, may: { ...server.may, delete: server.may.delete && mayDelete } }))
}

/** The host that a stored server has, for messages and choices. @param {any} body */
const placeOf = body =>
  JSON.stringify([body.host ?? '', body.port, body.tailscale_host ?? '', body.tailscale_port, body.tls])

/** @param {any} body @param {Server} [old] @returns {Connection} */
function connectionFrom(body, old) {
  const { name, notes, is_active, api_token, ...rest } = body
  const base = old?.connection ?? makeConnection('')
  return { ...base, ...rest, token_id: api_token ? api_token.split('=')[0] : base.token_id }
}

/** @param {Server} server @param {Options} options @param {string | undefined} ifMatch @param {any} body */
function changeServer(server, options, ifMatch, body) {
  if (options.scenario === 'changed' && ifMatch === '"1"') {
    Object.assign(server, { etag: '"2"', notes: 'Ben was here' })
    throw new Refusal(412, 'changed_meanwhile', 'Somebody changed this meanwhile.')
  }
  const old = server.connection
  if (old && !body.api_token && placeOf(old) !== placeOf({ ...old, ...body })) {
    const error = { field: 'api_token', code: 'token_required_again', detail: 'must be entered again' }
    throw new Refusal(422, 'invalid', 'Some fields need another value.', [error])
  }
  const { name, notes, is_active } = body
  return Object.assign(server, { name, notes, is_active, connection: connectionFrom(body, server) })
}

/** The kind of failure is in the host's first label: `refused.example.net`. @param {any} body */
export function testOf(body) {
  const host = body.host || body.tailscale_host || ''
  const kind = KINDS.find(one => host.startsWith(`${one}.`))
  const trusted = body.tls.mode !== 'verify' ? 'ok' : 'certificate'
  const known = kind && CERTIFICATE_KINDS.includes(kind) && body.tls.mode !== 'verify' ? 'ok' : kind
  return makeTest(known ?? trusted, Boolean(body.host), body.use_tailscale ?? false)
}

const CERTIFICATE_KINDS = ['certificate', 'expired', 'name', 'changed']

/** @param {World} world @param {any} body */
function addServer(world, body) {
  if (world.servers.length >= LIMIT) throw new Refusal(409, 'slots_full', 'All slots are in use.')
  const { name, notes = null, is_active = true } = body
  const values = { name, notes, is_active, connection: connectionFrom(body), health: null, data_at: null }
  const added = makeServer(0, { ...values, id: crypto.randomUUID(), status: 'checking', pve_version: null })
  world.servers.push(added)
  return added
}

/** @param {World} world @param {Options} options @param {string} method @param {string[]} path @param {any} body @param {string} [ifMatch] */
export function serverAnswer(world, options, method, path, body, ifMatch) {
  const [id, verb] = path
  if (!id) {
    if (method === 'POST') return addServer(world, body)
    return { servers: world.servers, slots: { used: world.servers.length, limit: LIMIT } }
  }
  if (id === 'test') return testOf(body)
  const found = world.servers.find(server => server.id === id)
  if (!found) throw new Refusal(404, 'not_found', 'No such server.')
  if (verb === 'test') {
    const kind = KINDS.includes(options.scenario ?? '') ? (options.scenario ?? '') : 'ok'
    return makeTest(kind, Boolean(found.connection?.host), found.connection?.use_tailscale ?? false)
  }
  if (verb === 'attached') return { assignments: 12, people: 5, open_consoles: 2, running_tasks: 1 }
  if (method === 'GET') return found
  if (method === 'PUT') return changeServer(found, options, ifMatch, body)
  world.servers = world.servers.filter(server => server.id !== id)
  return null
}
