import type { InfiniteData } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import type { ConsoleSession, ConsoleSessionList } from '@/lib/api/types'
import { mergeConsoleSession } from '@/lib/console-session-cache'

const session = (id: string, state: ConsoleSession['state']) => ({ id, state }) as ConsoleSession
const data: InfiniteData<ConsoleSessionList> = {
  pages: [{ sessions: [session('a', 'open'), session('b', 'open')], next_cursor: null }],
  pageParams: [''],
}
const ids = (merged: typeof data) =>
  merged.pages.flatMap(page => page.sessions.map(({ id, state }) => `${id} ${state}`))

it('shows a console that was opened, and takes one away that has ended', () => {
  expect(ids(mergeConsoleSession(data, 'open', session('c', 'open')))).toEqual(['c open', 'a open', 'b open'])
  expect(ids(mergeConsoleSession(data, 'open', session('a', 'ended')))).toEqual(['b open'])
})

it('changes it in place where all are shown', () => {
  expect(ids(mergeConsoleSession(data, undefined, session('b', 'ended')))).toEqual(['a open', 'b ended'])
})

it('leaves a list alone that has nothing to do with it', () => {
  expect(mergeConsoleSession(data, 'open', session('d', 'ended'))).toBe(data)
})
