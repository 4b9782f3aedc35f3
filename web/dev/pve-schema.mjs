// @ts-check
/**
 * The schema of PVE's API as the mock's servers describe it: a small part in our own words, or the whole of a real one
 * from the file that NEXUS_MOCK_PVE_SCHEMA names (PVE's tree as JSON). Development only.
 *
 * @typedef {import('../src/lib/api/types').PvePath} PvePath
 * @typedef {import('../src/lib/api/types').PveMethodInfo} Method
 * @typedef {import('../src/lib/api/types').PveParameter} Parameter
 * @typedef {import('./data.mjs').Role} Role
 */
import { readFileSync } from 'node:fs'

/** @param {string} name @param {Partial<Parameter>} [values] @returns {Parameter} */
const parameter = (name, values = {}) => ({
  name,
  type: 'string',
  in_path: false,
  optional: false,
  description: '',
  format: null,
  default: null,
  minimum: null,
  maximum: null,
  max_length: null,
  pattern: null,
  values: [],
  type_text: null,
  ...values,
})

/** @param {string} name @param {string} description @param {Partial<Parameter>} [values] */
const option = (name, description, values = {}) => parameter(name, { optional: true, description, ...values })
/** @param {string} name @param {string} description @param {string} [preset] */
const flag = (name, description, preset = '0') => option(name, description, { type: 'boolean', default: preset })
/** @param {string} name @param {string} description @param {string[]} values @param {string} [preset] */
const choice = (name, description, values, preset) => option(name, description, { values, default: preset ?? null })
/** @param {string} name @param {string} description @param {number} minimum @param {number | null} maximum @param {string} [preset] */
const number = (name, description, minimum, maximum, preset) =>
  option(name, description, { type: 'integer', minimum, maximum, default: preset ?? null })

/** @type {Record<string, Partial<Parameter>>} */
const PLACES = {
  node: { description: 'Name of the node.', format: 'pve-node' },
  vmid: {
    type: 'integer',
    description: 'Number of the guest.',
    minimum: 100,
    maximum: 999_999_999,
    format: 'pve-vmid',
  },
  storage: { description: 'Name of the storage.', format: 'pve-storage-id' },
  snapname: { description: 'Name of the snapshot.', max_length: 40, format: 'pve-configid' },
  upid: { description: 'Id of the task.' },
  volume: { description: 'Volume of the storage.' },
  poolid: { description: 'Name of the pool.', format: 'pve-poolid' },
  userid: { description: 'Full user id, as name@realm.', max_length: 64, format: 'pve-userid' },
}

const QEMU_CONFIG = [
  flag('acpi', 'ACPI on or off.', '1'),
  option('agent', 'The guest agent and how it is reached.', {
    type_text: '[enabled=]<1|0> [,fstrim_cloned_disks=<1|0>] [,type=<virtio|isa>]',
  }),
  number('balloon', 'Memory in MiB that the guest has at least; 0 switches ballooning off.', 0, null),
  choice('bios', 'What the guest starts with.', ['seabios', 'ovmf'], 'seabios'),
  option('boot', 'What the guest starts from, in order.', { type_text: 'order=<device[;device...]>' }),
  option('cipassword', 'Password that cloud-init gives to the user.'),
  number('cores', 'Cores of each socket.', 1, null, '1'),
  option('cpulimit', 'How much of the CPU the guest may use.', {
    type: 'number',
    minimum: 0,
    maximum: 128,
    default: '0',
  }),
  option('delete', 'Settings to take away.', { format: 'pve-configid-list' }),
  option('description', 'Notes about the guest, as Markdown.', { max_length: 8192 }),
  option('digest', 'Refuses the change where the configuration has another digest.', { max_length: 64 }),
  option('ide[n]', 'A disk or drive on the IDE bus (0 to 3).', {
    type_text: '[file=]<volume> [,media=<cdrom|disk>] [,size=<disk size>]',
  }),
  option('memory', 'Memory of the guest.', { type_text: '[current=]<integer>', default: '512' }),
  option('name', 'Name of the guest.', { format: 'dns-name', pattern: '[a-zA-Z0-9][a-zA-Z0-9.-]*' }),
  option('net[n]', 'A network card.', {
    type_text: '[model=]<enum> [,bridge=<bridge>] [,firewall=<1|0>] [,tag=<integer>]',
  }),
  flag('onboot', 'Starts with the node.'),
  choice('ostype', 'What runs in the guest.', ['other', 'win10', 'win11', 'l24', 'l26', 'solaris'], 'other'),
  flag('protection', 'Nobody can remove the guest or its disks.'),
  option('scsi[n]', 'A disk on the SCSI bus (0 to 30).', {
    type_text: '[file=]<volume> [,cache=<enum>] [,discard=<ignore|on>] [,size=<disk size>]',
  }),
  number('sockets', 'How many sockets there are.', 1, null, '1'),
  option('startup', 'When it starts, and how long it may take.', {
    type_text: '[[order=]\\d+] [,up=\\d+] [,down=\\d+]',
  }),
  option('tags', 'Tags of the guest.', { format: 'pve-tag-list' }),
]

