// @ts-check
/**
 * A stand-in for Nexus: serves the API of the pages from memory, and dist/ when it was built. Development only.
 *
 *   node dev/mock.mjs [--port 8090] [--role viewer] [--many] [--late] [--several] [--system] [--no-mail] [--scenario empty|no-servers|error|...]
 */
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { WebSocketServer } from 'ws'
import { brandOf, dress, logoAnswer, signInAnswer, testMailAnswer } from './brand.mjs'
import { makeGuests, makeMe, makeTasks, makeTenant, seeded } from './data.mjs'
import { guestAnswer } from './guest.mjs'
import { live as liveNumbers, livingAnswer, makeLiving } from './living.mjs'
import { makeNotices, noticesAnswer, trouble } from './notices.mjs'
import { makeOwn, ownAnswer } from './own.mjs'
import { makePeopleWorld, peopleAnswer } from './people.mjs'
import { makePve, pveAnswer } from './pve.mjs'
import { Refusal } from './refusal.mjs'
import { serveScreen } from './screen.mjs'
import { exportServers, importServers } from './server-import.mjs'
import { makeServers, serverAnswer } from './servers.mjs'
import { makeSystemWorld, systemAnswer } from './system.mjs'
import { act, makePast, workAnswer } from './work.mjs'

const DIST = process.env.NEXUS_MOCK_DIST ?? fileURLToPath(new URL('../dist', import.meta.url))
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
  "connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
const VERIFY = { mode: 'verify' }
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * @typedef {object} Options
 * @property {number} [port]
 * @property {import('./data.mjs').Role} [role]
 * @property {'en' | 'de'} [language]
 * @property {boolean} [many] ten thousand guests
 * @property {boolean} [late] a server that is away, and one that is shaky
 * @property {boolean} [several] more than one organisation
 * @property {boolean} [signedOut]
 * @property {boolean} [system] the person is a system admin
 * @property {boolean} [noMail] Nexus cannot send mail
 * @property {string} [scenario] `empty`, `no-servers`, `error`, `slow`, `broken`, `setup`, `certificate`, `changed`, or an ending of consoles by its name
 */

/** Who is signed in. @param {Options} options */
function personOf(options) {
  const me = makeMe(options.role ?? 'admin', options.language ?? 'en', options.several ?? false)
  if (options.system) me.user.system_role = 'admin'
  if (options.noMail) me.mail = false
  if (options.scenario === 'no-tenant') me.tenants = []
  if (options.scenario === 'no-tenant' || options.scenario === 'unverified') me.user.verified = false
  if (options.scenario === 'inactive') for (const tenant of me.tenants) tenant.is_active = false
  return me
}

/** @param {Options} options */
function makeWorld(options) {
  const role = options.role ?? 'admin'
  const none = options.scenario === 'empty' || options.scenario === 'no-servers'
  const servers = options.scenario === 'no-servers' ? [] : makeServers(role, options)
  const guests = none ? [] : makeGuests(options.many ? 10_000 : 40, role)
  return {
    role,
    me: options.signedOut ? null : personOf(options),
    system: makeSystemWorld(options),
    people: makePeopleWorld(options, none ? [] : guests),
    guests,
    servers,
    living: makeLiving(servers),
    own: makeOwn(guests),
    pve: makePve(options),
    notices: makeNotices(options),
    tasks: none ? [] : [...makeTasks(guests), ...makePast(guests)],
    /** @type {import('./work.mjs').World['bulks']} */
    bulks: [],
    /** @type {Set<import('node:http').ServerResponse>} */
    streams: new Set(),
    sessions: new Map(),
  }
}

/** @typedef {ReturnType<typeof makeWorld>} World */

/** @param {World} world @param {string} type @param {unknown} data */
function tell(world, type, data) {
  for (const stream of world.streams) stream.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
}

/** @param {World} world @param {string[]} path */
function findGuest(world, path) {
  const [server, type, vmid] = path
  const guest = world.guests.find(row => row.server.id === server && row.type === type && row.vmid === Number(vmid))
  if (!guest) throw new Refusal(404, 'not_found', 'No such guest.')
  return guest
}

/** @param {World} world @param {Options} options @param {import('./data.mjs').Guest} guest @param {{ view_only?: boolean }} body */
function openConsole(world, options, guest, body) {
  const { scenario } = options
  if (scenario === 'forbidden') throw new Refusal(403, 'forbidden', 'You may not open this console.')
  if (scenario === 'nexus_unreachable') throw new Refusal(503, 'unavailable', 'Starting.')
  if (scenario === 'too_many_consoles')
    throw new Refusal(409, 'too_many_consoles', 'Too many.', [{ field: 'guest', code: 'limit', detail: '2' }])
  if (guest.status === 'stopped') throw new Refusal(409, 'guest_not_running', 'The guest is not running.')
  if (!guest.may.console && !body.view_only) throw new Refusal(403, 'forbidden', 'You may only watch.')
  const session = crypto.randomUUID()
  world.sessions.set(session, guest)
  const expires_at = new Date(Date.now() + 30_000).toISOString()
  // So short that the warning shows before one has waited long.
  const idle_seconds = scenario === 'ending-idle' ? 8 : null
  const max_seconds = scenario === 'ending-max' ? 8 : null
  const limits = { idle_seconds, max_seconds }
  return {
    session,
    path: `/api/v1/console/${session}`,
    view_only: body.view_only ?? false,
    expires_at,
    guest,
    ...limits,
  }
}

