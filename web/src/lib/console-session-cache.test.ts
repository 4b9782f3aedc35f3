import type { InfiniteData } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import type { ConsoleSession, ConsoleSessionList } from '@/lib/api/types'
import { mergeConsoleSession } from '@/lib/console-session-cache'

const session = (id: string, state: ConsoleSession['state'], minute = 5, end_reason: string | null = null) =>
  ({
    id,
    state,
    end_reason,
    user: { id: 'anna' },
    tenant: { id: 't' },
    guest: { server: 's', type: 'qemu', vmid: 100 },
    created_at: `2026-01-01T00:0${minute}:00Z`,
  }) as ConsoleSession
const data: InfiniteData<ConsoleSessionList> = {
  pages: [{ sessions: [session('a', 'open', 4), session('b', 'open', 2)], next_cursor: null }],
  pageParams: [''],
}
const ids = (merged: typeof data) =>
  merged.pages.flatMap(page => page.sessions.map(({ id, state }) => `${id} ${state}`))

it('shows a console that was opened, and takes one away that has ended', () => {
  const open = { state: 'open' } as const
  expect(ids(mergeConsoleSession(data, open, session('c', 'open')))).toEqual(['c open', 'a open', 'b open'])
  expect(ids(mergeConsoleSession(data, open, session('a', 'ended', 4)))).toEqual(['b open'])
})

it('changes it in place where all are shown', () => {
  expect(ids(mergeConsoleSession(data, {}, session('b', 'ended', 2)))).toEqual(['a open', 'b ended'])
})

it('leaves a list alone that has nothing to do with it', () => {
  expect(mergeConsoleSession(data, { state: 'open' }, session('d', 'ended'))).toBe(data)
  expect(mergeConsoleSession(data, { user: 'ben' }, session('d', 'open'))).toBe(data)
  expect(mergeConsoleSession(data, { tenant: 'u' }, session('d', 'open'))).toBe(data)
  expect(mergeConsoleSession(data, { guest: { server: 's', type: 'lxc', vmid: 100 } }, session('d', 'open'))).toBe(data)
})

it('puts an old one where it belongs, and not before its page is there', () => {
  expect(ids(mergeConsoleSession(data, {}, session('c', 'open', 3)))).toEqual(['a open', 'c open', 'b open'])
  expect(ids(mergeConsoleSession(data, {}, session('c', 'open', 1)))).toEqual(['a open', 'b open', 'c open'])
  const more = { ...data, pages: data.pages.map(page => ({ ...page, next_cursor: 'more' })) }
  expect(mergeConsoleSession(more, {}, session('c', 'open', 1))).toBe(more)
})

it('takes words of a person for an end by an administrator', () => {
  const ask = { end_reason: 'ended_by_admin' } as const
  expect(ids(mergeConsoleSession(data, ask, session('c', 'ended', 5, 'We move')))[0]).toBe('c ended')
  expect(mergeConsoleSession(data, ask, session('c', 'ended', 5, 'idle'))).toBe(data)
})