const POWER = [number('timeout', 'Seconds to wait at most.', 0, null)]
const TASK = 'Returns the id of the task.'
/** @typedef {[string, string, string, string, Parameter[]?, Partial<Method>?]} Row */

/** Path, methods with names, words, parameters. @type {Row[]} */
const ROWS = [
  ['/access', 'GET', 'index', 'What there is of accounts and rights.'],
  ['/access/acl', 'GET', 'read_acl', 'Who has which role on what.'],
  [
    '/access/acl',
    'PUT',
    'update_acl',
    'Gives and takes roles.',
    [parameter('path', { description: 'On what.' }), parameter('roles', { description: 'Which roles.' })],
  ],
  [
    '/access/permissions',
    'GET',
    'permissions',
    'The rights of a user or token.',
    [option('path', 'Only those on this.')],
  ],
  [
    '/access/ticket',
    'POST',
    'create_ticket',
    'Signs in with a password.',
    [parameter('username', { description: 'Who.' }), parameter('password', { description: 'With what.' })],
  ],
  ['/access/users', 'GET', 'index', 'The users.', [flag('full', 'With their groups and tokens.')]],
  ['/access/users/{userid}/token/{tokenid}', 'POST', 'generate_token', 'Makes a token.'],
  ['/cluster', 'GET', 'index', 'What there is of the cluster.'],
  ['/cluster/backup', 'GET', 'index', 'The backup jobs.'],
  ['/cluster/firewall/options', 'GET', 'get_options', 'How the firewall of the cluster is set.'],
  [
    '/cluster/ha/resources',
    'GET',
    'index',
    'What high availability looks after.',
    [choice('type', 'Only of this kind.', ['ct', 'vm'])],
  ],
  ['/cluster/log', 'GET', 'log', 'The log of the cluster.', [number('max', 'Lines at most.', 1, null)]],
  [
    '/cluster/nextid',
    'GET',
    'nextid',
    'A number that no guest has yet.',
    [number('vmid', 'Is this one free?', 100, 999_999_999)],
  ],
  ['/cluster/options', 'GET', 'get_options', 'Settings of the datacenter.'],
  [
    '/cluster/resources',
    'GET',
    'resources',
    'Nodes, guests and storages with what they use.',
    [choice('type', 'Only of this kind.', ['vm', 'storage', 'node', 'sdn'])],
  ],
  ['/cluster/status', 'GET', 'get_status', 'Nodes and quorum.'],
  ['/cluster/tasks', 'GET', 'tasks', 'The last tasks.'],
  ['/nodes', 'GET', 'index', 'The nodes with what they use.'],
  ['/nodes/{node}', 'GET', 'index', 'What there is of a node.'],
  ['/nodes/{node}/dns', 'GET', 'dns', 'The name servers of the node.'],
  ['/nodes/{node}/lxc', 'GET', 'vmlist', 'The containers of the node.'],
  [
    '/nodes/{node}/lxc/{vmid}/config',
    'GET',
    'vm_config',
    'How the container is configured.',
    [flag('current', 'What holds now, without what waits for a restart.')],
  ],
  ['/nodes/{node}/lxc/{vmid}/status/current', 'GET', 'vm_status', 'How the container is doing.'],
  [
    '/nodes/{node}/network',
    'GET',
    'index',
    'The networks of the node.',
    [choice('type', 'Only of this kind.', ['bridge', 'bond', 'eth', 'vlan', 'any_bridge'])],
  ],
  ['/nodes/{node}/network', 'PUT', 'reload_network_config', 'Takes over what was changed.'],
  ['/nodes/{node}/network', 'DELETE', 'revert_network_changes', 'Throws away what was changed and not taken over.'],
  [
    '/nodes/{node}/qemu',
    'GET',
    'vmlist',
    'The virtual machines of the node.',
    [flag('full', 'With what running ones are doing.')],
  ],
  [
    '/nodes/{node}/qemu',
    'POST',
    'create_vm',
    `Makes a virtual machine, or restores one from an archive. ${TASK}`,
    [
      parameter('vmid', {
        type: 'integer',
        description: 'Number of the new guest.',
        minimum: 100,
        maximum: 999_999_999,
      }),
      option('archive', 'The archive to restore from.', { max_length: 255 }),
      flag('force', 'Overwrites a guest that is there.'),
      ...QEMU_CONFIG,
    ],
    { destroys: true, why: null },
  ],
  ['/nodes/{node}/qemu/{vmid}', 'GET', 'vmdiridx', 'What there is of a virtual machine.'],
  [
    '/nodes/{node}/qemu/{vmid}',
    'DELETE',
    'destroy_vm',
    `Removes the virtual machine and its disks. ${TASK}`,
    [
      flag('purge', 'Also from backup jobs and high availability.'),
      flag('destroy-unreferenced-disks', 'Also disks that the configuration does not name.'),
    ],
  ],
  [
    '/nodes/{node}/qemu/{vmid}/agent/exec',
    'POST',
    'exec',
    'Runs a command in the guest.',
    [parameter('command', { type: 'array', description: 'The command and its arguments.' })],
  ],
  [
    '/nodes/{node}/qemu/{vmid}/config',
    'GET',
    'vm_config',
    'How the virtual machine is configured.',
    [
      flag('current', 'What holds now, without what waits for a restart.'),
      option('snapshot', 'As of this snapshot.', { max_length: 40 }),
    ],
  ],
  ['/nodes/{node}/qemu/{vmid}/config', 'PUT', 'update_vm', 'Changes the configuration.', [...QEMU_CONFIG]],
  [
    '/nodes/{node}/qemu/{vmid}/config',
    'POST',
    'update_vm_async',
    `Changes the configuration. ${TASK}`,
    [...QEMU_CONFIG],
  ],
  [
    '/nodes/{node}/qemu/{vmid}/resize',
    'PUT',
    'resize_vm',
    `Makes a disk larger. ${TASK}`,
    [
      parameter('disk', { description: 'Which disk.', values: ['ide0', 'scsi0', 'scsi1', 'virtio0'] }),
      parameter('size', { description: 'The new size; with + it is added.', pattern: '\\+?\\d+(\\.\\d+)?[KMGT]?' }),
    ],
  ],
  [
    '/nodes/{node}/qemu/{vmid}/rrddata',
    'GET',
    'rrddata',
    'Figures over time.',
    [
      parameter('timeframe', { description: 'Over how long.', values: ['hour', 'day', 'week', 'month', 'year'] }),
      choice('cf', 'How they are put together.', ['AVERAGE', 'MAX']),
    ],
  ],
  ['/nodes/{node}/qemu/{vmid}/snapshot', 'GET', 'snapshot_list', 'The snapshots.'],
  [
    '/nodes/{node}/qemu/{vmid}/snapshot',
    'POST',
    'snapshot',
    `Takes a snapshot. ${TASK}`,
    [
      parameter('snapname', { description: 'What it is called.', max_length: 40, format: 'pve-configid' }),
      option('description', 'Words about it.'),
      flag('vmstate', 'With the memory.'),
    ],
  ],
  [
    '/nodes/{node}/qemu/{vmid}/snapshot/{snapname}',
    'DELETE',
    'delsnapshot',
    `Removes a snapshot. ${TASK}`,
    [flag('force', 'Also where its disks cannot be removed.')],
  ],
  [
    '/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback',
    'POST',
    'rollback',
    `Brings the guest back to the snapshot; what came after it is lost. ${TASK}`,
    [flag('start', 'Starts it afterwards.')],
    { destroys: true },
  ],
  ['/nodes/{node}/qemu/{vmid}/status', 'GET', 'vmcmdidx', 'What can be done.'],
  ['/nodes/{node}/qemu/{vmid}/status/current', 'GET', 'vm_status', 'How the virtual machine is doing.'],
  ...['start', 'shutdown', 'reboot', 'stop', 'reset', 'suspend', 'resume'].map(
    verb =>
      /** @type {Row} */ ([
        `/nodes/{node}/qemu/{vmid}/status/${verb}`,
        'POST',
        `vm_${verb}`,
        `${verb[0]?.toUpperCase()}${verb.slice(1)} of the virtual machine. ${TASK}`,
        verb === 'stop' ? [...POWER, flag('overrule-shutdown', 'Calls off a shutdown that waits.')] : POWER,
      ]),
  ),
  ['/nodes/{node}/qemu/{vmid}/vncproxy', 'POST', 'vncproxy', 'Opens a console and gives out its ticket.'],
  ['/nodes/{node}/status', 'GET', 'status', 'How the node is doing.'],
  [
    '/nodes/{node}/status',
    'POST',
    'node_cmd',
    'Restarts the node or switches it off.',
    [parameter('command', { description: 'Which of both.', values: ['reboot', 'shutdown'] })],
  ],
  [
    '/nodes/{node}/storage',
    'GET',
    'index',
    'The storages of the node.',
    [option('content', 'Only those that take this.', { type: 'array' }), flag('enabled', 'Only those that are on.')],
  ],
  [
    '/nodes/{node}/storage/{storage}/content',
    'GET',
    'index',
    'What lies on the storage.',
    [option('vmid', 'Only of this guest.', { type: 'integer', minimum: 100 })],
  ],
  [
    '/nodes/{node}/storage/{storage}/content/{volume}',
    'DELETE',
    'delete',
    'Removes a volume.',
    [number('delay', 'Seconds to wait for it.', 1, 30)],
  ],
  [
    '/nodes/{node}/tasks',
    'GET',
    'node_tasks',
    'The tasks of the node.',
    [
      flag('errors', 'Only those that failed.'),
      number('limit', 'How many.', 0, null, '50'),
      number('start', 'From which on.', 0, null, '0'),
    ],
  ],
  [
    '/nodes/{node}/tasks/{upid}/log',
    'GET',
    'read_task_log',
    'The log of a task.',
    [number('limit', 'Lines at most.', 0, null, '50'), number('start', 'From which line on.', 0, null, '0')],
  ],
  ['/nodes/{node}/termproxy', 'POST', 'termproxy', 'Opens a shell on the node.'],
  [
    '/nodes/{node}/vzdump',
    'POST',
    'vzdump',
    `Makes a backup. ${TASK}`,
    [
      option('vmid', 'Which guests.', { format: 'pve-vmid-list' }),
      choice('mode', 'How.', ['snapshot', 'suspend', 'stop'], 'snapshot'),
      option('storage', 'Where to.', { format: 'pve-storage-id' }),
    ],
  ],
  ['/pools', 'GET', 'index', 'The pools.'],
  ['/pools', 'DELETE', 'delete_pool', 'Removes a pool.', [parameter('poolid', { description: 'Which one.' })]],
  ['/pools/{poolid}', 'GET', 'read_pool', 'One pool.'],
  [
    '/storage',
    'GET',
    'index',
    'The storages.',
    [option('type', 'Only of this kind.', { values: ['dir', 'lvmthin', 'nfs', 'zfspool', 'rbd', 'pbs'] })],
  ],
  [
    '/storage',
    'POST',
    'create',
    'Makes a storage.',
    [
      parameter('storage', { description: 'What it is called.' }),
      parameter('type', { description: 'Of which kind.', values: ['dir', 'lvmthin', 'nfs'] }),
      option('password', 'With which password.'),
    ],
  ],
  ['/version', 'GET', 'version', 'Which PVE this is.'],
]

