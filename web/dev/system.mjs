// @ts-check
/**
 * The mock's accounts, links and system administration: everything that is not below a tenant. Development only.
 *
 * @typedef {import('../src/lib/api/types').Account} Account
 * @typedef {import('../src/lib/api/types').Organisation} Organisation
 * @typedef {import('../src/lib/api/types').Session} Session
 * @typedef {import('../src/lib/api/types').System} System
 * @typedef {import('../src/lib/api/types').Me} Me
 */
import { makeAllServers, providedAnswer } from './provided.mjs'
import { Refusal } from './refusal.mjs'
import { makeTokens, tokensAnswer } from './tokens.mjs'

/** @param {number} number */
const uuid = number => `0192f0aa-0000-7000-8000-${String(number).padStart(12, '0')}`
/** @param {number} seconds */
const ago = seconds => new Date(Date.now() - seconds * 1000).toISOString()
/** @param {number} hours */
const ahead = hours => new Date(Date.now() + hours * 3_600_000).toISOString()

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

const PEOPLE = [
  'Jane Doe',
  'Anna Bergström',
  'Ben Okafor',
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

const TENANTS = [
  ['acme', 'Acme Hosting'],
  ['globex', 'Globex Corporation'],
  ['initech', 'Initech Information Technologies Europe GmbH'],
  ['hoehere-schule-koeln', 'Höhere Schule Köln'],
  ['umbrella', 'Umbrella Research'],
]

/** @param {number} index @returns {Account} */
function makeAccount(index) {
  const round = Math.floor(index / PEOPLE.length)
  const base = PEOPLE[index % PEOPLE.length] ?? ''
  const name = round === 0 ? base : `${base} ${round + 1}`
  const plain = name.normalize('NFD').replace(/[^\w ]/g, '')
  const count = index === 6 ? 0 : index === 0 ? 4 : 1 + (index % 2)
  const tenants = TENANTS.slice(0, count).map(([slug = '', tenant = ''], at) => ({
    id: uuid(at + 1),
    slug,
    name: tenant,
    role: /** @type {import('../src/lib/api/types').TenantRole} */ (index < 3 ? 'admin' : 'viewer'),
    is_active: at !== 3,
  }))
  return {
    id: uuid(50 + index),
    email: `${plain.toLowerCase().replace(/ +/g, '.')}@example.org`,
    full_name: name,
    user_name: null,
    company: '',
    avatar: null,
    system_role: index < 2 ? 'admin' : 'user',
    is_active: index !== 4,
    verified: index !== 6 && index !== 7,
    created_at: ago(DAY * (400 - index)),
    last_seen_at: index === 6 ? null : ago(index * index * 4000 + 30),
    tenants,
    sessions: index === 6 || index === 4 ? 0 : 1 + (index % 3),
    version: 1,
  }
}

/** @param {number} index @returns {Organisation} */
function makeOrganisation(index) {
  const [slug = '', name = ''] = TENANTS[index % TENANTS.length] ?? []
  const round = Math.floor(index / TENANTS.length)
  const admins = index === 4 ? [] : [0, 1, 2].slice(0, 1 + (index % 3)).map(makeAccount)
  return {
    id: uuid(index + 1),
    slug: round === 0 ? slug : `${slug}-${round + 1}`,
    name: round === 0 ? name : `${name} ${round + 1}`,
    description: index === 0 ? 'Customers of the data centre in Frankfurt' : '',
    is_active: index % 5 !== 3,
    created_at: ago(DAY * 30 * (index + 1)),
    members: [12, 4, 1, 310, 0][index % 5] ?? 1,
    servers: [3, 1, 0, 2, 0][index % 5] ?? 0,
    guests: [40, 12, 0, 1240, 0][index % 5] ?? 0,
    admins: admins.map(({ id, full_name, email, avatar }) => ({ id, full_name, email, avatar })),
    version: 1,
  }
}

/** @returns {Session[]} */
function makeSessions() {
  const agents = [
    'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    'python-requests/2.32',
  ]
  const addresses = ['192.0.2.17', '2001:db8:85a3:8d3:1319:8a2e:370:7348', '198.51.100.4', '203.0.113.9']
  return agents.map((user_agent, index) => ({
    id: uuid(700 + index),
    current: index === 0,
    created_at: ago(DAY * (index + 1)),
    used_at: ago(index * index * 5 * HOUR),
    expires_at: ahead(24 * 7),
    address: addresses[index] ?? '',
    user_agent,
  }))
}

/** @param {boolean} mail @returns {System} */
function makeSystem(mail) {
  /** @type {System['tasks']} */
  const tasks = [
    { name: 'audit-chain', state: 'running', last_ok_at: ago(2), failures: 0, error: null },
    { name: 'inventory', state: 'running', last_ok_at: ago(1), failures: 3, error: null },
    { name: 'mailer', state: 'failed', last_ok_at: ago(3 * HOUR), failures: 12, error: 'smtp: 451 try again later' },
    { name: 'expired-links', state: 'restarting', last_ok_at: ago(20 * MINUTE), failures: 1, error: null },
    { name: 'backup', state: 'stopped', last_ok_at: null, failures: 0, error: null },
  ]
  return {
    version: '0.3.0',
    started_at: ago(3 * DAY + 4 * HOUR),
    database: 'SQLite',
    mail,
    tasks,
    processes: [
      ['nexus-7c9f6d5b8-x2v4q', '0.3.0', 3 * DAY + 4 * HOUR, 2, 24],
      ['nexus-7c9f6d5b8-9hk7m.cluster-of-the-data-centre-in-frankfurt.example.net', '0.3.0', 3 * DAY + 4 * HOUR, 3, 26],
      ['nexus-66b8f7c9d4-old01', '0.2.9', 12 * DAY, 95, 0],
    ].map(([host, version, since, seen, servers], index) => ({
      id: uuid(1500 + index),
      host: String(host),
      version: String(version),
      started_at: ago(Number(since)),
      seen_at: ago(Number(seen)),
      servers: Number(servers),
      this: index === 0,
    })),
    counts: {
      tenants: 5,
      users: 1284,
      servers: 6,
      servers_offline: 1,
      guests: 1292,
      sessions: 87,
      open_consoles: 14,
      mails_waiting: mail ? 3 : 0,
    },
  }
}

/** What this file keeps. @param {{ scenario?: string, many?: boolean }} options */
export function makeSystemWorld(options) {
  const empty = options.scenario === 'empty'
  return {
    accounts: Array.from({ length: options.many ? 400 : 12 }, (_, index) => makeAccount(index)),
    tenants: empty ? [] : Array.from({ length: options.many ? 60 : 5 }, (_, index) => makeOrganisation(index)),
    servers: empty ? [] : makeAllServers(options.many ?? false),
    sessions: makeSessions(),
    tokens: makeTokens(options),
    /** @type {Buffer | null} */
    picture: null,
    /** Whether the password was said again. */
    confirmed: false,
  }
}

/** @typedef {ReturnType<typeof makeSystemWorld>} SystemWorld */
/** @typedef {{ me: Me | null, system: SystemWorld, servers?: { id: string, name: string }[] }} World */
/** @typedef {{ scenario?: string, noMail?: boolean }} Options */

/** @param {string} page */
const link = page => ({
  link: `https://nexus.example.org/${page}#Zm9yLXRoZS1tb2NrLW9ubHktMDEyMzQ1Njc4OQ`,
  expires_at: ahead(24),
  mailed: false,
})

/** @template T @param {T[]} rows @param {URLSearchParams} query @param {(row: T) => string} words */
function page(rows, query, words) {
  const q = (query.get('q') ?? '').toLowerCase()
  const found = rows.filter(row => words(row).toLowerCase().includes(q))
  const start = Number(query.get('cursor') ?? 0)
  const end = start + 50
  return { rows: found.slice(start, end), total: found.length, next_cursor: end < found.length ? String(end) : null }
}

/** @param {World} world @param {Options} options @param {string} method */
function delicate(world, options, method) {
  if (options.scenario !== 'confirm' || method === 'GET' || world.system.confirmed) return
  throw new Refusal(403, 'confirm_required', 'Say the password once more.')
}

/** Links, for people who may not be signed in. @param {Options} options @param {string} noun @param {string[]} rest @param {any} body */
function linkAnswer(options, noun, rest, body) {
  if (options.scenario === 'void') throw new Refusal(404, 'link_invalid', 'Not valid any more.')
  if (noun === 'password-reset') return null
  if (noun === 'verify') return { email: 'jane.doe@example.org' }
  const email = options.scenario === 'other' ? 'anna.bergstrom@example.org' : 'jane.doe@example.org'
  if (rest[0] === 'look')
    return {
      tenant_name: 'Globex Corporation',
      email,
      role: 'manager',
      invited_by: 'Anna Bergström',
      expires_at: ahead(24 * 6),
    }
  if (options.scenario === 'known' && body.password) throw new Refusal(409, 'sign_in_first', 'Sign in first.')
  return { slug: 'acme' }
}

/** @param {World} world @param {Me} me @param {Options} options @param {string} method @param {string[]} rest @param {any} body */
function meAnswer(world, me, options, method, rest, body) {
  const [noun, id] = rest
  const { system } = world
  if (!noun) return method === 'GET' ? me : Object.assign(me, { user: { ...me.user, ...body } })
  if (noun === 'confirm' || noun === 'password') {
    if ((body.current_password ?? body.password) === 'wrong')
      throw new Refusal(401, 'invalid_credentials', 'Not the password.')
    system.confirmed = true
    return null
  }
  if (noun === 'email') {
    delicate(world, options, method)
    if (body.email.startsWith('taken')) throw new Refusal(409, 'email_taken', 'Taken.')
    return null
  }
  if (noun === 'avatar') {
    system.picture = method === 'PUT' ? body : null
    me.user.avatar = system.picture ? String(Date.now()) : null
    return method === 'PUT' ? me : null
  }
  if (noun === 'tokens') return tokensAnswer(system, options, me, world.servers ?? [], method, id, body)
  if (noun !== 'sessions') return null
  if (method === 'DELETE') {
    system.sessions = system.sessions.filter(session => (id ? session.id !== id : session.current))
    return null
  }
  if (options.scenario === 'error') throw new Refusal(500, 'internal', 'No sessions.')
  return { sessions: system.sessions }
}

/** @param {World} world @param {Options} options @param {string} method @param {string[]} rest @param {any} body @param {URLSearchParams} query */
function usersAnswer(world, options, method, rest, body, query) {
  const { system } = world
  const [id, verb] = rest
  if (!id && method === 'GET') {
    const { rows, ...more } = page(system.accounts, query, row => `${row.full_name} ${row.email}`)
    return { accounts: rows, ...more }
  }
  delicate(world, options, method)
  if (!id) {
    if (body.email.startsWith('taken')) throw new Refusal(409, 'email_taken', 'Taken.')
    const account = { ...makeAccount(6), ...body, id: crypto.randomUUID(), verified: false }
    system.accounts.push(account)
    return { account, link: link('reset') }
  }
  const found = system.accounts.find(account => account.id === id)
  if (!found) throw new Refusal(404, 'not_found', 'No such account.')
  if (verb === 'reset-link') return link('reset')
  if (verb === 'end-sessions') {
    found.sessions = 0
    return null
  }
  if (method === 'DELETE') {
    if (found.tenants.some(tenant => tenant.role === 'admin') && !query.get('successor'))
      throw new Refusal(409, 'needs_successor', 'Choose a successor.')
    system.accounts = system.accounts.filter(account => account.id !== id)
    return null
  }
  if (method === 'GET') return found
  if (options.scenario === 'changed') throw new Refusal(412, 'changed_meanwhile', 'Somebody changed this meanwhile.')
  if (body.system_role === 'user' && system.accounts.filter(one => one.system_role === 'admin').length === 1)
    throw new Refusal(409, 'last_system_admin', 'The last one.')
  return Object.assign(found, body, { version: found.version + 1 })
}

/** @param {World} world @param {Options} options @param {string} method @param {string | undefined} id @param {any} body @param {URLSearchParams} query */
function tenantsAnswer(world, options, method, id, body, query) {
  const { system } = world
  if (!id && method === 'GET') {
    const { rows, ...more } = page(system.tenants, query, row => `${row.name} ${row.slug}`)
    return { tenants: rows, ...more }
  }
  delicate(world, options, method)
  if (body.slug === 'taken') throw new Refusal(409, 'slug_taken', 'Taken.')
  if (!id) {
    const slug = body.slug ?? body.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
    const tenant = { ...makeOrganisation(4), ...body, slug, id: crypto.randomUUID() }
    system.tenants.push(tenant)
    const invitation = { id: crypto.randomUUID(), email: body.admin, role: 'admin', ...link('invite') }
    return { tenant, invitation: body.admin ? invitation : null }
  }
  const found = system.tenants.find(tenant => tenant.id === id)
  if (!found) throw new Refusal(404, 'not_found', 'No such organisation.')
  if (method === 'DELETE') {
    system.tenants = system.tenants.filter(tenant => tenant.id !== id)
    return null
  }
  if (options.scenario === 'changed') throw new Refusal(412, 'changed_meanwhile', 'Somebody changed this meanwhile.')
  return Object.assign(found, body, { version: found.version + 1 })
}

const LINKS = ['password-reset', 'verify', 'invitations']
const SYSTEM = ['users', 'tenants', 'servers', 'system']

/** The answer, or undefined for what is not of this file. @param {World} world @param {Options} options @param {string} method @param {string[]} path @param {any} body @param {URLSearchParams} query */
export function systemAnswer(world, options, method, path, body, query) {
  const [noun = '', ...rest] = path
  if (noun === 'setup' && method === 'GET') return { required: options.scenario === 'setup', mail: !options.noMail }
  if (LINKS.includes(noun)) return linkAnswer(options, noun, rest, body)
  if (!world.me) return undefined
  if (noun === 'me') return meAnswer(world, world.me, options, method, rest, body)
  // Below a tenant, and the tenant itself as its members see it, is not of this file.
  if (!SYSTEM.includes(noun) || (noun === 'tenants' && (rest.length > 1 || (rest[0] && method === 'GET'))))
    return undefined
  if (world.me.user.system_role !== 'admin') throw new Refusal(403, 'forbidden', 'For system admins.')
  if (options.scenario === 'error') throw new Refusal(500, 'internal', 'It could not be read.')
  if (noun === 'users') return usersAnswer(world, options, method, rest, body, query)
  if (noun === 'tenants') return tenantsAnswer(world, options, method, rest[0], body, query)
  if (noun === 'servers') return providedAnswer(world.system, options, method, rest, body)
  return makeSystem(!options.noMail)
}