/** @param {World} world @param {Options} options @param {string} method @param {string[]} path @param {any} body @param {URLSearchParams} query @param {string} [ifMatch] */
function tenantAnswer(world, options, method, path, body, query, ifMatch) {
  const [tenant = '', noun, ...rest] = path
  const failing = options.scenario === 'error' && (noun === 'guests' || noun === 'servers')
  if (failing) throw new Refusal(500, 'internal', 'The list could not be read.')
  if (!noun) return { ...makeTenant(tenant, world.role, options.scenario === 'inactive'), brand: brandOf(world) }
  const logo = logoAnswer(world, options, method, noun, body)
  if (logo !== undefined) return logo
  const own = ownAnswer(world, method, path.slice(1), body, ifMatch)
  if (own !== undefined) return own
  const pve = pveAnswer(world, options, method, path.slice(1), body, query, ifMatch)
  if (pve !== undefined) return pve
  const people = peopleAnswer(world, options, method, path.slice(1), body, query)
  if (people !== undefined) return people
  const notices = noticesAnswer(world, options, tell.bind(null, world), method, path.slice(1), body, query)
  if (notices !== undefined) return notices
  const living = livingAnswer(world, options, tell.bind(null, world), method, path.slice(1), query)
  if (living !== undefined) return living
  const work = workAnswer(world, tell.bind(null, world), method, path.slice(1), body, query)
  if (work !== undefined) return work
  if (noun === 'guests' && rest.length === 0) {
    const start = Number(query.get('cursor') ?? 0)
    const end = start + Number(query.get('limit') ?? 500)
    return {
      guests: world.guests.slice(start, end),
      next_cursor: end < world.guests.length ? String(end) : null,
      servers: world.servers
        .filter(server => server.is_active)
        .map(({ id, name, status, data_at, status_detail, connection }) => ({
          id,
          name,
          status,
          data_at,
          error: status === 'offline' ? status_detail : null,
          tailscale: connection?.use_tailscale ?? false,
          tailscale_host: world.role === 'viewer' ? null : connection?.tailscale_host,
        })),
    }
  }
  if (noun === 'guests') {
    const guest = findGuest(world, rest)
    const detail = guestAnswer(world, options, tell.bind(null, world), method, guest, rest.slice(3), body, query)
    if (detail !== undefined) return detail
    if (rest[3] === 'actions') return act(world, tell.bind(null, world), guest, body)
    return rest[3] === 'console' ? openConsole(world, options, guest, body) : guest
  }
  if (noun === 'servers' && rest[0] === 'export') return exportServers(world)
  if (noun === 'servers' && rest[0] === 'import') {
    const done = importServers(world, body, row => serverAnswer(world, options, 'POST', [], { ...row, tls: VERIFY }))
    // Slow enough for its progress to be seen.
    return options.scenario === 'slow' && done.done ? new Promise(resolve => setTimeout(resolve, 1500, done)) : done
  }
  if (noun === 'servers') return serverAnswer(world, options, method, rest, body, ifMatch)
  throw new Refusal(404, 'not_found', 'Nothing here.')
}

/** @param {World} world @param {Options} options @param {string} method @param {string[]} path @param {any} body @param {URLSearchParams} query @param {string} [ifMatch] */
function answer(world, options, method, path, body, query, ifMatch) {
  const [noun, ...rest] = path
  const found =
    signInAnswer(world, method, path) ??
    testMailAnswer(options, method, path) ??
    systemAnswer(world, options, method, path, body, query)
  if (noun === 'invitations' && rest[0] === 'accept') world.me ??= personOf(options)
  if (found !== undefined) return found
  if (noun === 'setup' || noun === 'sign-in') {
    if (noun === 'sign-in' && body.password === 'wrong') throw new Refusal(401, 'invalid_credentials', 'No.')
    world.me = personOf(options)
    dress(world, options)
    return world.me
  }
  if (!world.me) throw new Refusal(401, 'not_signed_in', 'Sign in first.')
  if (noun === 'sign-out') {
    world.me = null
    return null
  }
  const people = peopleAnswer(world, options, method, path, body, query)
  if (people !== undefined) return people
  if (noun === 'tenants') return tenantAnswer(world, options, method, rest, body, query, ifMatch)
  throw new Refusal(404, 'not_found', 'Nothing here.')
}

/** @param {import('node:http').IncomingMessage} request */
async function readBody(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (request.headers['content-type'] === 'application/octet-stream') return bytes
  return bytes.length > 0 ? JSON.parse(bytes.toString()) : {}
}

