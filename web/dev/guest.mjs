// @ts-check
/**
 * The mock's single guest: configuration, figures over time, IP addresses and snapshots. Development only.
 *
 * @typedef {import('../src/lib/api/types').GuestConfig} GuestConfig
 * @typedef {import('../src/lib/api/types').GuestFigures} GuestFigures
 * @typedef {import('../src/lib/api/types').GuestAddresses} GuestAddresses
 * @typedef {import('../src/lib/api/types').Snapshot} Snapshot
 * @typedef {import('../src/lib/api/types').SnapshotList} SnapshotList
 * @typedef {import('../src/lib/api/types').Task} Task
 * @typedef {import('./data.mjs').Guest} Guest
 * @typedef {import('./mock.mjs').Options} Options
 */
import { makeTasks, seeded } from './data.mjs'
import { Refusal } from './refusal.mjs'

const GIB = 1024 ** 3
const MIB = 1024 ** 2
/** @param {number} seconds */
const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString()
const DAY = 86_400

/** @param {Guest} guest */
const isLinux = guest => !/^win/.test(guest.name)

/** What an inner name or option is for who may not know the inside of the server. @param {boolean} inside */
const insideOf = inside => ({
  /** @param {[string, string][]} pairs */
  options: pairs => (inside ? pairs.map(([key, value]) => ({ key, value })) : []),
  /** @param {string} name */
  own: name => (inside ? name : null),
})

/** @param {Guest} guest @param {boolean} inside @returns {GuestConfig['disks']} */
function disksOf(guest, inside) {
  const { options, own } = insideOf(inside)
  const size = 32 + (guest.vmid % 7) * 16
  const qemu = [
    {
      key: 'scsi0',
      media: 'disk',
      storage: own('local-zfs'),
      volume: own(`vm-${guest.vmid}-disk-0`),
      size_bytes: size * GIB,
      path: null,
      options: options([
        ['discard', 'on'],
        ['iothread', '1'],
        ['ssd', '1'],
      ]),
    },
    {
      key: 'scsi1',
      media: 'disk',
      storage: own('ceph-nvme'),
      volume: own(`vm-${guest.vmid}-disk-1`),
      size_bytes: 500 * GIB,
      path: null,
      options: options([
        ['backup', '0'],
        ['cache', 'writeback'],
      ]),
    },
    {
      key: 'efidisk0',
      media: 'efidisk',
      storage: own('local-zfs'),
      volume: own(`vm-${guest.vmid}-disk-2`),
      size_bytes: MIB,
      path: null,
      options: options([['pre-enrolled-keys', '1']]),
    },
    {
      key: 'ide2',
      media: 'cdrom',
      storage: own('isos'),
      volume: own('iso/debian-13.1.0-amd64-netinst.iso'),
      size_bytes: 783 * MIB,
      path: null,
      options: [],
    },
    {
      key: 'unused0',
      media: 'unused',
      storage: own('local-zfs'),
      volume: own(`vm-${guest.vmid}-disk-3`),
      size_bytes: null,
      path: null,
      options: [],
    },
  ]
  const lxc = [
    {
      key: 'rootfs',
      media: 'rootfs',
      storage: own('local-zfs'),
      volume: own(`subvol-${guest.vmid}-disk-0`),
      size_bytes: 16 * GIB,
      path: '/',
      options: [],
    },
    {
      key: 'mp0',
      media: 'mountpoint',
      storage: own('ceph-nvme'),
      volume: own(`vm-${guest.vmid}-disk-1`),
      size_bytes: 250 * GIB,
      path: '/var/lib/data',
      options: options([['backup', '1']]),
    },
  ]
  return guest.type === 'lxc' ? lxc : qemu
}

