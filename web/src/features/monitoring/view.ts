import type { MetricSpan, ServerMetrics } from '@/lib/api/types'
import { STEP, type Values } from '@/lib/metrics'

/** Which figures the page shows, and in which order. No React. */

export const TABS = ['overview', 'comparison', 'history'] as const
export type Tab = (typeof TABS)[number]

/** What the lines of the comparison are. */
export const LINES = ['average', 'percentile', 'success'] as const
export type Line = (typeof LINES)[number]

export const KINDS = ['check', 'call'] as const

const SORTS = ['name', 'status', 'success', 'average', 'percentile', 'checks', 'attempts'] as const
export type SortColumn = (typeof SORTS)[number]
export type Sort = { column: SortColumn; descending: boolean }

/** "-average" is by average, slowest first. What is not known sorts by name. */
export function parseSort(text: string | undefined): Sort {
  const descending = text?.startsWith('-') ?? false
  const column = SORTS.find(known => known === text?.replace(/^-/, ''))
  return column ? { column, descending } : { column: 'name', descending: false }
}

export function formatSort({ column, descending }: Sort): string {
  return descending ? `-${column}` : column
}

/** A click on a head: first what is worst or most, then the other way round. */
export function nextSort(current: Sort, column: SortColumn): Sort {
  if (current.column === column) return { column, descending: !current.descending }
  return { column, descending: !['name', 'status', 'success'].includes(column) }
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const STATE_ORDER = { offline: 0, degraded: 1, checking: 2, unknown: 3, online: 4 } as const

function measureOf({ status, total }: ServerMetrics, column: Exclude<SortColumn, 'name'>): number | null {
  switch (column) {
    case 'status':
      return STATE_ORDER[status]
    case 'success':
      return total.success_percent ?? null
    case 'average':
      return total.average_ms ?? null
    case 'percentile':
      return total.p95_ms ?? null
    case 'checks':
      return total.checks
    case 'attempts':
      return total.attempts
  }
}

/** In order; what is equal by name, and what has no value last. */
export function sortServers(servers: ServerMetrics[], { column, descending }: Sort): ServerMetrics[] {
  const sign = descending ? -1 : 1
  const byName = (a: ServerMetrics, b: ServerMetrics) => names.compare(a.server_name, b.server_name)
  if (column === 'name') return [...servers].sort((a, b) => sign * byName(a, b))
  return [...servers].sort((a, b) => {
    const [x, y] = [measureOf(a, column), measureOf(b, column)]
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName(a, b)
    return sign * (x - y) || byName(a, b)
  })
}

/** As many as there are colours. */
export const MOST_PICKED = 6

/** Places of chosen servers, each with its colour; a place is empty when its server was taken out. */
type Picks = (string | null)[]

/** The chosen servers from the address; where nobody has chosen, the slowest ones. */
export function picksOf(text: string | undefined, servers: ServerMetrics[]): Picks {
  if (text === undefined) {
    const slowest = sortServers(servers, { column: 'average', descending: true })
    return slowest.slice(0, MOST_PICKED).map(one => one.server)
  }
  const known = new Set(servers.map(one => one.server))
  return text
    .split(',')
    .slice(0, MOST_PICKED)
    .map(id => (known.has(id) ? id : null))
}

/** The choice with a server taken in, in the first empty place, or out; the others keep their colours. */
export function togglePick(picks: Picks, server: string): string {
  const next = [...picks]
  const at = next.indexOf(server)
  const free = next.indexOf(null)
  if (at >= 0) next[at] = null
  else if (free >= 0) next[free] = server
  else if (next.length < MOST_PICKED) next.push(server)
  while (next.length > 0 && next.at(-1) === null) next.pop()
  return next.map(id => id ?? '').join(',')
}

const values: Record<Line, (point: ServerMetrics['points'][number]) => number | null> = {
  average: point => point.average_ms ?? null,
  percentile: point => point.p95_ms ?? null,
  success: point => point.success_percent ?? null,
}

/** Several servers on one time axis; a gap where one of them, or all, have no point. */
export function alignedValues(servers: ServerMetrics[], line: Line, span: MetricSpan) {
  const found = new Set(servers.flatMap(({ points }) => points.map(point => Date.parse(point.at))))
  const times: number[] = []
  for (const at of [...found].sort((a, b) => a - b)) {
    const before = times.at(-1)
    if (before !== undefined && at - before > 1.5 * STEP[span]) times.push(before + STEP[span])
    times.push(at)
  }
  const columns = servers.map(({ points }): Values => {
    const byTime = new Map(points.map(point => [Date.parse(point.at), values[line](point)]))
    return times.map(time => byTime.get(time) ?? null)
  })
  return { times, columns }
}
