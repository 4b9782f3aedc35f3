import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, it } from 'vitest'
import { keys } from '@/lib/api/keys'
import type {
  CheckRun,
  GuestList,
  MetricsOverview,
  ServerBrief,
  ServerList,
  ServerMetrics,
  Task,
  TaskList,
} from '@/lib/api/types'
import { applyEvent, mergeGuests, parseEvent } from '@/lib/event-cache'
import { makeGuest, makeMetrics, makeStats } from '@/lib/fixtures'
import { refOf } from '@/lib/guest-key'
import { mergeTask } from '@/lib/task-cache'

const T = 'tenant'
const server: ServerBrief = {
  id: 's',
  name: 'Frankfurt',
  status: 'online',
  data_at: '2026-01-01T00:00:00Z',
  error: null,
  tailscale: false,
}
const first = makeGuest({ vmid: 1 })
const second = makeGuest({ vmid: 2 })
const list: GuestList = { guests: [first, second], next_cursor: null, servers: [server] }
const task: Task = {
  id: 't',
  guest: refOf(first),
  guest_name: 'web-01',
  action: 'start',
  state: 'running',
  detail: null,
  user_name: 'Jane',
  may: { stop: true, log: true },
  upid: null,
  created_at: '2026-01-01T00:00:00Z',
  ended_at: null,
}

let client: QueryClient
beforeEach(() => {
  client = new QueryClient()
  client.setQueryData(keys.guests(T), list)
})
const guests = () => client.getQueryData<GuestList>(keys.guests(T))?.guests

describe('events', () => {
  it('are read by their type, and unknown ones are left alone', () => {
    expect(parseEvent('guests', '{"changed":[]}')).toEqual({ type: 'guests', changed: [], removed: [] })
    expect(parseEvent('hello', '{"process":"p"}')).toEqual({ type: 'hello', process: 'p' })
    expect(parseEvent('console', '{}')).toBeNull()
  })

  it('change guests in place, so that other rows are not drawn again', () => {
    const changed = { ...first, status: 'stopped' as const }
    applyEvent(client, T, { type: 'guests', changed: [changed], removed: [] })
    expect(guests()).toEqual([changed, second])
    expect(guests()?.[1]).toBe(second)
  })

  it('add and take away guests', () => {
    const third = makeGuest({ vmid: 3 })
    applyEvent(client, T, { type: 'guests', changed: [third], removed: [refOf(first)] })
    expect(guests()).toEqual([second, third])
    expect(mergeGuests(list, [], [])).toBe(list)
  })

  it('change the single guest of a console page, but do not invent one', () => {
    client.setQueryData(keys.guest(T, refOf(first)), first)
    const changed = { ...first, status: 'stopped' as const }
    applyEvent(client, T, { type: 'guests', changed: [changed, second], removed: [] })
    expect(client.getQueryData(keys.guest(T, refOf(first)))).toEqual(changed)
    expect(client.getQueryData(keys.guest(T, refOf(second)))).toBeUndefined()
  })

  it('leave an empty cache empty', () => {
    client.clear()
    applyEvent(client, T, { type: 'guests', changed: [first], removed: [] })
    applyEvent(client, T, { type: 'task', task })
    applyEvent(client, T, { type: 'server', server })
    expect(guests()).toBeUndefined()
    expect(client.getQueryData(keys.tasks(T))).toBeUndefined()
  })

  it('bring the age of a server to both lists, and ask again when its state changed', () => {
    const servers = {
      servers: [{ id: 's', status: 'online', data_at: null }],
      slots: { used: 1, limit: 50 },
    } as unknown as ServerList
    client.setQueryData(keys.servers(T), servers)
    applyEvent(client, T, { type: 'server', server: { ...server, data_at: '2026-01-01T00:00:10Z' } })
    expect(client.getQueryData<GuestList>(keys.guests(T))?.servers[0]?.data_at).toBe('2026-01-01T00:00:10Z')
    expect(client.getQueryData<ServerList>(keys.servers(T))?.servers[0]?.data_at).toBe('2026-01-01T00:00:10Z')
    expect(client.getQueryState(keys.servers(T))?.isInvalidated).toBe(false)
    applyEvent(client, T, { type: 'server', server: { ...server, status: 'offline' } })
    expect(client.getQueryState(keys.servers(T))?.isInvalidated).toBe(true)
  })

  it('make everything stale on reset', () => {
    applyEvent(client, T, { type: 'reset' })
    expect(client.getQueryState(keys.guests(T))?.isInvalidated).toBe(true)
  })
})

describe('tasks', () => {
  const empty: TaskList = { tasks: [] }

  it('come first, change in place and are not kept without end', () => {
    const one = mergeTask(empty, task)
    const two = mergeTask(one, { ...task, id: 'u' })
    expect(two.tasks.map(({ id }) => id)).toEqual(['u', 't'])
    expect(mergeTask(two, { ...task, state: 'ok' }).tasks.map(({ state }) => state)).toEqual(['running', 'ok'])
    expect(mergeTask(two, { ...task, id: 'v' }, 2).tasks.map(({ id }) => id)).toEqual(['v', 'u'])
  })

  it('that have ended do not run again when an old answer comes late', () => {
    const ended = mergeTask(empty, { ...task, state: 'failed' })
    expect(mergeTask(ended, task)).toBe(ended)
  })
})

describe('events of what lives', () => {
  const check = { server: 's1', at: '2026-01-01T10:30:00Z', ok: true, took_ms: 40 }

  it('are read by their type', () => {
    expect(parseEvent('check', JSON.stringify(check))).toEqual({ type: 'check', check })
    expect(parseEvent('stats', '{"missing":[]}')).toEqual({ type: 'stats', stats: { missing: [] } })
  })

  it('bring the stats as they are', () => {
    const stats = makeStats()
    applyEvent(client, T, { type: 'stats', stats })
    expect(client.getQueryData(keys.stats(T))).toBe(stats)
  })

  it('move the newest point of the figures that were read, and do not make them younger', () => {
    const [one, all] = [
      [...keys.metrics(T), 'hour', 's1'],
      [...keys.metrics(T), 'hour'],
    ]
    const other = [...keys.metrics(T), 'hour', 's2']
    const metrics = makeMetrics()
    const overview = { span: 'hour', begins_at: '', ends_at: '', total: metrics.total, servers: [metrics] }
    client.setQueryData(one, metrics, { updatedAt: 5 })
    client.setQueryData(all, overview)
    client.setQueryData(other, metrics)
    applyEvent(client, T, { type: 'check', check })
    expect(client.getQueryData<ServerMetrics>(one)?.total.checks).toBe(11)
    expect(client.getQueryState(one)).toMatchObject({ dataUpdatedAt: 5, isInvalidated: true })
    expect(client.getQueryData<MetricsOverview>(all)?.servers[0]?.points[0]?.checks).toBe(11)
    expect(client.getQueryData(other)).toBe(metrics)
    expect(client.getQueryData(keys.checkNews(T))).toEqual([check])
  })

  it('show how far the check of all servers is', () => {
    const run: CheckRun = { id: 'r', total: 3, done: 1, failed: 0, started_at: '', ended_at: null }
    applyEvent(client, T, { type: 'check_run', run })
    expect(client.getQueryData(keys.checkRun(T))).toEqual({ run })
  })
})
