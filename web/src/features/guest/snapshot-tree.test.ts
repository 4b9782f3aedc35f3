import { describe, expect, it } from 'vitest'
import { nameProblem, treeRows } from '@/features/guest/snapshot-tree'
import type { Snapshot } from '@/lib/api/types'

let age = 0
const snap = (name: string, parent: string | null = null): Snapshot => {
  age += 60_000
  const created_at = new Date(Date.parse('2026-01-01T00:00:00Z') + age).toISOString()
  return { name, parent, created_at, description: '', with_memory: false, state: null }
}
const shape = (snapshots: Snapshot[], current: string | null) =>
  treeRows({ snapshots, current }).map(
    row => `${' '.repeat(row.column)}${row.snapshot?.name ?? 'NOW'}${row.from === null ? '' : `<${row.from}`}`,
  )

describe('the tree', () => {
  it('keeps a chain in one column', () => {
    expect(shape([snap('a'), snap('b', 'a'), snap('c', 'b')], 'c')).toEqual(['a', 'b<0', 'c<0', 'NOW<0'])
  })

  it('sets branches right of what they come from, and the way to now last', () => {
    const all = [snap('base'), snap('old', 'base'), snap('older', 'old'), snap('new', 'base'), snap('try', 'new')]
    expect(shape(all, 'new')).toEqual(['base', ' old<0', ' older<1', 'new<0', ' try<0', 'NOW<0'])
    const rows = treeRows({ snapshots: all, current: 'new' })
    expect(rows.map(row => row.passing)).toEqual([[], [0], [0], [], [0], []])
    expect(rows.map(row => row.goesOn)).toEqual([true, true, false, true, false, false])
  })

  it('shows what hangs nowhere, and rings, without end', () => {
    expect(shape([snap('a', 'gone')], null)).toEqual(['a', 'NOW'])
    expect(new Set(shape([snap('a', 'b'), snap('b', 'a')], 'a')).size).toBe(3)
    expect(shape([snap('a', 'a')], 'a')).toEqual(['a', 'NOW<0'])
  })

  it('stands a chain of thousands', () => {
    const chain = Array.from({ length: 5000 }, (_, index) => snap(`s${index}`, index === 0 ? null : `s${index - 1}`))
    expect(treeRows({ snapshots: chain, current: 's4999' })).toHaveLength(5001)
  })
})

it('knows the names that PVE takes', () => {
  for (const name of ['ab', 'Before_Update-2', `a${'b'.repeat(39)}`]) expect(nameProblem(name, ['other'])).toBeNull()
  for (const name of ['', 'a', '1st', 'a b', 'größe', `a${'b'.repeat(40)}`])
    expect(nameProblem(name, [])).toBe('invalid')
  expect(nameProblem('current', [])).toBe('reserved')
  expect(nameProblem('base', ['base'])).toBe('taken')
})
