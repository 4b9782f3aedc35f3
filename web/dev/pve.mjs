// @ts-check
/**
 * What the mock answers for the explorer of PVE's API, and for snapshots of configuration. Development only.
 *
 * @typedef {import('../src/lib/api/types').PveCall} Call
 * @typedef {import('../src/lib/api/types').PveCallIn} CallIn
 * @typedef {import('../src/lib/api/types').PveFavourite} Favourite
 * @typedef {import('../src/lib/api/types').ConfigSnapshotDetail} Kept
 * @typedef {import('../src/lib/api/types').ConfigPart} Part
 * @typedef {{ role: import('./data.mjs').Role, guests: import('./data.mjs').Guest[], pve: Pve }} World
 * @typedef {{ scenario?: string, many?: boolean }} Options
 */
import { uuid } from './data.mjs'
import { makePaths } from './pve-schema.mjs'
import { Refusal } from './refusal.mjs'

const FRA = uuid(901)
/** @param {number} hours */
const ago = hours => new Date(Date.now() - hours * 3_600_000).toISOString()

/** @param {Options} options */
export function makePve(options) {
  const none = options.scenario === 'empty' || options.scenario === 'no-servers'
  /** @type {Call[]} */
  const calls = [
    { method: 'GET', path: '/cluster/resources', params: [{ name: 'type', value: 'vm' }], status: 200, took_ms: 48 },
    {
      method: 'PUT',
      path: '/nodes/fra-1/qemu/100/config',
      params: [
        { name: 'cipassword', value: '***' },
        { name: 'cores', value: '4' },
      ],
      status: 200,
      took_ms: 112,
    },
    { method: 'GET', path: '/nodes/fra-2/qemu/101/config', params: [], status: 595, took_ms: 5012 },
    {
      method: 'POST',
      path: '/nodes/fra-1/qemu/100/snapshot',
      params: [{ name: 'snapname', value: 'before-the-update-of-november' }],
      status: 400,
      took_ms: 31,
    },
    { method: 'GET', path: '/nodes', params: [], status: null, took_ms: 10_000 },
  ].map((call, index) => ({
    id: uuid(1200 + index),
    server: FRA,
    at: ago(index * 3 + 0.1),
    .../** @type {any} */ (call),
  }))
  return {
    calls: none ? [] : calls,
    favourites: /** @type {Favourite[]} */ (
      none
        ? []
        : [
            { id: uuid(1301), method: 'GET', path: '/cluster/resources' },
            { id: uuid(1302), method: 'GET', path: '/nodes/{node}/qemu/{vmid}/config' },
          ]
    ),
    plan: {
      paths: PROPOSAL,
      every_hours: /** @type {number | null} */ (none ? null : 24),
      next_at: none ? null : ago(-5),
      version: none ? 0 : 3,
    },
    kept: none ? [] : makeKept(options),
  }
}

/** @typedef {ReturnType<typeof makePve>} Pve */

const PROPOSAL = [
  '/cluster/options',
  '/cluster/firewall/options',
  '/cluster/backup',
  '/cluster/ha/resources',
  '/nodes/{node}/network',
  '/nodes/{node}/dns',
  '/nodes/{node}/qemu/{vmid}/config',
  '/nodes/{node}/lxc/{vmid}/config',
  '/storage',
  '/pools',
]

