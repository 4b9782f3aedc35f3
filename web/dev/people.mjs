// @ts-check
/**
 * The mock's people of a tenant and what they may do: members, invitations, groups, assignments, settings, audit log
 * and console sessions. Development only.
 *
 * @typedef {import('../src/lib/api/types').Member} Member
 * @typedef {import('../src/lib/api/types').Group} Group
 * @typedef {import('../src/lib/api/types').Invitation} Invitation
 * @typedef {import('../src/lib/api/types').Assignment} Assignment
 * @typedef {import('../src/lib/api/types').Settings} Settings
 * @typedef {import('../src/lib/api/types').AuditEntry} AuditEntry
 * @typedef {import('../src/lib/api/types').ConsoleSession} ConsoleSession
 * @typedef {import('../src/lib/api/types').Person} Person
 * @typedef {import('./data.mjs').Guest} Guest
 * @typedef {import('./data.mjs').Role} Role
 */
import { Refusal } from './refusal.mjs'

/** @param {number} number */
const uuid = number => `0192f0aa-0000-7000-8000-${String(number).padStart(12, '0')}`
/** @param {number} seconds */
const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString()
/** @param {number} hours */
const ahead = hours => new Date(Date.now() + hours * 3_600_000).toISOString()

const DAY = 86_400

const NAMES = [
  'Jane Doe',
  'Anna Bergström',
  'Ben Fischer',
  'Carla Núñez',
  'David Chen',
  'Elif Yılmaz',
  'Farid Haddad',
  'Greta Lindqvist',
  'Hugo van der Merwe',
  'Maximiliane Freifrau von und zu Hohenstein-Wartenburg',
  'Ivana Kovač',
  'Jonas Weber',
]

/** @param {number} index @returns {Person} */
function person(index) {
  const round = Math.floor(index / NAMES.length)
  const base = NAMES[index % NAMES.length] ?? ''
  const full_name = round === 0 ? base : `${base} ${round + 1}`
  const plain = full_name.normalize('NFD').replace(/[^\w ]/g, '')
  const email = `${plain.toLowerCase().replace(/ +/g, '.')}@example.org`
  return { id: uuid(50 + index), full_name, email, avatar: null }
}

/** @param {number} index @param {Role} mine @returns {Member} */
function member(index, mine) {
  const admin = mine === 'admin'
  /** @type {Role} */
  const role = index === 0 ? mine : index === 1 ? 'admin' : index < 4 ? 'manager' : 'viewer'
  const sole = index > 2 && index % 5 !== 0
  return {
    user: person(index),
    company: index % 3 === 0 ? 'Acme Hosting GmbH' : '',
    role,
    is_active: index !== 8,
    verified: index !== 6,
    joined_at: ago(DAY * (400 - (index % 300))),
    last_seen_at: index === 6 ? null : ago((index % 40) ** 3 * 300 + 20),
    assignments: role === 'viewer' ? index % 6 : 0,
    groups: index > 4 && index % 2 === 0 ? [{ id: uuid(300), name: 'Class 10b' }] : [],
    version: 1,
    may: { edit: admin, remove: admin, reset: admin && sole, disable: admin && sole },
  }
}