const CLOSED = /^\/access\/(ticket|acl|users\/)|termproxy|vncproxy|agent\/exec|^\/storage POST/
const WHY_CLOSED = 'It gives out credentials, or lets one into a guest or node past Nexus.'

/** @param {string} path @param {string} method @param {Role} role @returns {Pick<Method, 'may' | 'why'>} */
function judge(path, method, role) {
  if (CLOSED.test(`${path} ${method}`) && !(path === '/access/acl' && method === 'GET')) {
    return { may: 'closed', why: WHY_CLOSED }
  }
  if (/\{vmid\}/.test(path)) return { may: role === 'admin' ? 'yes' : 'scoped', why: null }
  if (method !== 'GET' && role !== 'admin')
    return { may: 'role', why: 'Only admins of the organisation may change this.' }
  return { may: /resources|tasks|qemu$|lxc$/.test(path) && role !== 'admin' ? 'scoped' : 'yes', why: null }
}

const PVESH = { GET: 'get', POST: 'create', PUT: 'set', DELETE: 'delete' }

/** @param {Row} row @param {Role} role @returns {Method} */
function methodOf([path, verb, name, description, parameters = [], more = {}], role) {
  const method = /** @type {Method['method']} */ (verb)
  const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, place = '']) =>
    parameter(place, { ...PLACES[place], in_path: true }),
  )
  return {
    method,
    name,
    description,
    parameters: [...places, ...parameters],
    returns: method === 'GET' ? 'array' : 'string',
    permissions: /vmid/.test(path)
      ? `["perm","/vms/{vmid}",["VM.${method === 'GET' ? 'Audit' : 'Config.Options'}"]]`
      : '{"user":"all"}',
    changes: method !== 'GET',
    destroys: method === 'DELETE',
    pvesh: PVESH[method],
    ...judge(path, method, role),
    ...more,
  }
}

