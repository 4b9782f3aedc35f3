import { expect, it } from 'vitest'
import { DEFAULT_COLUMNS, showColumn } from '@/features/guests/columns'
import { choiceOf, differs, lookOf } from '@/features/guests/look'
import type { SavedView } from '@/lib/api/types'

const table = { layout: 'table', columns: DEFAULT_COLUMNS } as const
const saved = (look: ReturnType<typeof lookOf>): SavedView => ({
  ...look,
  id: 'v',
  name: 'Mine',
  version: 1,
  created_at: '2026-01-01T00:00:00Z',
})

it('is the same when a view is opened again, however wide the window', () => {
  const view = saved(lookOf('tag:web ', '-cpu', table, 1193))
  expect(view).toMatchObject({ filter: 'tag:web', sort: '-cpu', layout: 'table' })
  const opened = choiceOf(view, DEFAULT_COLUMNS)
  for (const room of [500, 1193, 3000]) expect(differs(view, lookOf('tag:web', '-cpu', opened, room))).toBe(false)
})

it('differs in filter, order, layout and columns', () => {
  const view = saved(lookOf('', undefined, table, 1193))
  const opened = choiceOf(view, DEFAULT_COLUMNS)
  expect(differs(view, lookOf('web', undefined, opened, 1193))).toBe(true)
  expect(differs(view, lookOf('', '-cpu', opened, 1193))).toBe(true)
  expect(differs(view, lookOf('', 'name', opened, 1193))).toBe(false)
  expect(differs(view, lookOf('', undefined, { ...opened, layout: 'cards' }, 1193))).toBe(true)
  const more = { ...opened, columns: showColumn(opened.columns, [], 'pool', true) }
  expect(differs(view, lookOf('', undefined, more, 1193))).toBe(true)
})

it('takes any columns where a view keeps none', () => {
  const view = { ...saved(lookOf('', undefined, table, 1193)), columns: [] }
  expect(differs(view, lookOf('', undefined, table, 600))).toBe(false)
  expect(choiceOf(view, DEFAULT_COLUMNS).columns).toBe(DEFAULT_COLUMNS)
})
