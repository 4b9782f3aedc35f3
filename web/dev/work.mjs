// @ts-check
/** Tasks and actions on many guests, for the mock: they begin, write a log, end well or badly, and can be stopped. */
import { actionsFor, makeTasks } from './data.mjs'
import { Refusal } from './refusal.mjs'

/** @typedef {import('./data.mjs').Guest} Guest */
/** @typedef {import('./data.mjs').Task} Task */
/** @typedef {import('../src/lib/api/schema.d.ts').components['schemas']} Schemas */
/** @typedef {Schemas['BulkAction']} BulkAction */
/** @typedef {Schemas['BulkGuest']} BulkGuest */
/** @typedef {Guest['actions'][number]} Action */
/** @typedef {(type: string, data: unknown) => void} Tell */
/**
 * @typedef {object} World
 * @property {'admin' | 'manager' | 'viewer'} role
 * @property {Guest[]} guests
 * @property {Task[]} tasks
 * @property {{ bulk: BulkAction, guests: BulkGuest[] }[]} bulks
 */

const ME = 'Jane Doe'
const TOOK_MS = 2500

/** @param {Guest} guest @param {Schemas['GuestRef']} ref */
const is = (guest, ref) => guest.server.id === ref.server && guest.type === ref.type && guest.vmid === ref.vmid

/** Some fail, so that a list of many shows it. @param {Guest} guest */
const fails = guest => guest.vmid % 9 === 4

/** @param {Task} task @param {number} [now] */
function logOf(task, now = Date.now()) {
  const end = task.ended_at ? Date.parse(task.ended_at) : now
  const seconds = Math.floor((end - Date.parse(task.created_at)) / 1000)
  const lines = [`starting ${task.action} of guest ${task.guest.vmid}`, 'generating cloud-init ISO']
  for (let second = 1; second <= seconds && lines.length < 1500; second++) {
    lines.push(`${String(second).padStart(4)} s: waiting for the guest (${(second * 7919) % 100} %)`)
  }
  if (task.state === 'failed') lines.push(`TASK ERROR: ${task.detail}`)
  if (task.state === 'stopped') lines.push('TASK ERROR: received interrupt')
  if (task.state === 'ok') lines.push('TASK OK')
  return lines
}

/** @param {World} world @param {Tell} tell @param {Task} task @param {Partial<Task>} how */
function end(world, tell, task, how) {
  if (task.ended_at) return
  Object.assign(task, how, { ended_at: new Date().toISOString(), may: { ...task.may, stop: false } })
  tell('task', task)
  const guest = world.guests.find(one => is(one, task.guest))
  if (!guest || task.state !== 'ok') return
  const running = !['stop', 'shutdown'].includes(task.action)
  guest.status = task.action === 'suspend' ? 'paused' : running ? 'running' : 'stopped'
  guest.actions = actionsFor(guest.status, guest.type)
  guest.uptime_seconds = running ? 1 : null
  guest.cpu = running ? 0.02 : null
  tell('guests', { changed: [guest], removed: [] })
}

/**
 * Runs the action and its task.
 * @param {World} world @param {Tell} tell @param {Guest} guest @param {Schemas['ActIn']} body @param {string | null} [bulk]
 */
export function act(world, tell, guest, { action }, bulk = null) {
  const same = world.tasks.find(task => task.state === 'running' && task.action === action && is(guest, task.guest))
  if (same) throw new Refusal(409, 'guest_busy', `${same.user_name} began it a moment ago.`)
  if (!guest.actions.includes(action)) throw new Refusal(409, 'guest_state', 'The guest is not in a state for this.')
  const [first] = makeTasks([guest])
  if (!first) throw new Refusal(500, 'internal', 'No task.')
  /** @type {Task} */
  const task = {
    ...first,
    id: crypto.randomUUID(),
    action,
    bulk,
    state: 'running',
    detail: null,
    may: { stop: true, log: world.role !== 'viewer' },
    created_at: new Date().toISOString(),
    ended_at: null,
  }
  world.tasks.unshift(task)
  tell('task', task)
  const bad = fails(guest) && ['start', 'shutdown'].includes(action)
  const detail = action === 'start' ? 'start failed: QEMU exited with code 1' : 'VM quit/powerdown failed - got timeout'
  setTimeout(() => end(world, tell, task, bad ? { state: 'failed', detail } : { state: 'ok' }), TOOK_MS)
  return task
}

/** @param {BulkGuest[]} guests */
function countsOf(guests) {
  const counts = { waiting: 0, running: 0, ok: 0, failed: 0, refused: 0, skipped: 0 }
  for (const guest of guests) counts[guest.state] += 1
  return counts
}

/** One step of an action on many guests. @param {World} world @param {Tell} tell @param {World['bulks'][number]} run */
function step(world, tell, run) {
  const { bulk, guests } = run
  /** @type {BulkGuest[]} */
  const changed = []
  /** @param {BulkGuest} row @param {Partial<BulkGuest>} how */
  const set = (row, how) => changed.push(Object.assign(row, how))
  const now = new Date().toISOString()
  for (const row of guests) {
    if (row.state !== 'running') continue
    const task = world.tasks.find(one => one.id === row.task)
    if (task?.state === 'running') continue
    set(row, { state: task?.state === 'ok' ? 'ok' : 'failed', detail: task?.detail ?? null, ended_at: now })
  }
  for (const row of guests) {
    if (row.state !== 'waiting') continue
    if (bulk.state === 'stopping') {
      set(row, { state: 'skipped', detail: `${ME} stopped it before its turn came.`, ended_at: now })
      continue
    }
    const there = guests.filter(one => one.state === 'running' && one.guest.server === row.guest.server)
    if (there.length >= bulk.per_server) continue
    const guest = world.guests.find(one => is(one, row.guest))
    if (!guest?.may.power) {
      set(row, { state: 'refused', detail: 'You may not switch this guest any more.', ended_at: now })
      continue
    }
    try {
      set(row, { state: 'running', task: act(world, tell, guest, { action: bulk.action }, bulk.id).id })
    } catch (error) {
      set(row, { state: 'failed', detail: error instanceof Error ? error.message : String(error), ended_at: now })
    }
  }
  bulk.counts = countsOf(guests)
  if (bulk.counts.waiting + bulk.counts.running === 0) {
    Object.assign(bulk, { state: bulk.state === 'stopping' ? 'stopped' : 'done', ended_at: now, may_stop: false })
  }
  if (changed.length > 0) tell('bulk', { bulk, guests: changed })
  if (!bulk.ended_at) setTimeout(() => step(world, tell, run), 500)
}