/** @param {string} pathname @param {import('node:http').ServerResponse} response */
function serveFile(pathname, response) {
  const file = join(DIST, normalize(pathname))
  const found = pathname !== '/' && file.startsWith(DIST) && existsSync(file) ? file : join(DIST, 'index.html')
  const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(found))] ?? 'application/octet-stream'
  response.writeHead(200, { 'content-type': type, 'content-security-policy': CSP })
  createReadStream(found).pipe(response)
}

/** @param {World} world @param {Options} options */
function handler(world, options) {
  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://mock')
    if (!url.pathname.startsWith('/api/v1/')) return serveFile(url.pathname, response)
    const path = url.pathname.split('/').slice(3)
    if (path[2] === 'events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`id: m:1\nevent: hello\ndata: {"process":"m"}\n\n`)
      world.streams.add(response)
      response.on('close', () => world.streams.delete(response))
      return
    }
    if (path[0] === 'avatars' && world.system.picture) {
      response.writeHead(200, { 'content-type': 'image/png' })
      return response.end(world.system.picture)
    }
    const body = await readBody(request)
    if (options.scenario === 'slow' && path[2] === 'guests') return
    try {
      const data = await answer(
        world,
        options,
        request.method ?? 'GET',
        path,
        body,
        url.searchParams,
        request.headers['if-match'],
      )
      if (data instanceof Uint8Array) {
        response.writeHead(200, { 'content-type': data[0] === 0x3c ? 'image/svg+xml' : 'image/png' })
        return response.end(data)
      }
      if (typeof data === 'string') {
        response.writeHead(200, {
          'content-type': 'text/csv',
          'content-disposition': 'attachment; filename="servers.csv"',
        })
        return response.end(data)
      }
      response.writeHead(data === null ? 204 : 200, { 'content-type': 'application/json' })
      response.end(data === null ? undefined : JSON.stringify(data))
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'internal', String(error))
      response.writeHead(refusal.status, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify(refusal.body))
    }
  }
}

/** Numbers that move, as the inventory would send them. @param {World} world @param {Options} options */
function live(world, options) {
  const random = seeded(Date.now() % 1000)
  return setInterval(() => {
    const running = world.guests.filter(guest => guest.status === 'running')
    const changed = running.filter(() => random() < Math.min(0.3, 40 / running.length))
    for (const guest of changed) guest.cpu = Math.max(0.003, Math.min(0.99, (guest.cpu ?? 0) + (random() - 0.5) * 0.1))
    tell(world, 'guests', { changed, removed: [] })
    for (const server of world.servers) {
      if (server.status === 'offline' || !server.is_active) continue
      server.data_at = new Date().toISOString()
      tell(world, 'server', {
        id: server.id,
        name: server.name,
        status: server.status,
        data_at: server.data_at,
        error: null,
      })
    }
    for (const session of world.people.consoles) {
      if (session.state !== 'open') continue
      session.bytes_down += Math.round(random() * 400_000)
      if (!session.view_only && session.idle_seconds != null) {
        const typed = session.idle_seconds < 60
        session.idle_seconds = typed ? Math.round(random() * 8) : session.idle_seconds + 2
        if (typed) session.bytes_up += Math.round(random() * 2000)
      }
      tell(world, 'console_session', session)
    }
    liveNumbers(world, options, tell.bind(null, world))
  }, 2000)
}

/** Starts a mock. @param {Options} options */
export async function startMock(options = {}) {
  const world = makeWorld(options)
  dress(world, options)
  const server = createServer((request, response) => void handler(world, options)(request, response))
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'binary' })
  const endings = await import('./endings.mjs')
  server.on('upgrade', (request, socket, head) => {
    const session = (request.url ?? '').split('/').pop() ?? ''
    if (!world.sessions.delete(session)) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, open => {
      const code = endings.codeOf(options.scenario ?? '')
      if (code) open.close(code, options.scenario)
      else serveScreen(open)
    })
  })
  const timer = live(world, options)
  const troubles =
    options.scenario === 'trouble' ? setInterval(() => trouble(world, tell.bind(null, world)), 5000) : undefined
  await new Promise(resolve => server.listen(options.port ?? 0, '127.0.0.1', () => resolve(null)))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () => {
      clearInterval(timer)
      clearInterval(troubles)
      for (const open of sockets.clients) open.terminate()
      server.closeAllConnections()
      server.close()
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8090' },
      role: { type: 'string', default: 'admin' },
      language: { type: 'string', default: 'en' },
      scenario: { type: 'string', default: '' },
      many: { type: 'boolean', default: false },
      late: { type: 'boolean', default: false },
      several: { type: 'boolean', default: false },
      'signed-out': { type: 'boolean', default: false },
      system: { type: 'boolean', default: false },
      'no-mail': { type: 'boolean', default: false },
    },
  })
  const options = /** @type {Options} */ ({
    ...values,
    port: Number(values.port),
    signedOut: values['signed-out'],
    noMail: values['no-mail'],
  })
  const mock = await startMock(options)
  console.log(`mock at ${mock.origin}`)
}
