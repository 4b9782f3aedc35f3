import { expect, it } from 'vitest'
import { countAble, extendTo, NOTHING, sumsOf, toggleAll, toggleOne, toggleRange } from '@/features/guests/selection'
import { makeGuest } from '@/lib/fixtures'
import { guestKey } from '@/lib/guest-key'

const rows = [1, 2, 3, 4, 5].map(vmid => makeGuest({ vmid }))
const keys = rows.map(guestKey)
const [k1 = '', k2 = '', k3 = '', k4 = ''] = keys
const picked = (selection: { keys: ReadonlySet<string> }) => keys.map(key => (selection.keys.has(key) ? 1 : 0)).join('')

it('takes one in and out', () => {
  const once = toggleOne(NOTHING, k2)
  expect(picked(once)).toBe('01000')
  expect(picked(toggleOne(once, k2))).toBe('00000')
})

it('takes a range from the last row, in both directions', () => {
  expect(picked(toggleRange(toggleOne(NOTHING, k2), rows, k4))).toBe('01110')
  expect(picked(toggleRange(toggleOne(NOTHING, k4), rows, k1))).toBe('11110')
  const all = toggleAll(NOTHING, rows)
  expect(picked(toggleRange({ ...all, anchor: k2 }, rows, k4))).toBe('10001')
  expect(picked(toggleRange(NOTHING, rows, k4))).toBe('00010')
})

it('grows and shrinks with steps', () => {
  const down = extendTo(extendTo(NOTHING, k1, k2), k2, k3)
  expect(picked(down)).toBe('11100')
  expect(picked(extendTo(down, k3, k2))).toBe('11000')
})

it('takes one alone when the row it would begin at has gone', () => {
  expect(picked(toggleRange(toggleOne(NOTHING, 'gone'), rows, k4))).toBe('00010')
})

it('takes all that are shown, and leaves the others alone', () => {
  const one = toggleOne(NOTHING, k1)
  const more = toggleAll(one, rows.slice(2))
  expect(picked(more)).toBe('10111')
  expect(picked(toggleAll(more, rows.slice(2)))).toBe('10000')
})

it('adds up what the guests may use', () => {
  const GIB = 1024 ** 3
  const known = makeGuest({ max_cpu: 4, max_memory_bytes: GIB, max_disk_bytes: 8 * GIB })
  const unknown = makeGuest({ max_cpu: null, max_memory_bytes: null, max_disk_bytes: null })
  expect(sumsOf([known, unknown, known])).toEqual({ cores: 8, memory: 2 * GIB, disk: 16 * GIB })
})

it('counts who can take an action', () => {
  const may = { console: true, watch: true, power: false, snapshot: false }
  expect(countAble([makeGuest(), makeGuest({ may }), makeGuest({ actions: ['start'] })], 'stop')).toBe(1)
})