/** What the paths answered at a time; a few things change as time goes on. @param {number} step @param {boolean} many @returns {Part[]} */
function partsAt(step, many) {
  const config = (/** @type {number} */ vmid) => ({
    agent: '1',
    boot: 'order=scsi0;net0',
    cores: vmid === 100 && step > 2 ? 4 : 2,
    cpu: 'host',
    digest: `7c1f${vmid}${vmid === 100 ? step : 0}`,
    memory: '8192',
    name: vmid === 103 && step > 3 ? 'db-01-old' : ['web-01', 'web-02', 'web-03', 'db-01'][vmid - 100],
    net0: `virtio=BC:24:11:0A:0B:${vmid % 90},bridge=vmbr0,tag=${vmid === 101 && step > 3 ? 30 : 20}`,
    onboot: 1,
    ostype: 'l26',
    scsi0: `local-lvm:vm-${vmid}-disk-0,discard=on,iothread=1,size=${vmid === 101 && step > 1 ? 64 : 32}G`,
    scsihw: 'virtio-scsi-single',
    sockets: 1,
    tags: vmid === 103 && step > 3 ? 'db;old' : 'prod;web',
    ...(vmid === 100 && step > 3 && { description: 'Moved to the new rack.\nAsk Anna before a restart.' }),
  })
  /** @type {Part[]} */
  const parts = [
    {
      path: '/cluster/options',
      status: 200,
      data: { console: 'html5', keyboard: 'de', migration: step > 1 ? 'secure,network=10.20.0.0/24' : 'secure' },
    },
    { path: '/cluster/firewall/options', status: 200, data: { enable: 1, policy_in: 'DROP', policy_out: 'ACCEPT' } },
    {
      path: '/cluster/backup',
      status: 200,
      data: [{ id: 'backup-1', schedule: step > 2 ? '03:30' : '02:00', storage: 'pbs', enabled: 1, all: 1 }],
    },
    { path: '/cluster/ha/resources', status: 200, data: [] },
    {
      path: '/nodes/fra-1/network',
      status: 200,
      data: [
        { iface: 'eno1', type: 'eth', active: 1 },
        { iface: 'vmbr0', type: 'bridge', address: '10.20.0.11', bridge_ports: 'eno1' },
        ...(step > 3 ? [{ iface: 'vmbr1', type: 'bridge', bridge_ports: '', comments: 'For the lab\n' }] : []),
      ],
    },
    {
      path: '/nodes/fra-2/network',
      status: step === 4 ? 595 : 200,
      data: step === 4 ? null : [{ iface: 'eno1', type: 'eth', active: 1 }],
      error: step === 4 ? 'No route to host' : null,
    },
    ...[100, 101, 102].map(vmid => ({ path: `/nodes/fra-1/qemu/${vmid}/config`, status: 200, data: config(vmid) })),
    { path: '/nodes/fra-2/qemu/103/config', status: 200, data: config(103) },
    ...(step < 4
      ? [{ path: '/nodes/fra-1/lxc/116/config', status: 200, data: { hostname: 'dns-01', memory: 512, arch: 'amd64' } }]
      : []),
    ...(step > 3
      ? [
          {
            path: '/nodes/fra-2/lxc/116/config',
            status: 200,
            data: { hostname: 'dns-01', memory: 1024, arch: 'amd64' },
          },
        ]
      : []),
    {
      path: '/storage',
      status: 200,
      data: ['local', 'local-lvm', 'pbs'].map(storage => ({
        storage,
        type: storage === 'pbs' ? 'pbs' : 'dir',
        shared: 0,
      })),
    },
    { path: '/pools', status: 200, data: [{ poolid: 'production', comment: 'Handle with care' }] },
  ]
  const more = Array.from({ length: many ? 300 : 0 }, (_, index) => ({
    path: `/nodes/fra-${1 + (index % 3)}/qemu/${1000 + index}/config`,
    status: 200,
    data: { ...config(102), name: `guest-${index}`, cores: step > 3 && index % 3 === 0 ? 8 : 2 },
  }))
  return [...parts, ...more]
}

/** @param {Options} options @returns {Kept[]} */
function makeKept({ many = false }) {
  /** Hours ago, who, step, changed. @type {[number, string, number, boolean][]} */
  const rows = [
    [1, 'Jane Doe', 4, true],
    [19, 'schedule', 3, false],
    [67, 'schedule', 3, true],
    [139, 'Dr. Maximiliane-Charlotte Freifrau von und zu Hohenstein-Waldburg', 2, true],
    [331, 'schedule', 1, false],
  ]
  const made = many ? Array.from({ length: 100 }, (_, index) => rows[Math.min(index, 4)] ?? rows[4]) : rows
  return made.map((row, index) => {
    const [hours = 0, by = '', step = 1, changed = false] = row ?? []
    return keep(index, ago(hours + (index > 4 ? (index - 4) * 24 : 0)), by, changed, partsAt(step, many))
  })
}

