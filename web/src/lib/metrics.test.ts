import { afterEach, expect, it, vi } from 'vitest'
import type { MetricsOverview } from '@/lib/api/types'
import { makeMetrics, makePoint } from '@/lib/fixtures'
import { addNews, columnsOf, mergedPoints, responseLine, withCheck, withCheckOfAll } from '@/lib/metrics'

afterEach(() => vi.useRealTimers())

const check = (at: string, ok = true, took_ms = 150) => ({ server: 's1', at, ok, took_ms })

it('moves the newest point by a check, and leaves the percentile to the server', () => {
  const after = withCheck(makeMetrics(), check('2026-01-01T10:59:59Z'), 'hour')
  expect(after.points).toEqual([makePoint('2026-01-01T10:00:00Z', { checks: 11, attempts: 11, average_ms: 50 })])
  expect(after.total).toMatchObject({ checks: 11, failed: 0, average_ms: 50, p95_ms: 80 })
})

it('counts what failed in the rate alone', () => {
  const after = withCheck(makeMetrics(), check('2026-01-01T10:30:00Z', false, 10_000), 'hour')
  expect(after.points[0]).toMatchObject({ checks: 11, failed: 1, average_ms: 40 })
  expect(after.points[0]?.success_percent).toBeCloseTo(90.9, 1)
})

it('begins a point of its own with the hour, and lets what is older wait', () => {
  const after = withCheck(makeMetrics(), check('2026-01-01T12:00:01Z'), 'hour')
  expect(after.points.map(point => point.at)).toEqual(['2026-01-01T10:00:00Z', '2026-01-01T12:00:00.000Z'])
  expect(after.points[1]).toMatchObject({ checks: 1, success_percent: 100, average_ms: 150, p95_ms: 150 })
  const failed = withCheck(makeMetrics({ points: [] }), check('2026-01-01T12:34:00Z', false), 'day')
  expect(failed.points).toMatchObject([{ at: '2026-01-01T00:00:00.000Z', average_ms: null, success_percent: 0 }])
  const same = makeMetrics()
  expect(withCheck(same, check('2026-01-01T09:00:00Z'), 'hour')).toBe(same)
})

it('moves the figures of the server alone that was checked', () => {
  const [one, two] = [makeMetrics(), makeMetrics({ server: 's2' })]
  const overview: MetricsOverview = {
    span: 'hour',
    begins_at: '',
    ends_at: '',
    total: one.total,
    servers: [one, two],
  }
  const after = withCheckOfAll(overview, check('2026-01-01T10:10:00Z'))
  expect(after.total.checks).toBe(11)
  expect(after.servers[0]?.total.checks).toBe(11)
  expect(after.servers[1]).toBe(two)
  expect(withCheckOfAll(overview, { ...check('2026-01-01T10:10:00Z'), server: 'gone' })).toBe(overview)
})

it('leaves a gap where nothing was asked', () => {
  const points = [
    makePoint('2026-01-01T10:00:00Z'),
    makePoint('2026-01-01T11:00:00Z', { average_ms: null, p95_ms: null, success_percent: 0 }),
    makePoint('2026-01-01T14:00:00Z'),
  ]
  const { times, average, success } = columnsOf(points, 'hour')
  expect(times.map(time => new Date(time).getUTCHours())).toEqual([10, 11, 12, 14])
  expect(average).toEqual([40, null, null, 40])
  expect(success).toEqual([100, 0, null, 100])
})

it('puts a line without axis at its time, up to now', () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T12:20:00Z') })
  const points = [makePoint('2026-01-01T09:00:00Z', { average_ms: 7 }), makePoint('2026-01-01T10:00:00Z')]
  const line = responseLine(points, 'hour')
  expect(line).toHaveLength(24)
  expect(line.slice(-4)).toEqual([7, 40, null, null])
})

it('takes several servers together by how much each was asked', () => {
  const slow = makePoint('2026-01-01T10:00:00Z', { checks: 40, failed: 10, average_ms: 100, p95_ms: 900 })
  const silent = makePoint('2026-01-01T10:00:00Z', { checks: 10, failed: 10, average_ms: null, p95_ms: null })
  const [merged] = mergedPoints([makeMetrics(), makeMetrics({ points: [slow] }), makeMetrics({ points: [silent] })])
  // 10 answers of 40 ms and 30 of 100 ms.
  expect(merged).toMatchObject({ checks: 60, failed: 20, average_ms: 85, p95_ms: 900 })
  expect(merged?.success_percent).toBeCloseTo(66.7, 1)
})

it('keeps the newest news', () => {
  let news = addNews(undefined, check('first'))
  for (let count = 0; count < 300; count += 1) news = addNews(news, check(`later ${count}`))
  expect(news).toHaveLength(200)
  expect(news[0]?.at).toBe('later 299')
})
