// @ts-check
/**
 * The made-up organisation of the mock: people, servers, guests in every state. Development only.
 *
 * @typedef {import('../src/lib/api/types').Guest} Guest
 * @typedef {import('../src/lib/api/types').Task} Task
 * @typedef {import('../src/lib/api/types').Me} Me
 * @typedef {import('../src/lib/api/types').Tenant} Tenant
 * @typedef {'admin' | 'manager' | 'viewer'} Role
 */

/** The same numbers on each start. */
export function seeded(seed = 7) {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

const GIB = 1024 ** 3

/** @param {number} number */
export const uuid = number => `0192f0aa-0000-7000-8000-${String(number).padStart(12, '0')}`

const NAMES = [
  ['web-01', 'web prod'],
  ['web-02', 'web prod'],
  ['web-03', 'web prod'],
  ['db-01', 'db prod'],
  ['db-02', 'db prod'],
  ['db-replica-frankfurt', 'db'],
  ['cache-01', 'prod'],
  ['mail', 'prod'],
  ['gitlab', 'dev'],
  ['gitlab-runner-01', 'dev ci'],
  ['gitlab-runner-02', 'dev ci'],
  ['jenkins-legacy', 'ci'],
  ['grafana', 'monitoring'],
  ['prometheus', 'monitoring'],
  ['loki', 'monitoring'],
  ['vpn-gateway', 'net prod'],
  ['dns-01', 'net prod'],
  ['dns-02', 'net prod'],
  ['opnsense', 'net'],
  ['win-dc-01', 'windows prod'],
  ['win-dc-02', 'windows prod'],
  ['win-terminal', 'windows'],
  ['win11-test', 'windows dev'],
  ['erp', 'prod'],
  ['erp-staging', 'staging'],
  ['a-guest-with-a-very-long-name-that-somebody-gave-it-in-a-hurry', 'staging'],
  ['shop', 'web prod'],
  ['shop-staging', 'web staging'],
  ['minio-01', 'storage'],
  ['minio-02', 'storage'],
  ['nextcloud', 'prod'],
  ['wiki', 'prod'],
  ['backup', 'storage'],
  ['k3s-01', 'k8s prod'],
  ['k3s-02', 'k8s prod'],
  ['k3s-03', 'k8s prod'],
  ['desktop-anna', 'vdi'],
  ['desktop-ben', 'vdi'],
  ['desktop-carla', 'vdi'],
  ['debian-12-template', ''],
]

const SERVERS = [
  { id: uuid(901), name: 'Frankfurt', host: 'pve.fra.example.net', nodes: ['fra-1', 'fra-2', 'fra-3'] },
  { id: uuid(902), name: 'Office', host: '10.20.0.5', nodes: ['office'] },
  { id: uuid(903), name: 'Lab', host: 'lab.example.net', nodes: ['lab'] },
]

/** Every kind of state at least once, the rest mostly running. @param {number} index @param {number} chance */
function statusAt(index, chance) {
  if (index % 40 === 39 || index % 13 === 11) return 'stopped'
  if (index % 17 === 9) return 'paused'
  if (index === 24) return 'unknown'
  return chance < 0.78 ? 'running' : 'stopped'
}

/** @param {Guest['status']} status @param {Guest['type']} type @returns {Guest['actions']} */
export function actionsFor(status, type) {
  if (status === 'running') {
    return type === 'qemu' ? ['shutdown', 'reboot', 'suspend', 'reset', 'stop'] : ['shutdown', 'reboot', 'stop']
  }
  if (status === 'paused') return ['resume', 'reset', 'stop']
  return status === 'stopped' ? ['start'] : []
}

/** @param {number} count @param {Role} role @returns {Guest[]} */
export function makeGuests(count, role) {
  const random = seeded()
  const now = new Date().toISOString()
  const all = Array.from({ length: count }, (_, index) => {
    const [base = '', tags = ''] = NAMES[index % NAMES.length] ?? []
    const round = Math.floor(index / NAMES.length)
    const server = SERVERS[index % 9 === 8 ? 1 : index % 15 === 14 ? 2 : 0] ?? SERVERS[0]
    const template = base.endsWith('template')
    /** @type {Guest['type']} */
    const type = /dns|cache|loki|grafana|prometheus|wiki/.test(base) ? 'lxc' : 'qemu'
    const status = template ? 'stopped' : statusAt(index, random())
    const memory = [2, 4, 8, 16, 32, 64][Math.floor(random() * 6)] ?? 4
    const cores = [1, 2, 4, 8, 16][Math.floor(random() * 5)] ?? 2
    const up = status === 'running' || status === 'paused'
    return /** @type {Guest} */ ({
      server: { id: server?.id, name: server?.name },
      type,
      vmid: 100 + index,
      name: round === 0 ? base : `${base}-${round}`,
      status,
      template,
      lock: index === 32 ? 'backup' : null,
      node: role === 'viewer' ? null : (server?.nodes[index % server.nodes.length] ?? null),
      tags: tags === '' ? [] : tags.split(' '),
      pool: /prod/.test(tags) ? 'production' : null,
      cpu: up ? Math.min(0.99, random() ** 3 + 0.004) : null,
      max_cpu: cores,
      memory_bytes: up ? Math.round(memory * GIB * (0.2 + random() * 0.78)) : null,
      max_memory_bytes: memory * GIB,
      disk_bytes: type === 'lxc' && up ? Math.round((index % 9) * 1.37 * GIB) + GIB : null,
      max_disk_bytes: (16 + (index % 7) * 16) * GIB,
      disk_read: up ? (index % 5) * 1_250_000 : null,
      disk_write: up ? (index % 7) * 480_000 + 3_000 : null,
      net_in: up ? (index % 11) * 210_000 + 900 : null,
      net_out: up ? (index % 4) * 1_900_000 + 400 : null,
      ha_state: index % 12 === 0 ? 'started' : index === 23 ? 'error' : null,
      uptime_seconds: up ? Math.floor(random() ** 2 * 9_000_000) + 40 : null,
      data_at: now,
      may: rights(role, index),
      actions: template ? [] : actionsFor(status, type),
    })
  })
  return role === 'viewer' ? all.filter((_, index) => [0, 3, 7, 9, 22, 36].includes(index)) : all
}

/** @param {Role} role @param {number} index */
function rights(role, index) {
  if (role !== 'viewer') return { console: true, watch: true, power: true, snapshot: true }
  const power = index !== 3 && index !== 7 && index !== 9
  return { console: index !== 3, watch: index !== 9, power, snapshot: index === 0 }
}

/** @param {Role} role @param {'en' | 'de'} language @param {boolean} several @returns {Me} */
export function makeMe(role, language, several) {
  /** @type {Me['tenants']} */
  const tenants = [{ id: uuid(1), slug: 'acme', name: 'Acme Hosting', role, is_active: true }]
  if (several) {
    tenants.push({ id: uuid(2), slug: 'globex', name: 'Globex Corporation', role: 'viewer', is_active: true })
    tenants.push({
      id: uuid(3),
      slug: 'initech',
      name: 'Initech Information Technologies Europe GmbH',
      role: 'manager',
      is_active: true,
    })
  }
  return {
    user: {
      id: uuid(50),
      email: 'jane.doe@example.org',
      full_name: 'Jane Doe',
      user_name: 'jane',
      company: 'Acme Hosting GmbH',
      avatar: null,
      verified: true,
      system_role: 'user',
      language,
      theme: 'system',
    },
    tenants,
    mail: true,
  }
}

/** @param {string} id @param {Role} role @param {boolean} [inactive] @returns {Tenant} */
export function makeTenant(id, role, inactive = false) {
  const manage = role !== 'viewer'
  const admin = role === 'admin'
  return {
    id,
    slug: 'acme',
    name: 'Acme Hosting',
    role,
    description: '',
    is_active: !inactive,
    may: {
      see_servers: manage,
      manage_servers: manage && !inactive,
      delete_servers: admin && !inactive,
      see_all_guests: manage,
      see_members: manage,
      manage_members: admin && !inactive,
      see_settings: manage,
      manage_settings: admin && !inactive,
      see_audit: admin,
      see_all_consoles: admin,
      end_consoles: admin && !inactive,
      read_pve: manage,
      write_pve: manage && !inactive,
    },
    brand: { primary_color: null, secondary_color: null, accent_color: null, logo: null },
  }
}

/** @param {Guest[]} guests @returns {Task[]} */
export function makeTasks(guests) {
  const now = Date.now()
  /** @type {[number, Task['action'], Task['state'], number, number | null, string | null][]} */
  const rows = [
    [3, 'reboot', 'running', 8, null, null],
    [0, 'start', 'ok', 62, 4, null],
    [11, 'start', 'failed', 340, 2, 'start failed: QEMU exited with code 1'],
    [19, 'shutdown', 'ok', 1900, 21, null],
  ]
  return rows.flatMap(([index, action, state, ago, took, detail], number) => {
    const guest = guests[index] ?? guests[0]
    if (!guest) return []
    const start = now - ago * 1000
    return [
      {
        id: uuid(700 + number),
        guest: { server: guest.server.id, type: guest.type, vmid: guest.vmid },
        guest_name: guest.name,
        action,
        state,
        detail,
        user_name: number === 2 ? 'Ben Fischer' : 'Jane Doe',
        may: { stop: state === 'running', log: true },
        upid: 'UPID:fra-1:0003B2C1:0A1B2C3D:68A1B2C3:qmstart:100:nexus@pve!broker:',
        created_at: new Date(start).toISOString(),
        ended_at: took === null ? null : new Date(start + took * 1000).toISOString(),
      },
    ]
  })
}