/** @param {number} index @param {string} created_at @param {string} taken_by @param {boolean} changed @param {Part[]} parts @returns {Kept} */
function keep(index, created_at, taken_by, changed, parts) {
  const failed = parts.filter(part => part.data === null).length
  const size_bytes = JSON.stringify(parts).length
  return {
    snapshot: { id: uuid(1400 + index), taken_by, paths: parts.length, failed, size_bytes, changed, created_at },
    parts,
  }
}

/** @param {World} world @param {Options} options @param {boolean} fresh */
function schema(world, options, fresh) {
  if (options.scenario === 'no-schema')
    throw new Refusal(502, 'no_schema', 'The server answered 404 to /pve-docs/api-viewer/apidoc.js.')
  if (options.scenario === 'bad-schema') throw new Refusal(502, 'bad_schema', 'line 1, column 48113: expected a comma')
  if (options.scenario === 'error') throw new Refusal(500, 'internal', 'The schema could not be read.')
  return {
    version: '9.2.1',
    fetched_at: fresh ? ago(0) : ago(0.3),
    paths: makePaths(world.role, options.many ?? false),
  }
}

/** @param {World} world @param {CallIn} call @returns {{ status: number, reason: string, data: unknown, errors?: object }} */
function pveSays(world, { method, path, params }) {
  const value = (/** @type {string} */ name) => params.find(one => one.name === name)?.value
  const vms = world.guests.map(guest => ({
    id: `${guest.type}/${guest.vmid}`,
    type: guest.type,
    vmid: guest.vmid,
    name: guest.name,
    node: guest.node,
    status: guest.status,
    cpu: guest.cpu ?? 0,
    maxcpu: guest.max_cpu,
    mem: guest.memory_bytes ?? 0,
    maxmem: guest.max_memory_bytes,
    disk: 0,
    maxdisk: guest.max_disk_bytes,
    uptime: guest.uptime_seconds ?? 0,
    template: Number(guest.template),
    tags: guest.tags.join(';'),
    pool: guest.pool,
  }))
  const ok = (/** @type {unknown} */ data) => ({ status: 200, reason: 'OK', data })
  if (method !== 'GET') {
    if (path.endsWith('/resize') && value('size') === '1G')
      return { status: 500, reason: 'shrinking disks is not supported', data: null }
    if (path.endsWith('/snapshot') && /\s/.test(value('snapname') ?? '')) {
      return {
        status: 400,
        reason: 'Parameter verification failed.',
        data: null,
        errors: { snapname: "invalid format - invalid configuration ID 'a b'" },
      }
    }
    if (method === 'PUT') return ok(null)
    return ok('UPID:fra-1:0003B2C1:0A1B2C3D:68A1B2C3:qmstart:100:nexus@pve!broker:')
  }
  if (path === '/cluster/resources') return ok(value('type') === 'node' ? [] : vms)
  if (/\/qemu$/.test(path)) return ok(vms.filter(vm => path.includes(`/${vm.node}/`)))
  if (path === '/nodes')
    return ok(
      ['fra-1', 'fra-2', 'fra-3'].map(node => ({
        node,
        status: 'online',
        level: '',
        maxcpu: 32,
        cpu: 0.2314,
        mem: 91_268_055_040,
        maxmem: 274_877_906_944,
        uptime: 4_212_311,
      })),
    )
  if (path === '/version') return ok({ version: '9.2.1', release: '9.2', repoid: '1c3f5e7a' })
  const part = partsAt(4, false).find(one => one.path === path)
  if (part) return ok(part.data)
  if (/\/qemu\/\d+\/config$/.test(path))
    return { status: 500, reason: "Configuration file 'nodes/fra-1/qemu-server/999.conf' does not exist", data: null }
  return ok([{ subdir: 'status' }, { subdir: 'config' }, { subdir: 'snapshot' }])
}