/** PVE's own tree in the form of Nexus. @param {any} node @param {Role} role @param {PvePath[]} [found] @returns {PvePath[]} */
function convert(node, role, found = []) {
  for (const child of Array.isArray(node) ? node : (node.children ?? [])) {
    const places = new Set([...child.path.matchAll(/\{([^}]+)\}/g)].map(match => match[1]))
    const methods = Object.entries(child.info ?? {}).map(([verb, info]) => {
      const properties = Object.entries(info.parameters?.properties ?? {})
      const parameters = properties.map(([name, value]) =>
        parameter(name, {
          type: value.type ?? 'string',
          in_path: places.has(name),
          optional: Boolean(value.optional),
          description: String(value.description ?? ''),
          format: typeof value.format === 'string' ? value.format : null,
          default: value.default === undefined ? null : String(value.default),
          minimum: value.minimum === undefined ? null : Number(value.minimum),
          maximum: value.maximum === undefined ? null : Number(value.maximum),
          max_length: value.maxLength ?? null,
          pattern: value.pattern ?? null,
          values: (value.enum ?? []).map(String),
          type_text: value.typetext ?? null,
        }),
      )
      const row = /** @type {Row} */ ([child.path, verb, info.name, info.description])
      const permissions = JSON.stringify(info.permissions ?? {})
      return { ...methodOf(row, role), parameters, permissions, returns: info.returns?.type ?? 'null' }
    })
    if (methods.length > 0) found.push({ path: child.path, methods })
    convert(child, role, found)
  }
  return found
}

/** @param {Role} role @param {boolean} many @returns {PvePath[]} */
export function makePaths(role, many) {
  const file = process.env.NEXUS_MOCK_PVE_SCHEMA
  if (file) return convert(JSON.parse(readFileSync(file, 'utf8')), role).sort((a, b) => (a.path < b.path ? -1 : 1))
  /** @type {Map<string, PvePath>} */
  const paths = new Map()
  const extra = Array.from({ length: many ? 10_000 : 0 }, (_, index) => {
    const path = `/plugin-${Math.floor(index / 100)}/part-${index % 100}`
    return /** @type {Row} */ ([path, 'GET', 'index', `Part ${index} of a plug-in.`])
  })
  for (const row of [...ROWS, ...extra]) {
    const known = paths.get(row[0]) ?? { path: row[0], methods: [] }
    known.methods.push(methodOf(row, role))
    paths.set(row[0], known)
  }
  return [...paths.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}