/** @param {World} world @param {Tell} tell @param {Schemas['BulkIn']} body */
function startBulk(world, tell, body) {
  const guests = body.guests.map(ref => {
    const guest = world.guests.find(one => is(one, ref))
    return { guest: ref, guest_name: guest?.name ?? `${ref.vmid}`, state: /** @type {const} */ ('waiting') }
  })
  const run = {
    bulk: {
      id: crypto.randomUUID(),
      action: body.action,
      state: /** @type {BulkAction['state']} */ ('running'),
      user_name: ME,
      per_server: body.per_server ?? 4,
      timeout_seconds: body.timeout_seconds ?? null,
      force_stop: body.force_stop ?? false,
      counts: countsOf(guests),
      stopped_by: null,
      created_at: new Date().toISOString(),
      ended_at: null,
      may_stop: true,
    },
    guests,
  }
  world.bulks.unshift(run)
  setTimeout(() => step(world, tell, run), 100)
  return structuredClone(run)
}

/** @param {World} world @param {Tell} tell @param {string[]} path @param {URLSearchParams} query */
function tasksAnswer(world, tell, [id, what], query) {
  if (!id) {
    const start = Number(query.get('cursor') ?? 0)
    const limit = Number(query.get('limit') ?? 50)
    const state = query.get('state')
    const vmid = query.get('vmid')
    const all = world.tasks.filter(
      task =>
        (!state || task.state === state) &&
        (!query.has('own') || task.user_name === ME) &&
        (!vmid || (task.guest.vmid === Number(vmid) && task.guest.server === query.get('server'))),
    )
    const next = start + limit < all.length ? String(start + limit) : null
    return { tasks: all.slice(start, start + limit), next_cursor: next }
  }
  const task = world.tasks.find(one => one.id === id)
  if (!task) throw new Refusal(404, 'not_found', 'No such task.')
  if (what === 'log') {
    if (!task.may.log) throw new Refusal(403, 'forbidden', 'Not the log.')
    const from = Math.max(1, Number(query.get('from') ?? 1))
    const all = logOf(task)
    const lines = all.slice(from - 1, from - 1 + Number(query.get('limit') ?? 500))
    return {
      lines: lines.map((text, index) => ({ number: from + index, text })),
      next: from + lines.length,
      complete: task.state !== 'running' && from - 1 + lines.length >= all.length,
    }
  }
  if (task.state !== 'running') throw new Refusal(409, 'task_ended', 'It is over.')
  setTimeout(() => end(world, tell, task, { state: 'stopped', stopped_by: ME }), 800)
  return task
}

/** What there is of tasks and of actions on many guests; undefined for everything else. @param {World} world @param {Tell} tell @param {string} method @param {string[]} path @param {any} body @param {URLSearchParams} query */
export function workAnswer(world, tell, method, path, body, query) {
  const [noun, id, what] = path
  if (noun === 'tasks') return tasksAnswer(world, tell, path.slice(1), query)
  if (noun !== 'bulk-actions') return undefined
  if (!id && method === 'POST') return startBulk(world, tell, body)
  if (!id) return { bulks: world.bulks.map(run => run.bulk), next_cursor: null }
  const run = world.bulks.find(one => one.bulk.id === id)
  if (!run) throw new Refusal(404, 'not_found', 'No such action.')
  if (what !== 'stop') return run
  if (run.bulk.ended_at) throw new Refusal(409, 'bulk_ended', 'It is over.')
  Object.assign(run.bulk, { state: 'stopping', stopped_by: ME })
  tell('bulk', { bulk: run.bulk, guests: [] })
  return run.bulk
}

/** Tasks of earlier days, so that the list has an end to look for. @param {Guest[]} guests @returns {Task[]} */
export function makePast(guests) {
  const pattern = makeTasks(guests)
  /** @type {Action[]} */
  const actions = ['start', 'shutdown', 'reboot', 'stop']
  return guests.length === 0
    ? []
    : Array.from({ length: 120 }, (_, index) => {
        const guest = guests[(index * 7) % guests.length] ?? guests[0]
        const like = pattern[index % 11 === 4 ? 2 : 1] ?? pattern[0]
        const start = Date.now() - 3_600_000 * (index + 1)
        return /** @type {Task} */ ({
          ...like,
          id: crypto.randomUUID(),
          guest: { server: guest?.server.id, type: guest?.type, vmid: guest?.vmid },
          guest_name: guest?.name,
          action: actions[index % actions.length],
          user_name: index % 3 === 1 ? 'Ben Fischer' : ME,
          created_at: new Date(start).toISOString(),
          ended_at: new Date(start + 3000 + index * 400).toISOString(),
        })
      })
}