/** @param {World} world @param {Options} options @param {string} server @param {CallIn} call */
async function callPve(world, options, server, call) {
  if (options.scenario === 'error') throw new Refusal(502, 'unreachable', 'The server does not answer.')
  await new Promise(resolve => setTimeout(resolve, options.scenario === 'slow' ? 4000 : 150))
  const { status, reason, data, errors } = pveSays(world, call)
  world.pve.calls.unshift({ ...call, id: crypto.randomUUID(), server, status, took_ms: 38.4, at: ago(0) })
  const body = JSON.stringify({ data, ...(status !== 200 && { message: reason }), ...(errors && { errors }) })
  return { status, reason, content_type: 'application/json;charset=UTF-8', body, truncated: false, took_ms: 38.4 }
}

/** @param {Pve} pve @param {string} method @param {string | undefined} id @param {any} body */
function favourites(pve, method, id, body) {
  if (method === 'GET') return { favourites: pve.favourites }
  if (method === 'DELETE') {
    pve.favourites = pve.favourites.filter(one => one.id !== id)
    return null
  }
  const made = { id: crypto.randomUUID(), method: body.method, path: body.path }
  pve.favourites.push(made)
  return made
}

/** @param {World} world @param {Options} options @param {string} method @param {string | undefined} id */
async function snapshots(world, options, method, id) {
  const { pve } = world
  if (options.scenario === 'error') throw new Refusal(500, 'internal', 'The list could not be read.')
  const found = pve.kept.find(one => one.snapshot.id === id)
  if (id && !found) throw new Refusal(404, 'not_found', 'No such snapshot.')
  if (id && method === 'DELETE') {
    pve.kept = pve.kept.filter(one => one !== found)
    return null
  }
  if (id) return found
  if (method === 'GET') return { snapshots: pve.kept.map(one => one.snapshot), next_cursor: null }
  if (pve.plan.version === 0) throw new Refusal(409, 'no_plan', 'Say first what is kept.')
  await new Promise(resolve => setTimeout(resolve, 800))
  const made = keep(pve.kept.length + 500, ago(0), 'Jane Doe', false, partsAt(4, options.many ?? false))
  pve.kept.unshift(made)
  return made.snapshot
}

/** @param {World} world @param {Options} options @param {string} method @param {any} body @param {string} [ifMatch] */
function plan({ pve }, options, method, body, ifMatch) {
  if (method === 'GET') return pve.plan
  if (options.scenario === 'changed' || ifMatch !== `"${pve.plan.version}"`)
    throw new Refusal(412, 'changed_meanwhile', 'Changed.')
  const wrong = body.paths.findIndex((/** @type {string} */ path) => CLOSED_PATH.test(path))
  if (wrong >= 0) {
    throw new Refusal(422, 'invalid', 'Not so.', [
      { field: 'paths', code: 'closed', detail: `${body.paths[wrong]} cannot be kept` },
    ])
  }
  Object.assign(pve.plan, body, {
    version: pve.plan.version + 1,
    next_at: body.every_hours ? ago(-body.every_hours) : null,
  })
  return pve.plan
}

const CLOSED_PATH = /^\/access\/(ticket|tfa|users)/

/** @param {World} world @param {Options} options @param {string} method @param {string[]} path @param {any} body @param {URLSearchParams} query @param {string} [ifMatch] */
export function pveAnswer(world, options, method, [noun, ...rest], body, query, ifMatch) {
  if (noun === 'pve-calls') {
    if (method === 'DELETE') world.pve.calls = []
    return method === 'DELETE' ? null : { calls: world.pve.calls }
  }
  if (noun === 'pve-favourites') return favourites(world.pve, method, rest[0], body)
  if (noun !== 'servers') return undefined
  const [server = '', what, id] = rest
  if (what === 'pve' && id === 'schema') return schema(world, options, query.get('fresh') === 'true')
  if (what === 'pve' && id === 'call') return callPve(world, options, server, body)
  if (what === 'config-plan') return plan(world, options, method, body, ifMatch)
  if (what === 'config-snapshots') return snapshots(world, options, method, id)
  return undefined
}