/** @param {Guest[]} guests @param {boolean} many @returns {Assignment[]} */
function makeAssignments(guests, many) {
  /** @type {Assignment['permissions'][]} */
  const rights = [
    ['view', 'watch', 'console', 'power'],
    ['view'],
    ['view', 'watch', 'console', 'power', 'snapshot'],
    ['view', 'watch'],
  ]
  return Array.from({ length: many ? 400 : 14 }, (_, index) => {
    const guest = guests[(index * 3) % Math.max(1, guests.length)]
    const kind = index % 7 === 5 ? 'pool' : index % 7 === 6 ? 'tag' : 'guest'
    const group = index % 4 === 1
    const who = person(4 + (index % 8))
    return {
      id: uuid(400 + index),
      subject: group
        ? { kind: 'group', id: uuid(300), name: 'Class 10b', email: null, avatar: null }
        : { kind: 'user', id: who.id, name: who.full_name, email: who.email, avatar: null },
      target:
        kind === 'guest'
          ? {
              kind,
              server: guest?.server ?? null,
              type: guest?.type ?? 'qemu',
              vmid: guest?.vmid ?? 100,
              name: guest?.name ?? '',
            }
          : { kind, server: index % 2 ? (guest?.server ?? null) : null, name: kind === 'pool' ? 'production' : 'web' },
      permissions: rights[index % rights.length] ?? ['view'],
      until: index === 3 ? ago(DAY * 3) : index % 5 === 2 ? ahead(24 * 30) : null,
      expired: index === 3,
      asleep: index === 7,
      guests: kind === 'guest' ? 1 : 6,
      created_at: ago(DAY * index),
      version: 1,
    }
  })
}