/** @param {Guest} guest @param {boolean} inside whether the person may know the inside of the server @returns {GuestConfig} */
function config(guest, inside) {
  const container = guest.type === 'lxc'
  const { options, own } = insideOf(inside)
  const network = {
    mac: 'BC:24:11:2E:C9:77',
    bridge: own('vmbr0'),
    vlan: inside ? 120 : null,
    firewall: true,
    connected: true,
    rate_mbps: null,
  }
  return {
    description:
      guest.name === 'web-01' ? 'Shop front end.\n\nOn call: shop@example.org\nRestart only after 20:00.' : '',
    os_type: container ? 'debian' : isLinux(guest) ? 'l26' : 'win11',
    bios: container ? null : 'ovmf',
    machine: container ? null : 'q35',
    cpu_type: container ? null : 'x86-64-v2-AES',
    sockets: container ? null : 2,
    cores: container ? (guest.max_cpu ?? 1) : Math.max(1, (guest.max_cpu ?? 2) / 2),
    cpu_limit: container ? 2 : null,
    memory_bytes: guest.max_memory_bytes ?? GIB,
    minimum_memory_bytes: container ? null : Math.round((guest.max_memory_bytes ?? GIB) / 2),
    swap_bytes: container ? 512 * MIB : null,
    agent: container ? null : guest.vmid % 5 !== 2,
    starts_at_boot: guest.vmid % 2 === 0,
    protected: guest.vmid % 4 === 3,
    unprivileged: container ? true : null,
    boot_order: container ? [] : ['scsi0', 'ide2', 'net0'],
    display: container ? null : 'virtio-gl',
    disks: disksOf(guest, inside),
    networks: [
      {
        ...network,
        key: 'net0',
        model: container ? 'veth' : 'virtio',
        addresses: container ? ['192.0.2.53/24', '2001:db8:53::53/64'] : [],
        options: options([['queues', '4']]),
      },
      {
        ...network,
        key: 'net1',
        model: container ? 'veth' : 'e1000',
        mac: 'BC:24:11:7A:00:1F',
        vlan: null,
        firewall: false,
        connected: false,
        rate_mbps: 12.5,
        addresses: [],
        options: [],
      },
    ],
    options: options([
      ['agent', 'enabled=1,fstrim_cloned_disks=1'],
      ['cipassword', '********'],
      ['ciuser', 'admin'],
      ['hotplug', 'network,disk,usb'],
      ['meta', 'creation-qemu=9.2.0,ctime=1745400000'],
      ['rng0', 'source=/dev/urandom'],
      ['scsihw', 'virtio-scsi-single'],
      ['smbios1', 'uuid=6f2d4a4e-21cf-4b6c-9c2c-8d6c83b2f0a1'],
      ['sshkeys', '********'],
      ['startup', 'order=2,up=30'],
      ['tablet', '1'],
      ['vmgenid', '0d8c7b64-4a6e-4cf3-8e5f-5a1d9c3c7a10'],
    ]),
    at: ago(0),
  }
}

/** @type {Record<string, [number, number]>} how many points of how many seconds */
const SPANS = { hour: [60, 60], day: [48, 1800], week: [56, 10_800], month: [60, 43_200], year: [53, 604_800] }

/** @param {Guest} guest @param {string} timeframe @param {string} consolidation @returns {GuestFigures} */
function figures(guest, timeframe, consolidation) {
  const [count, step] = SPANS[timeframe] ?? [60, 60]
  const random = seeded(guest.vmid * 31 + count)
  const end = Math.floor(Date.now() / 1000 / step) * step
  const peak = consolidation === 'max' ? 1.6 : 1
  const gap = Math.floor(count * 0.4)
  /** @param {(index: number) => number} value */
  const line = value =>
    Array.from({ length: count }, (_, index) =>
      guest.status === 'stopped' || (index >= gap && index < gap + 4) ? null : value(index),
    )
  const memory = guest.max_memory_bytes ?? GIB
  /** @param {number} index */
  const wave = index => 0.5 + 0.4 * Math.sin((index / count) * 9)
  return {
    timeframe: /** @type {GuestFigures['timeframe']} */ (timeframe),
    consolidation: /** @type {GuestFigures['consolidation']} */ (consolidation),
    step_seconds: step,
    times: Array.from({ length: count }, (_, index) =>
      new Date((end - (count - 1 - index) * step) * 1000).toISOString(),
    ),
    cpu: line(index => Math.min(1, peak * (0.08 + 0.3 * wave(index) * random()))),
    max_cpu: line(() => guest.max_cpu ?? 2),
    memory_bytes: line(index => memory * (0.45 + 0.12 * wave(index) + 0.03 * random())),
    max_memory_bytes: line(() => memory),
    disk_read: line(() => peak * random() ** 6 * 48 * MIB),
    disk_write: line(index => peak * (2 + 9 * wave(index) * random()) * MIB),
    net_in: line(index => peak * (0.4 + 3 * wave(index) * random()) * MIB),
    net_out: line(index => peak * (0.1 + 1.4 * wave(index) * random()) * MIB),
  }
}

