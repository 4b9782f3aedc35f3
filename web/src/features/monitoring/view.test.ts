import { expect, it } from 'vitest'
import {
  alignedValues,
  formatSort,
  nextSort,
  parseSort,
  picksOf,
  sortServers,
  togglePick,
} from '@/features/monitoring/view'
import { makeMetrics, makePoint } from '@/lib/fixtures'

const total = makeMetrics().total
const fast = makeMetrics({ server: 'a', server_name: 'Site 2' })
const slow = makeMetrics({ server: 'b', server_name: 'Site 10', total: { ...total, average_ms: 900 } })
const silent = makeMetrics({
  server: 'c',
  server_name: 'Old',
  status: 'offline',
  total: { ...total, average_ms: null, p95_ms: null, success_percent: 0 },
})
const all = [slow, silent, fast]
const by = (sort: string) => sortServers(all, parseSort(sort)).map(one => one.server)

it('sorts numbers as numbers, and what has no value last in both directions', () => {
  expect(by('name').join('')).toBe('cab')
  expect(by('average').join('')).toBe('abc')
  expect(by('-average').join('')).toBe('bac')
  expect(by('success').join('')).toBe('cab')
  expect(by('status').join('')).toBe('cab')
})

it('starts with what is worst, and turns round on the second click', () => {
  const first = nextSort(parseSort(undefined), 'average')
  expect(formatSort(first)).toBe('-average')
  expect(formatSort(nextSort(first, 'average'))).toBe('average')
  expect(formatSort(nextSort(first, 'success'))).toBe('success')
  expect(formatSort(parseSort('-nonsense'))).toBe('name')
})

it('chooses the slowest where nobody has chosen', () => {
  expect(picksOf(undefined, all)).toEqual(['b', 'a', 'c'])
  expect(picksOf('c,,gone', all)).toEqual(['c', null, null])
  expect(picksOf('', all)).toEqual([null])
})

it('keeps the colours of the others when one is taken out', () => {
  expect(togglePick(['a', 'b', 'c'], 'b')).toBe('a,,c')
  expect(togglePick(['a', null, 'c'], 'd')).toBe('a,d,c')
  expect(togglePick(['a', null, 'c'], 'c')).toBe('a')
  expect(togglePick(['a', 'b', 'c', 'd', 'e', 'f'], 'g')).toBe('a,b,c,d,e,f')
})

it('puts servers on one axis, with a gap where one of them has nothing', () => {
  const one = makeMetrics({ points: [makePoint('2026-01-01T10:00:00Z'), makePoint('2026-01-01T15:00:00Z')] })
  const two = makeMetrics({ points: [makePoint('2026-01-01T11:00:00Z', { average_ms: 7 })] })
  const { times, columns } = alignedValues([one, two], 'average', 'hour')
  expect(times.map(time => new Date(time).getUTCHours())).toEqual([10, 11, 12, 15])
  expect(columns).toEqual([
    [40, null, null, 40],
    [null, 7, null, null],
  ])
})