/** @returns {Invitation[]} */
function makeInvitations() {
  /** @type {[string, Role][]} */
  const rows = [
    ['new.person@example.net', 'viewer'],
    ['somebody.with.a.long.name@department.university.example', 'manager'],
    ['late@example.net', 'viewer'],
  ]
  return rows.map(([email, role], index) => ({
    id: uuid(600 + index),
    email,
    role,
    invited_by: 'Jane Doe',
    created_at: ago(DAY * (index * 3 + 0.2)),
    expires_at: ahead(24 * (6 - index * 3) - 1),
    mailed: index === 0,
    expired: index === 2,
  }))
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'

/** @param {number} count @returns {AuditEntry[]} */
function makeAudit(count) {
  /** @type {[string, string, string, AuditEntry['outcome'], object | null, object | null, string | null][]} */
  const kinds = [
    ['session.create', 'user', 'Jane Doe', 'ok', null, null, null],
    ['member.update', 'member', 'Ben Fischer', 'ok', { role: 'viewer' }, { role: 'manager' }, null],
    ['guest.power', 'guest', 'web-01', 'ok', null, { action: 'reboot' }, null],
    ['guest.power', 'guest', 'web-01', 'intent', null, { action: 'reboot' }, null],
    ['console.open', 'guest', 'db-01', 'ok', null, { view_only: false }, null],
    ['session.create', 'user', 'greta.lindqvist@example.org', 'refused', null, null, 'wrong password'],
    [
      'server.update',
      'server',
      'Frankfurt',
      'ok',
      { host: '10.20.0.5', tls: { mode: 'insecure' }, notes: null },
      { host: 'pve.fra.example.net', tls: { mode: 'ca' }, notes: 'moved to the new cluster' },
      null,
    ],
    [
      'assignment.create',
      'assignment',
      'Elif Yılmaz, mail',
      'ok',
      null,
      { permissions: ['view', 'watch', 'console'], until: null },
      null,
    ],
    ['guest.power', 'guest', 'jenkins-legacy', 'failed', null, { action: 'start' }, 'QEMU exited with code 1'],
    ['setting.polish', 'tenant', 'Acme Hosting', 'ok', null, null, null],
  ]
  return Array.from({ length: count }, (_, index) => {
    const [action, kind, name, outcome, before, after, detail] = kinds[index % kinds.length] ?? [
      'session.create',
      'user',
      '',
      'ok',
      null,
      null,
      null,
    ]
    const who = person(index % 5)
    const system = index % 11 === 10
    return {
      id: uuid(10_000 + index),
      at: ago(index * 1700 + 12),
      actor: system ? { kind: 'system', id: null, name: 'system' } : { kind: 'user', id: who.id, name: who.full_name },
      address: system ? '' : index % 3 ? '192.0.2.17' : '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      user_agent: system ? '' : AGENT,
      action,
      target: { kind, id: uuid(20_000 + (index % 7)), name },
      before,
      after,
      outcome,
      detail,
      request_id: system ? null : '0192f0aa7c3e4d51',
      token: !system && index % 7 === 2 ? 'nightly-backup' : null,
      seq: index < 2 ? null : count - index,
    }
  })
}

/** @param {Guest[]} guests @param {Role} role @returns {ConsoleSession[]} */
function makeConsoles(guests, role) {
  const reasons = ['client_closed', 'idle', 'ended_by_admin', 'Maintenance at six, please save your work', 'pve_closed']
  const all = Array.from({ length: 12 }, (_, index) => {
    const guest = guests[(index * 5) % Math.max(1, guests.length)]
    const open = index < 4
    const started = index * index * 2400 + 90
    return /** @type {ConsoleSession} */ ({
      id: uuid(800 + index),
      user: index === 9 ? null : person(index % 6),
      user_name: index === 9 ? 'gone@example.org' : person(index % 6).email,
      guest: { server: guest?.server.id ?? uuid(901), type: guest?.type ?? 'qemu', vmid: guest?.vmid ?? 100 },
      guest_name: guest?.name ?? 'web-01',
      server_name: guest?.server.name ?? 'Frankfurt',
      tenant: { id: uuid(1), slug: 'acme', name: 'Acme Hosting' },
      view_only: index % 3 === 2,
      state: open ? (index === 3 ? 'requested' : 'open') : 'ended',
      address: index % 2 ? '192.0.2.17' : '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      user_agent: AGENT,
      created_at: ago(started + 1),
      started_at: index === 3 ? null : ago(started),
      ended_at: open ? null : ago(Math.max(5, started - 1300 * index)),
      bytes_down: 900_000 * (index * 7 + 1),
      bytes_up: 14_000 * (index + 1),
      end_reason: open ? null : (reasons[index % reasons.length] ?? null),
      may: { end: open && (role === 'admin' || index === 0) },
      browser_rtt_ms: open && index < 3 ? [24.3, 3.1, 412][index] : null,
      server_rtt_ms: open && index < 3 ? [2.4, 0.6, null][index] : null,
      idle_seconds: open && index < 2 ? [4, 1312][index] : null,
      upid:
        role === 'viewer'
          ? null
          : `UPID:fra-1:0001F4E2:00A1B2C3:6500${index}000:vncproxy:${guest?.vmid ?? 100}:nexus@pve!broker:`,
    })
  })
  return role === 'admin' ? all : all.filter((_, index) => index % 6 === 0)
}

/** What this file keeps. @param {{ scenario?: string, many?: boolean, role?: Role }} options @param {Guest[]} guests */
export function makePeopleWorld(options, guests) {
  const role = options.role ?? 'admin'
  const empty = options.scenario === 'empty'
  const many = options.many ?? false
  const members = Array.from({ length: empty ? 1 : many ? 230 : 12 }, (_, index) => member(index, role))
  return {
    members,
    invitations: empty ? [] : makeInvitations(),
    /** @type {Group[]} */
    groups: empty
      ? []
      : [
          {
            id: uuid(300),
            name: 'Class 10b',
            members: members.slice(4, 14).map(one => one.user),
            assignments: 4,
            version: 1,
          },
          {
            id: uuid(301),
            name: 'Night shift',
            members: members.slice(1, 3).map(one => one.user),
            assignments: 0,
            version: 1,
          },
        ],
    assignments: empty ? [] : makeAssignments(guests, many),
    /** @type {Settings} */
    settings: {
      name: 'Acme Hosting',
      description: 'Customers of the data centre in Frankfurt',
      viewer_scope: 'assigned',
      audit_retention_days: 365,
      health_interval_seconds: null,
      alerts_enabled: true,
      alert_success_percent: 80,
      alert_latency_ms: 500,
      alert_offline_seconds: 300,
      alert_email: 'oncall@example.org',
      mail_on_alert: true,
      mail_on_recovery: true,
      primary_color: null,
      secondary_color: null,
      accent_color: null,
      logo: null,
      logo_on_sign_in: false,
      language: 'en',
      default_timeout_seconds: 10,
      default_tls_mode: 'pin',
      console_per_user: null,
      console_per_guest: null,
      console_per_tenant: null,
      console_idle_seconds: null,
      console_max_seconds: null,
      defaults: { health_interval_seconds: 60, console_per_user: 8 },
      version: 1,
    },
    audit: empty ? [] : makeAudit(many ? 2000 : 90),
    consoles: empty ? [] : makeConsoles(guests, role),
  }
}

/** @typedef {ReturnType<typeof makePeopleWorld>} PeopleWorld */
/** @typedef {{ people: PeopleWorld, role: Role, system: { confirmed: boolean } }} World */
/** @typedef {{ scenario?: string }} Options */

/** @param {World} world @param {Options} options @param {string} method */
function delicate(world, options, method) {
  if (options.scenario === 'changed' && (method === 'PUT' || method === 'PATCH'))
    throw new Refusal(412, 'changed_meanwhile', 'Somebody changed this meanwhile.')
  if (options.scenario === 'confirm' && method !== 'GET' && !world.system.confirmed)
    throw new Refusal(403, 'confirm_required', 'Say the password once more.')
}

/** @template T @param {T[]} rows @param {URLSearchParams} query @param {(row: T) => string} words @param {number} size */
function pageOf(rows, query, words, size = 50) {
  const q = (query.get('q') ?? '').toLowerCase()
  const found = rows.filter(row => words(row).toLowerCase().includes(q))
  const start = Number(query.get('cursor') ?? 0)
  const end = start + size
  return { rows: found.slice(start, end), total: found.length, next_cursor: end < found.length ? String(end) : null }
}

/** @template {{ id: string }} T @param {T[]} rows @param {string | undefined} id @returns {T} */
function find(rows, id) {
  const found = rows.find(row => row.id === id)
  if (!found) throw new Refusal(404, 'not_found', 'Nothing here.')
  return found
}

/** @param {string} email @param {Role} role */
const invited = (email, role) => ({
  id: crypto.randomUUID(),
  email,
  role,
  link: 'https://nexus.example.org/invite#Zm9yLXRoZS1tb2NrLW9ubHktMDEyMzQ1Njc4OQ',
  expires_at: ahead(24 * 7),
  mailed: true,
})

/** @param {World} world @param {string} method @param {string[]} rest @param {any} body @param {URLSearchParams} query */
function members(world, method, rest, body, query) {
  const { people } = world
  const [id, verb] = rest
  if (!id && method === 'GET') {
    const { rows, ...more } = pageOf(people.members, query, row => `${row.user.full_name} ${row.user.email}`)
    return { members: rows, ...more }
  }
  if (id === 'import') return roster(body)
  if (!id) {
    if (people.members.some(one => one.user.email === body.email)) throw new Refusal(409, 'duplicate', 'Is one.')
    if (!body.email.endsWith('@example.com')) return { member: null, invitation: invited(body.email, body.role) }
    const added = { ...member(11, world.role), user: { ...person(30), email: body.email }, role: body.role }
    people.members.push(added)
    return { member: added, invitation: null }
  }
  const found = people.members.find(one => one.user.id === id)
  if (!found) throw new Refusal(404, 'not_found', 'No such member.')
  if (verb) return { link: invited('', 'viewer').link.replace('invite', 'reset'), expires_at: ahead(24), mailed: false }
  const admins = people.members.filter(one => one.role === 'admin').length
  const leaves = method === 'DELETE' || (body.role && body.role !== 'admin')
  if (found.role === 'admin' && leaves && admins === 1) throw new Refusal(409, 'last_admin', 'The last admin.')
  if (method === 'DELETE') {
    people.members = people.members.filter(one => one !== found)
    return null
  }
  return Object.assign(found, body, { version: found.version + 1 })
}

/** @param {{ csv: string, dry_run: boolean }} body */
function roster({ csv, dry_run }) {
  const rows = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((text, index) => {
      const [email = '', role = ''] = text.trim().split(',')
      const wrong = !email.includes('@') ? 'this is not an e-mail address' : role === 'boss' ? 'no such role' : null
      const outcome = wrong ? 'error' : index === 0 ? 'add' : index === 1 ? 'same' : 'invite'
      return {
        line: index + 2,
        email,
        role,
        outcome,
        error: wrong,
        link: !dry_run && outcome === 'invite' ? invited(email, 'viewer').link : null,
      }
    })
  return { rows, done: !dry_run }
}

/** @param {World} world @param {string} method @param {string[]} rest @param {any} body */
function groups(world, method, [id], body) {
  const { people } = world
  if (method === 'GET') return { groups: people.groups }
  if (method === 'DELETE') {
    people.groups = people.groups.filter(group => group.id !== id)
    return null
  }
  if (people.groups.some(group => group.name === body.name && group.id !== id))
    throw new Refusal(409, 'duplicate', 'There is one.')
  const chosen = people.members.map(one => one.user).filter(user => body.members.includes(user.id))
  if (id) return Object.assign(find(people.groups, id), { name: body.name, members: chosen })
  const group = { id: crypto.randomUUID(), name: body.name, members: chosen, assignments: 0, version: 1 }
  people.groups.push(group)
  return group
}

/** @param {World & { guests: Guest[] }} world @param {string} method @param {string[]} rest @param {any} body @param {URLSearchParams} query */
function assignments(world, method, [id, verb], body, query) {
  const { people } = world
  if (!id && method === 'GET') {
    const user = query.get('user')
    const vmid = query.get('vmid')
    const of = people.assignments.filter(
      one =>
        (!user || one.subject.id === user || one.subject.kind === 'group') &&
        (!vmid || one.target.vmid === Number(vmid) || one.target.kind === 'tag'),
    )
    const { rows, next_cursor } = pageOf(
      of,
      query,
      row => `${row.subject.name} ${row.subject.email} ${row.target.name}`,
    )
    return { assignments: rows, next_cursor }
  }
  if (id === 'import') {
    const rows = body.csv.trim().split('\n').slice(1)
    return {
      done: !body.dry_run,
      rows: rows.map((/** @type {string} */ text, /** @type {number} */ index) => {
        const [email = '', server = '', vmid = '', pool = '', tag = ''] = text.trim().split(',')
        const target = vmid ? `${vmid} on ${server}` : pool ? `pool ${pool}` : `tag ${tag}`
        const wrong = !vmid && !pool && !tag ? 'neither a guest nor a pool nor a tag' : null
        return { line: index + 2, email, target, outcome: wrong ? 'error' : 'create', error: wrong }
      }),
    }
  }
  if (!id) {
    const user = people.members.find(one => one.user.id === body.subject.id)?.user
    const group = people.groups.find(one => one.id === body.subject.id)
    const { server, ...target } = body.target
    const guest = world.guests.find(one => one.server.id === server && one.vmid === target.vmid)
    const added = {
      ...makeAssignments(world.guests, false)[0],
      id: crypto.randomUUID(),
      subject: {
        ...body.subject,
        name: user?.full_name ?? group?.name ?? '',
        email: user?.email ?? null,
        avatar: null,
      },
      target: { ...target, server: guest?.server ?? null, name: target.name ?? guest?.name ?? '' },
      permissions: body.permissions,
      until: body.until,
    }
    people.assignments.unshift(/** @type {Assignment} */ (added))
    return added
  }
  if (method === 'DELETE') {
    people.assignments = people.assignments.filter(one => one.id !== id)
    return null
  }
  const found = find(people.assignments, id)
  return Object.assign(found, verb === 'wake' ? { asleep: false } : body, { version: found.version + 1 })
}

/** @param {World} world @param {string | undefined} verb @param {URLSearchParams} query */
function audit(world, verb, query) {
  const all = world.people.audit
  if (verb === 'actions') return { actions: [...new Set(all.map(entry => entry.action))].sort() }
  if (verb === 'verify') return { whole: true, entries: all.length, checkpoint: null, problem: null }
  const from = Date.parse(query.get('from') ?? '') || 0
  const to = Date.parse(query.get('to') ?? '') || Number.POSITIVE_INFINITY
  /** @param {string} name @param {string} value */
  const fits = (name, value) => !query.get(name) || value.toLowerCase().includes((query.get(name) ?? '').toLowerCase())
  const found = all.filter(
    entry =>
      Date.parse(entry.at) >= from &&
      Date.parse(entry.at) < to &&
      fits('actor', entry.actor.name) &&
      fits('action', entry.action) &&
      fits('outcome', entry.outcome),
  )
  const { rows, next_cursor } = pageOf(found, query, entry => JSON.stringify(entry))
  return { entries: rows, next_cursor }
}

/** @param {World} world @param {string} method @param {string[]} rest @param {any} body @param {URLSearchParams} query */
function consoles(world, method, [id], body, query) {
  const { people } = world
  if (method === 'GET') {
    const state = query.get('state')
    const vmid = query.get('vmid')
    const [user, tenant, reason] = ['user', 'tenant', 'end_reason'].map(name => query.get(name))
    const found = people.consoles.filter(
      one =>
        (!state || one.state === state) &&
        (!vmid || one.guest.vmid === Number(vmid)) &&
        (!user || one.user?.id === user) &&
        (!tenant || one.tenant.id === tenant) &&
        (!reason || one.end_reason === reason || (reason === 'ended_by_admin' && one.end_reason?.includes(' '))),
    )
    const { rows, next_cursor } = pageOf(found, query, () => '')
    return { sessions: rows, next_cursor }
  }
  const found = find(people.consoles, id)
  const ended = { state: 'ended', ended_at: ago(0), end_reason: body.reason ?? 'ended_by_admin', may: { end: false } }
  Object.assign(found, ended)
  return null
}

const NOUNS = ['members', 'people', 'invitations', 'groups', 'assignments', 'settings', 'audit', 'console-sessions']

/** The answer, or undefined for what is not of this file. `path` is what stands after the tenant, or after the root. @param {World & { guests: Guest[] }} world @param {Options} options @param {string} method @param {string[]} path @param {any} body @param {URLSearchParams} query */
export function peopleAnswer(world, options, method, path, body, query) {
  const [noun = '', ...rest] = path
  if (!NOUNS.includes(noun)) return undefined
  if (options.scenario === 'error' && method === 'GET') throw new Refusal(500, 'internal', 'It could not be read.')
  delicate(world, options, method)
  const { people } = world
  if (noun === 'members') return members(world, method, rest, body, query)
  if (noun === 'groups') return groups(world, method, rest, body)
  if (noun === 'assignments') return assignments(world, method, rest, body, query)
  if (noun === 'audit') return audit(world, rest[0], query)
  if (noun === 'console-sessions') return consoles(world, method, rest, body, query)
  if (noun === 'people') {
    const q = (query.get('q') ?? '').toLowerCase()
    const others = [14, 15, 17, 19, 21].map(person).map(one => ({ ...one, email: one.email.replace('.org', '.com') }))
    return { people: others.filter(one => `${one.full_name} ${one.email}`.toLowerCase().includes(q)) }
  }
  if (noun === 'invitations') {
    if (method === 'GET') return { invitations: people.invitations }
    const found = find(people.invitations, rest[0])
    if (rest[1]) return invited(found.email, found.role)
    people.invitations = people.invitations.filter(one => one !== found)
    return null
  }
  if (method === 'GET') return people.settings
  return Object.assign(people.settings, body, { version: people.settings.version + 1 })
}
