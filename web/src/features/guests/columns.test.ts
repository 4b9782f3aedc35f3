import { describe, expect, it } from 'vitest'
import {
  DEFAULT_COLUMNS,
  fromView,
  MOVABLE,
  moveColumn,
  readColumns,
  showColumn,
  shownColumns,
  sizeColumn,
  stepColumn,
  toView,
  widthOf,
} from '@/features/guests/columns'

describe('the columns that show', () => {
  it('are as many as there is room for, the important ones first', () => {
    const narrow = shownColumns(DEFAULT_COLUMNS, 600)
    expect(narrow).toEqual(['select', 'status', 'name', 'vmid', 'actions'])
    const wide = shownColumns(DEFAULT_COLUMNS, 3000)
    expect(wide).toContain('network')
    expect(wide).not.toContain('pool')
    const usual = shownColumns(DEFAULT_COLUMNS, 1193)
    expect(usual).toContain('tags')
    expect(usual).not.toContain('disk')
  })

  it('are those that were asked for, also without room', () => {
    const choice = showColumn(showColumn(DEFAULT_COLUMNS, [], 'pool', true), [], 'cpu', false)
    expect(shownColumns(choice, 400)).toContain('pool')
    expect(shownColumns(choice, 3000)).not.toContain('cpu')
    // One more takes none away.
    const now = shownColumns(DEFAULT_COLUMNS, 1193)
    expect(shownColumns(showColumn(DEFAULT_COLUMNS, now, 'pool', true), 1193)).toEqual(expect.arrayContaining(now))
  })

  it('go where they are moved to, and stop at the ends', () => {
    const moved = moveColumn(DEFAULT_COLUMNS, 'cpu', 'status', false)
    const shown = shownColumns(moved, 3000)
    expect(shown.indexOf('cpu')).toBe(shown.indexOf('status') - 1)
    expect(shownColumns(moveColumn(DEFAULT_COLUMNS, 'cpu', 'actions', false), 3000).at(-2)).toBe('cpu')
    expect(shownColumns(moveColumn(DEFAULT_COLUMNS, 'cpu', 'select', true), 3000)[1]).toBe('cpu')
    const first = shown[1] ?? 'name'
    expect(stepColumn(moved, shown, first, -1)).toBe(moved)
    // A step passes those that do not show.
    const few = shownColumns(DEFAULT_COLUMNS, 600)
    const stepped = shownColumns(stepColumn(DEFAULT_COLUMNS, few, 'vmid', -1), 600)
    expect(stepped).toEqual(['select', 'status', 'vmid', 'name', 'actions'])
  })

  it('keep a width that can be seen', () => {
    expect(widthOf('cpu', sizeColumn(DEFAULT_COLUMNS, 'cpu', 3))).toBe(40)
    expect(widthOf('cpu', sizeColumn(DEFAULT_COLUMNS, 'cpu', 212.4))).toBe(212)
  })
})

describe('a stored choice', () => {
  it('is used as far as it makes sense', () => {
    expect(readColumns(null)).toEqual(DEFAULT_COLUMNS)
    expect(readColumns({ order: 'x', shown: [], widths: 3 })).toEqual(DEFAULT_COLUMNS)
    const read = readColumns({
      order: ['cpu', 'gone', 'name', 'cpu'],
      shown: { cpu: true, x: 1 },
      widths: { cpu: 1e9 },
    })
    expect(new Set(read.order)).toEqual(new Set(MOVABLE))
    expect(read.order).toHaveLength(MOVABLE.length)
    expect(read.order.indexOf('cpu')).toBeLessThan(read.order.indexOf('name'))
    expect(read.shown).toEqual({ cpu: true })
    expect(read.widths).toEqual({ cpu: 1000 })
  })

  it('comes back out of a saved view', () => {
    const choice = sizeColumn(moveColumn(DEFAULT_COLUMNS, 'cpu', 'status', false), 'cpu', 140)
    const shown = shownColumns(choice, 1193)
    const view = toView(choice, shown)
    expect(view.find(({ id }) => id === 'cpu')).toEqual({ id: 'cpu', width: 140 })
    expect(shownColumns(fromView(view), 500)).toEqual(shown)
    expect(fromView([])).toEqual(DEFAULT_COLUMNS)
  })
})
