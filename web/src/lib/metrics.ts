import type { MetricPoint, MetricSpan, MetricsOverview, MetricTotal, ServerMetrics } from '@/lib/api/types'

/** What the figures of checks mean, and how a new check moves the newest of them. No React. */

export type CheckEvent = { server: string; at: string; ok: boolean; took_ms: number }

/** The newest checks that events told of, newest first. */
export type CheckNews = CheckEvent[]

const NEWS = 200

export function addNews(news: CheckNews | undefined, check: CheckEvent): CheckNews {
  return [check, ...(news ?? [])].slice(0, NEWS)
}

const HOUR = 3_600_000
export const STEP: Record<MetricSpan, number> = { hour: HOUR, day: 24 * HOUR }
const COUNT: Record<MetricSpan, number> = { hour: 24, day: 30 }

/** How long a span is, in milliseconds. */
export function lengthOf(span: MetricSpan): number {
  return STEP[span] * COUNT[span]
}

const EMPTY: MetricTotal = { checks: 0, failed: 0, attempts: 0, success_percent: null, average_ms: null, p95_ms: null }

/** One more check in the figures. The 95th percentile cannot be known from them: it waits for the next answer. */
function counted<T extends MetricTotal>(total: T, { ok, took_ms }: CheckEvent): T {
  const passed = total.checks - total.failed
  const checks = total.checks + 1
  const failed = total.failed + (ok ? 0 : 1)
  return {
    ...total,
    checks,
    failed,
    attempts: total.attempts + 1,
    success_percent: (100 * (checks - failed)) / checks,
    average_ms: ok ? ((total.average_ms ?? 0) * passed + took_ms) / (passed + 1) : (total.average_ms ?? null),
    p95_ms: total.p95_ms ?? (ok ? took_ms : null),
  }
}

/** The point that a time belongs to, by the grid of those that are there. */
function startOf(points: MetricPoint[], at: number, span: MetricSpan): number {
  const last = points.at(-1)
  const step = STEP[span]
  if (!last) return Math.floor(at / step) * step
  const start = Date.parse(last.at)
  return start + Math.floor((at - start) / step) * step
}

/** The server's figures with one more check: in the newest point, or in a new one after it. */
export function withCheck(metrics: ServerMetrics, check: CheckEvent, span: MetricSpan): ServerMetrics {
  const { points } = metrics
  const start = startOf(points, Date.parse(check.at), span)
  const last = points.at(-1)
  const lastStart = last ? Date.parse(last.at) : Number.NEGATIVE_INFINITY
  // Older than the newest point: the next answer has it in its place.
  if (start < lastStart) return metrics
  const next =
    last && start === lastStart
      ? [...points.slice(0, -1), counted(last, check)]
      : [...points, counted({ ...EMPTY, at: new Date(start).toISOString() }, check)]
  return { ...metrics, points: next.slice(-COUNT[span] - 1), total: counted(metrics.total, check) }
}

/** The same for the figures of all servers; the same object when the server is not among them. */
export function withCheckOfAll(overview: MetricsOverview, check: CheckEvent): MetricsOverview {
  if (!overview.servers.some(one => one.server === check.server)) return overview
  return {
    ...overview,
    total: counted(overview.total, check),
    servers: overview.servers.map(one => (one.server === check.server ? withCheck(one, check, overview.span) : one)),
  }
}

/** What a chart draws: a null is a gap. */
export type Values = (number | null)[]

/** Points of one server as columns; where points are missing in between there is a gap. */
export function columnsOf(points: MetricPoint[], span: MetricSpan) {
  const times: number[] = []
  const average: Values = []
  const p95: Values = []
  const success: Values = []
  for (const point of points) {
    const at = Date.parse(point.at)
    const before = times.at(-1)
    if (before !== undefined && at - before > 1.5 * STEP[span]) push(before + STEP[span], null)
    push(at, point)
  }
  function push(at: number, point: MetricPoint | null) {
    times.push(at)
    average.push(point?.average_ms ?? null)
    p95.push(point?.p95_ms ?? null)
    success.push(point?.success_percent ?? null)
  }
  return { times, average, p95, success }
}

/** When the point of now begins. */
export function currentPoint(span: MetricSpan): number {
  return Math.floor(Date.now() / STEP[span]) * STEP[span]
}

/** The average response times of a whole span, one for each point that there could be: for a line without an axis. */
export function responseLine(points: MetricPoint[], span: MetricSpan): Values {
  const newest = Math.max(currentPoint(span), Date.parse(points.at(-1)?.at ?? '') || 0)
  const line: Values = Array(COUNT[span]).fill(null)
  for (const { at, average_ms: average } of points) {
    const place = COUNT[span] - 1 - Math.round((newest - Date.parse(at)) / STEP[span])
    if (place >= 0) line[place] = average ?? null
  }
  return line
}

/** All servers in one line: averages by how much each was asked, and the p95 of the slowest. */
export function mergedPoints(servers: ServerMetrics[]): MetricPoint[] {
  const byTime = new Map<number, MetricPoint[]>()
  for (const { points } of servers) {
    for (const point of points) {
      const at = Date.parse(point.at)
      byTime.set(at, [...(byTime.get(at) ?? []), point])
    }
  }
  return [...byTime].sort(([a], [b]) => a - b).map(([at, points]) => mergePoints(at, points))
}

function mergePoints(at: number, points: MetricPoint[]): MetricPoint {
  let checks = 0
  let failed = 0
  let attempts = 0
  let answered = 0
  let time = 0
  let p95: number | null = null
  for (const point of points) {
    checks += point.checks
    failed += point.failed
    attempts += point.attempts
    const passed = point.checks - point.failed
    if (point.average_ms != null) {
      answered += passed
      time += point.average_ms * passed
    }
    if (point.p95_ms != null) p95 = Math.max(p95 ?? 0, point.p95_ms)
  }
  return {
    at: new Date(at).toISOString(),
    checks,
    failed,
    attempts,
    success_percent: checks > 0 ? (100 * (checks - failed)) / checks : null,
    average_ms: answered > 0 ? time / answered : null,
    p95_ms: p95,
  }
}