/** @param {Guest} guest @returns {GuestAddresses} */
function addresses(guest) {
  const at = ago(0)
  if (guest.status === 'stopped') return { state: 'stopped', interfaces: [], at }
  if (guest.type === 'qemu' && guest.vmid % 5 === 2) return { state: 'not_configured', interfaces: [], at }
  if (guest.type === 'qemu' && guest.vmid % 5 === 3) return { state: 'not_running', interfaces: [], at }
  const last = guest.vmid % 200
  return {
    state: 'known',
    at,
    interfaces: [
      {
        name: isLinux(guest) ? 'ens18' : 'Ethernet Instance 0',
        mac: 'bc:24:11:2e:c9:77',
        addresses: [
          { address: `192.0.2.${last}`, prefix: 24, family: 4 },
          { address: `2001:db8:0:120:be24:11ff:fe2e:c9${last.toString(16)}`, prefix: 64, family: 6 },
          { address: 'fe80::be24:11ff:fe2e:c977', prefix: 64, family: 6 },
        ],
      },
      ...(guest.vmid === 100
        ? Array.from({ length: 6 }, (_, index) => ({
            name: `br-${(index * 77 + 16).toString(16)}ab34cd`,
            mac: null,
            addresses: [{ address: `172.${18 + index}.0.1`, prefix: 16, family: 4 }],
          }))
        : []),
    ],
  }
}

/** @param {Guest} guest @returns {SnapshotList} */
function firstSnapshots(guest) {
  const running = guest.status === 'running'
  const memory = running && guest.type === 'qemu'
  /** @param {string} name @param {string | null} parent @param {number} days @param {string} [description] @param {boolean} [ram] @returns {Snapshot} */
  const snap = (name, parent, days, description = '', ram = false) => ({
    name,
    parent,
    description,
    with_memory: ram,
    created_at: ago(days * DAY),
    state: null,
  })
  if (guest.vmid % 3 === 2) return { snapshots: [], current: null, running, memory }
  return {
    snapshots: [
      snap('installed', null, 210, 'Fresh installation, nothing configured.'),
      snap('before-13-upgrade', 'installed', 96, 'Debian 12, all services stopped', true),
      snap('try-php-8-4', 'before-13-upgrade', 60, 'Did not work: the shop needs ext-imap.'),
      snap('try-php-8-4_second-attempt-with-ext-imap', 'try-php-8-4', 58, '', true),
      snap('after-13-upgrade', 'before-13-upgrade', 55),
      snap(
        'new-payment',
        'after-13-upgrade',
        12,
        'Before the new payment provider goes live.\nKeep until the audit in March.',
      ),
      { ...snap('nightly', 'new-payment', 1, '', true), state: guest.vmid === 107 ? 'prepare' : null },
    ],
    current: 'nightly',
    running,
    memory,
  }
}

/** @type {Map<string, SnapshotList>} */
const lists = new Map()

