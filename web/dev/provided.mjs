// @ts-check
/**
 * The mock's servers of all tenants, and those that are provided to them. Development only.
 *
 * @typedef {import('../src/lib/api/types').AnyServer} AnyServer
 * @typedef {import('../src/lib/api/types').ProvidedServer} ProvidedServer
 * @typedef {{ servers: AnyServer[], tenants: { id: string, slug: string, name: string }[] }} System
 */
import { uuid } from './data.mjs'
import { Refusal } from './refusal.mjs'
import { makeTest } from './reports.mjs'
import { testOf } from './servers.mjs'

const HOUR = 3600
/** @param {number} seconds */
const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString()

const TENANTS = [
  ['acme', 'Acme Hosting'],
  ['globex', 'Globex Corporation'],
  ['initech', 'Initech Information Technologies Europe GmbH'],
  ['hoehere-schule-koeln', 'Höhere Schule Köln'],
]

/** @type {[number, string, string, AnyServer['status'], string | null, AnyServer['scope']][]} */
const ROWS = [
  [0, 'Frankfurt', 'pve.fra.example.net', 'online', null, null],
  [0, 'Lab', 'lab.example.net', 'degraded', 'node lab-2 is missing from the cluster', null],
  [0, 'Office', '10.20.0.5', 'offline', 'connection refused after 3 tries', null],
  [1, 'Springfield', 'pve.globex.example.com', 'online', null, null],
  [0, 'Home', '192.168.1.20', 'online', null, null],
  [0, 'Shared cluster', 'pve.shared.example.net', 'online', null, { pools: ['acme'], tags: [], vmids: [] }],
  [
    2,
    'Shared cluster',
    'pve.shared.example.net',
    'online',
    null,
    {
      pools: ['initech', 'initech/test'],
      tags: ['initech'],
      vmids: [
        { from: 4000, to: 4999 },
        { from: 120, to: 120 },
      ],
    },
  ],
  [3, 'Rechenzentrum Unterrichtsnetz Hauptgebäude', 'pve-cluster-01.schule.koeln.example', 'online', null, null],
  [3, 'Old', '192.168.4.2', 'unknown', null, null],
]

/** @param {boolean} many @returns {AnyServer[]} */
export function makeAllServers(many) {
  const copies = many ? Array.from({ length: 300 }, (_, index) => ROWS[index % ROWS.length] ?? ROWS[0]) : []
  return [...ROWS, ...copies].flatMap((row, index) => {
    if (!row) return []
    const [tenant, name, host, status, error, scope] = row
    const [slug = '', tenantName = ''] = TENANTS[tenant] ?? []
    return [
      {
        id: uuid(901 + index),
        tenant: { id: uuid(tenant + 1), slug, name: tenantName },
        name: index < ROWS.length ? name : `${name} ${index}`,
        host,
        port: 8006,
        origin: scope
          ? /** @type {const} */ ('provided')
          : name === 'Home'
            ? 'environment'
            : /** @type {const} */ ('own'),
        scope,
        etag: '"1"',
        is_active: status !== 'unknown',
        status,
        error,
        version: status === 'unknown' ? null : '9.0.10',
        data_at: status === 'unknown' ? null : ago(status === 'offline' ? 4 * HOUR : 3),
        guests: { running: 20 + index, stopped: 3 * index, other: 0 },
      },
    ]
  })
}

/** @param {AnyServer} server @returns {ProvidedServer} */
function provided(server) {
  return {
    server,
    scope: server.scope ?? { pools: [], tags: [], vmids: [] },
    notes: 'Rack 7, second floor',
    connection: {
      host: server.host,
      port: server.port,
      token_id: 'nexus@pve!acme',
      token_expires_at: null,
      tls: {
        mode: 'pin',
        fingerprint: Array.from({ length: 32 }, (_, at) => `${(at * 7 + 16).toString(16)}`.slice(-2))
          .join(':')
          .toUpperCase(),
      },
      connect_timeout_seconds: 10,
      use_tailscale: false,
      tailscale_host: null,
      tailscale_port: 8006,
      node_shell: false,
      use_fallbacks: true,
      fallbacks: [],
    },
  }
}

/** @param {System} system @param {{ scenario?: string }} options @param {string} method @param {string[]} path @param {any} body */
export function providedAnswer(system, options, method, [id, verb], body) {
  if (!id && method === 'GET') return { servers: system.servers }
  if (id === 'test') return testOf(body)
  if (method === 'POST' && !id) {
    const tenant = system.tenants.find(one => one.id === body.tenant)
    if (!tenant) throw new Refusal(404, 'not_found', 'No such organisation.')
    const [template] = makeAllServers(false)
    if (!template) throw new Refusal(500, 'internal', 'No template.')
    const { slug, name } = tenant
    const { host, port, scope } = body
    const row = { ...template, id: crypto.randomUUID(), name: body.name, host, port, scope }
    system.servers.push({ ...row, tenant: { id: tenant.id, slug, name }, origin: 'provided', status: 'checking' })
    return provided(row)
  }
  const found = system.servers.find(server => server.id === id && server.origin === 'provided')
  if (!found) throw new Refusal(404, 'not_found', 'No such server.')
  if (verb === 'test') return makeTest(options.scenario === 'certificate' ? 'certificate' : 'ok', true, false)
  if (method === 'DELETE') {
    system.servers = system.servers.filter(server => server !== found)
    return null
  }
  if (method === 'PUT') {
    if (options.scenario === 'changed') throw new Refusal(412, 'changed_meanwhile', 'Somebody changed this meanwhile.')
    Object.assign(found, { name: body.name, host: body.host, port: body.port, scope: body.scope })
  }
  return provided(found)
}
