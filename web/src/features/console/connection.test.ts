import { describe, expect, it } from 'vitest'
import { type Connection, type ConnectionEvent, initial, reduce } from '@/features/console/connection'
import type { Console } from '@/lib/api/types'

const session = { session: 's', path: '/api/v1/console/s', view_only: false } as Console

function play(events: ConnectionEvent[], from: Connection = initial): Connection {
  return events.reduce(reduce, from)
}

const opened: ConnectionEvent = { type: 'opened', console: session }
const live = (at = 1000): ConnectionEvent => ({ type: 'live', at })
const closed = (code: number, at = 1000, reason = ''): ConnectionEvent => ({ type: 'closed', code, reason, at })
const refused = (status: number, code = 'x', at = 1000): ConnectionEvent => ({
  type: 'refused',
  status,
  code,
  detail: 'why',
  at,
})

describe('opening a console', () => {
  it('goes from opening over connecting to live', () => {
    expect(initial.kind).toBe('opening')
    expect(play([opened]).kind).toBe('connecting')
    expect(play([opened, live()])).toMatchObject({ kind: 'live', since: 1000, console: session })
  })

  it('ignores what comes too late', () => {
    expect(play([live()])).toEqual(initial)
    expect(play([closed(4008)])).toEqual(initial)
    const ended = play([opened, live(), closed(4008)])
    expect(reduce(ended, opened)).toBe(ended)
    expect(reduce(ended, { type: 'retry' })).toBe(ended)
    expect(reduce(ended, refused(503))).toBe(ended)
  })

  it.each([
    [403, 'forbidden', 'forbidden'],
    [404, 'not_found', 'not_found'],
    [401, 'not_signed_in', 'signed_out'],
    [429, 'too_many_consoles', 'too_many_consoles'],
    [502, 'pve_refused', 'pve_refused'],
    [409, 'guest_template', 'refused'],
  ])('a refusal %i %s is the end', (status, code, cause) => {
    expect(play([refused(status, code)])).toEqual({ kind: 'ended', cause, detail: 'why' })
  })

  it.each([
    [0, 'unreachable', 'nexus_unreachable'],
    [503, 'unavailable', 'nexus_unreachable'],
    [502, 'unknown', 'nexus_unreachable'],
    [502, 'pve_unreachable', 'pve_unreachable'],
    [500, 'internal', 'internal'],
  ])('a refusal %i %s is tried again', (status, code, cause) => {
    expect(play([refused(status, code)])).toEqual({ kind: 'reconnecting', cause, attempt: 1, retryAt: 1500 })
  })

  it('waits for a guest that is not running, whether it was so before or became so', () => {
    expect(play([refused(409, 'guest_not_running')])).toEqual({ kind: 'stopped' })
    expect(play([opened, live(), closed(4001)])).toEqual({ kind: 'stopped' })
    expect(play([opened, live(), closed(4001), { type: 'open' }])).toEqual(initial)
  })
})

describe('losing a console', () => {
  it.each([1006, 1005, 1001, 1012, 4000, 4002, 4003, 4005, 4007, 4012, 4015, 4016])(
    'close code %i is tried again',
    code => {
      expect(play([opened, live(), closed(code)]).kind).toBe('reconnecting')
    },
  )

  it.each([1000, 4004, 4006, 4008, 4009, 4010, 4011, 4013, 4014, 4017, 4018])('close code %i is the end', code => {
    expect(play([opened, live(), closed(code)]).kind).toBe('ended')
  })

  it('waits twice as long after each failure, up to ten seconds, and never gives up', () => {
    let state: Connection = initial
    const waits: number[] = []
    for (let round = 0; round < 50; round += 1) {
      state = play([refused(0, 'unreachable', 0)], state)
      if (state.kind !== 'reconnecting') throw new Error(state.kind)
      waits.push(state.retryAt)
      state = reduce(state, { type: 'retry' })
    }
    expect(waits.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 10_000])
    expect(waits.at(-1)).toBe(10_000)
  })

  it('keeps the cause while it tries, so that the words do not change at every try', () => {
    const trying = play([opened, live(), closed(1012), { type: 'retry' }])
    expect(trying).toMatchObject({ kind: 'opening', cause: 'shutdown', attempt: 1 })
    expect(reduce(trying, opened)).toMatchObject({ kind: 'connecting', cause: 'shutdown' })
  })

  it('starts from the shortest wait after a console that was well', () => {
    const tried: Connection = { kind: 'connecting', attempt: 4, cause: 'lost', console: session }
    expect(play([live(0), closed(1006, 60_000)], tried)).toMatchObject({ attempt: 1, retryAt: 60_500 })
    expect(play([live(0), closed(1006, 100)], tried)).toMatchObject({ attempt: 5, retryAt: 8100 })
  })

  it('ends when a person closes it, and opens again when they ask', () => {
    const left = play([opened, live(), { type: 'leave' }])
    expect(left).toEqual({ kind: 'ended', cause: 'client_closed', detail: null })
    expect(reduce(left, { type: 'open' })).toEqual(initial)
  })

  it('keeps the words of who ended it, and not the name of the cause', () => {
    expect(play([opened, live(), closed(4010, 2000, 'Maintenance at noon')])).toEqual({
      kind: 'ended',
      cause: 'ended_by_admin',
      detail: 'Maintenance at noon',
    })
    expect(play([opened, live(), closed(4010, 2000, 'ended_by_admin')])).toMatchObject({ detail: null })
  })
})