/** @param {Guest} guest */
function snapshotsOf(guest) {
  const key = `${guest.server.id}/${guest.vmid}`
  const list = lists.get(key) ?? firstSnapshots(guest)
  lists.set(key, list)
  list.running = guest.status === 'running'
  list.memory = list.running && guest.type === 'qemu'
  return list
}

/**
 * Runs a task on snapshots and does its work at the end.
 *
 * @param {{ tasks: Task[] }} world @param {(type: string, data: unknown) => void} tell @param {Guest} guest
 * @param {Task['action']} action @param {string} snapshot @param {() => void} work
 */
function runTask(world, tell, guest, action, snapshot, work) {
  const [first] = makeTasks([guest])
  if (!first) throw new Refusal(500, 'internal', 'No task.')
  const start = new Date().toISOString()
  /** @type {Task} */
  const task = {
    ...first,
    id: crypto.randomUUID(),
    action,
    snapshot,
    state: 'running',
    detail: null,
    created_at: start,
    ended_at: null,
  }
  world.tasks.unshift(task)
  tell('task', task)
  setTimeout(() => {
    const failed = snapshot.startsWith('fail')
    if (!failed) work()
    const detail = failed ? 'snapshot feature is not available' : null
    Object.assign(task, { state: failed ? 'failed' : 'ok', detail, ended_at: new Date().toISOString() })
    tell('task', task)
    tell('guests', { changed: [guest], removed: [] })
  }, 3000)
  return task
}

/**
 * @param {{ tasks: Task[], role: string }} world @param {Options} options @param {(type: string, data: unknown) => void} tell
 * @param {string} method @param {Guest} guest @param {string[]} path @param {any} body
 */
function snapshotAnswer(world, options, tell, method, guest, path, body) {
  if (options.scenario === 'broken') throw new Refusal(502, 'pve_unreachable', 'no answer within 10 s')
  const list = snapshotsOf(guest)
  const [name, verb] = path
  if (!name && method === 'GET') return list
  if (!name) {
    if (list.snapshots.some(other => other.name === body.name)) throw new Refusal(409, 'snapshot_exists', 'Exists.')
    return runTask(world, tell, guest, 'snapshot_create', body.name, () => {
      const { name: fresh, description = '', with_memory = false } = body
      list.snapshots.push({
        name: fresh,
        description,
        with_memory,
        parent: list.current,
        created_at: ago(0),
        state: null,
      })
      list.current = fresh
    })
  }
  const snapshot = list.snapshots.find(other => other.name === name)
  if (!snapshot) throw new Refusal(404, 'not_found', 'No such snapshot.')
  if (verb === 'rollback') {
    return runTask(world, tell, guest, 'snapshot_rollback', name, () => {
      list.current = name
    })
  }
  if (method === 'PATCH') return Object.assign(snapshot, { description: body.description })
  return runTask(world, tell, guest, 'snapshot_delete', name, () => {
    const parent = snapshot.parent
    for (const other of list.snapshots) if (other.parent === name) other.parent = parent
    if (list.current === name) list.current = parent
    list.snapshots.splice(list.snapshots.indexOf(snapshot), 1)
  })
}

/**
 * What belongs to one guest, or undefined.
 *
 * @param {{ tasks: Task[], role: string }} world @param {Options} options @param {(type: string, data: unknown) => void} tell
 * @param {string} method @param {Guest} guest @param {string[]} path @param {any} body @param {URLSearchParams} query
 */
export function guestAnswer(world, options, tell, method, guest, [noun, ...rest], body, query) {
  if (noun === 'snapshots') return snapshotAnswer(world, options, tell, method, guest, rest, body)
  if (!['config', 'rrd', 'addresses'].includes(noun ?? '')) return undefined
  if (options.scenario === 'broken') throw new Refusal(502, 'pve_unreachable', 'no answer within 10 s')
  if (noun === 'config') return config(guest, world.role !== 'viewer')
  if (noun === 'addresses') return addresses(guest)
  return figures(guest, query.get('timeframe') ?? 'hour', query.get('consolidation') ?? 'average')
}
