import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart, type ChartSeries } from '@/components/chart/chart'
import { Sparkline } from '@/components/chart/sparkline'
import { metricScale } from '@/components/chart/time-scale'
import { ScrollArea } from '@/components/list-state'
import { ServerStatus } from '@/components/server-status'
import { Choices } from '@/components/ui/choices'
import { Skeleton } from '@/components/ui/skeleton'
import type { MonitoringSearch } from '@/features/monitoring/monitoring-page'
import {
  alignedValues,
  formatSort,
  LINES,
  type Line,
  MOST_PICKED,
  nextSort,
  parseSort,
  picksOf,
  type Sort,
  type SortColumn,
  sortServers,
  togglePick,
} from '@/features/monitoring/view'
import type { MetricSpan, MetricsOverview, ServerMetrics, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatMilliseconds, formatNumber, formatSuccess } from '@/lib/format'
import { responseLine } from '@/lib/metrics'
import { useMediaQuery } from '@/lib/use-media-query'

type ComparisonProps = {
  tenant: Tenant
  metrics: MetricsOverview
  search: MonitoringSearch
  onSearch: (change: MonitoringSearch) => void
}

/** The servers beside each other: up to six as lines in one chart, all of them as a table. */
export function Comparison({ tenant, metrics, search, onSearch }: ComparisonProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)')
  const sort = parseSort(search.sort)
  const picks = picksOf(search.pick, metrics.servers)
  const rows = useOrder(metrics.servers, sort)
  const full = picks.filter(Boolean).length >= MOST_PICKED
  const onSort = (next: Sort) => onSearch({ sort: formatSort(next) === 'name' ? undefined : formatSort(next) })
  const list = {
    tenant,
    rows,
    sort,
    onSort,
    colourOf: (server: string) => picks.indexOf(server) + 1,
    onPick: (server: string) => onSearch({ pick: togglePick(picks, server) }),
    full,
    span: metrics.span,
  }
  return (
    <ScrollArea label={t('monitoring.comparison')}>
      <div className="flex flex-col gap-6 p-6 max-md:gap-5 max-md:p-4">
        <Overlay metrics={metrics} picks={picks} search={search} onSearch={onSearch} />
        {narrow ? <ServerCards {...list} /> : <ServerTable {...list} />}
      </div>
    </ScrollArea>
  )
}

type OverlayProps = Pick<ComparisonProps, 'metrics' | 'search' | 'onSearch'> & { picks: (string | null)[] }

function Overlay({ metrics, picks, search, onSearch }: OverlayProps) {
  const { t, i18n } = useTranslation()
  const line: Line = search.line ?? 'average'
  const chosen = picks.join()
  const { times, series } = useMemo(() => {
    const found = chosen.split(',').flatMap((id, place) => {
      const server = metrics.servers.find(one => one.server === id)
      return server ? [{ server, place }] : []
    })
    const { times, columns } = alignedValues(
      found.map(one => one.server),
      line,
      metrics.span,
    )
    const series = found.map(
      ({ server, place }, index): ChartSeries => ({
        key: server.server,
        label: server.server_name,
        values: columns[index] ?? [],
        colour: (place + 1) as ChartSeries['colour'],
      }),
    )
    return { times, series }
  }, [metrics, chosen, line])
  const percent = line === 'success'
  const format = (value: number) =>
    percent ? formatSuccess(value, i18n.language) : formatMilliseconds(value, i18n.language)
  return (
    <Chart
      key={line}
      title={t(`monitoring.title_${line}`)}
      hint={
        series.length === 0
          ? t('monitoring.pick_hint', { count: MOST_PICKED })
          : search.pick === undefined && metrics.servers.length > MOST_PICKED
            ? t('monitoring.pick_slowest', { count: MOST_PICKED })
            : undefined
      }
      scale={metricScale(metrics.span, times)}
      times={times}
      series={series}
      format={format}
      axis={value => (value === 0 && !percent ? '0' : format(value))}
      max={percent ? 100 : undefined}
      sync="comparison"
      actions={
        <Choices
          label={t('monitoring.line')}
          value={line}
          onChange={next => onSearch({ line: next === 'average' ? undefined : next })}
          choices={LINES.map(one => ({ value: one, label: t(`monitoring.line_${one}`) }))}
        />
      }
    />
  )
}

/** Sorted when the list or the order is another; a value that changes does not move its row under the pointer. */
function useOrder(servers: ServerMetrics[], sort: Sort): ServerMetrics[] {
  const key = `${formatSort(sort)} ${servers.map(one => one.server).join(' ')}`
  const order = () => sortServers(servers, sort).map(one => one.server)
  const [held, setHeld] = useState(() => ({ key, order: order() }))
  const now = held.key === key ? held : { key, order: order() }
  if (now !== held) setHeld(now)
  const byId = new Map(servers.map(one => [one.server, one]))
  return now.order.flatMap(id => byId.get(id) ?? [])
}

type ListProps = {
  tenant: Tenant
  span: MetricSpan
  rows: ServerMetrics[]
  sort: Sort
  onSort: (sort: Sort) => void
  /** 1 to 6, or 0 when it is not in the chart. */
  colourOf: (server: string) => number
  onPick: (server: string) => void
  full: boolean
}

function ServerTable({ tenant, span, rows, sort, onSort, ...pick }: ListProps) {
  const { t } = useTranslation()
  const sortable = { sort, onSort }
  return (
    <table aria-label={t('monitoring.comparison')} className="w-full text-table">
      <thead className="border-b text-left text-muted">
        <tr className="h-9 [&>th]:px-2 [&>th]:font-medium">
          <th scope="col" className="w-8">
            <span className="sr-only">{t('monitoring.in_chart')}</span>
          </th>
          <SortHead column="name" label={t('monitoring.server')} {...sortable} />
          <SortHead column="status" label={t('column.status')} {...sortable} />
          <th scope="col">{t('metrics.response')}</th>
          <SortHead column="success" label={t('metrics.success')} {...sortable} right />
          <SortHead column="average" label={t('metrics.average')} {...sortable} right />
          <SortHead column="percentile" label={t('metrics.percentile')} {...sortable} right />
          <SortHead column="checks" label={t('metrics.checks')} {...sortable} right />
          <SortHead column="attempts" label={t('monitoring.attempts')} {...sortable} right />
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.server} className="h-11 border-b hover:bg-hover/70 [&>td]:px-2">
            <td>
              <Pick row={row} {...pick} />
            </td>
            <td className="w-[30%] max-w-0">
              <Name tenant={tenant} row={row} />
            </td>
            <td className="whitespace-nowrap">
              <ServerStatus status={row.status} />
            </td>
            <td>
              <ResponseLine row={row} span={span} />
            </td>
            <Numbers row={row} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Numbers({ row: { total } }: { row: ServerMetrics }) {
  const { i18n } = useTranslation()
  return (
    <>
      <td className="nums text-right">
        <Success percent={total.success_percent} />
      </td>
      <td className="nums text-right">
        <Time value={total.average_ms} />
      </td>
      <td className="nums text-right">
        <Time value={total.p95_ms} />
      </td>
      <td className="nums text-right">{formatNumber(total.checks, i18n.language)}</td>
      <td className="nums text-right text-muted">{formatNumber(total.attempts, i18n.language)}</td>
    </>
  )
}

/** The order of cards is chosen above them. */
function ServerCards({ tenant, span, rows, sort, onSort, ...pick }: ListProps) {
  const { t, i18n } = useTranslation()
  const columns = ['name', 'status', 'success', 'average', 'percentile'] as const
  return (
    <div className="flex flex-col gap-3">
      <select
        aria-label={t('servers.sort')}
        value={formatSort(sort)}
        onChange={event => onSort(parseSort(event.target.value))}
        className="h-8 rounded-control border border-input bg-background px-2 max-md:h-10"
      >
        {columns.map(column => (
          <option key={column} value={formatSort(nextSort({ column: 'checks', descending: false }, column))}>
            {t(`monitoring.sort_${column}`)}
          </option>
        ))}
      </select>
      <ul aria-label={t('monitoring.comparison')} className="grid gap-3 sm:grid-cols-2">
        {rows.map(row => (
          <li key={row.server} className="flex min-w-0 flex-col gap-2 rounded-card border bg-raised p-3 text-table">
            <div className="flex items-center gap-2">
              <Pick row={row} {...pick} />
              <span className="min-w-0 flex-1">
                <Name tenant={tenant} row={row} />
              </span>
              <ServerStatus status={row.status} />
            </div>
            <div className="flex items-center justify-between gap-3">
              <ResponseLine row={row} span={span} />
              <dl className="nums grid grid-cols-[auto_auto] gap-x-3 text-right">
                <dt className="text-muted">{t('metrics.success')}</dt>
                <dd>
                  <Success percent={row.total.success_percent} />
                </dd>
                <dt className="text-muted">{t('metrics.average')}</dt>
                <dd>
                  <Time value={row.total.average_ms} />
                </dd>
                <dt className="text-muted">{t('metrics.percentile')}</dt>
                <dd>
                  <Time value={row.total.p95_ms} />
                </dd>
                <dt className="text-muted">{t('metrics.checks')}</dt>
                <dd>{formatNumber(row.total.checks, i18n.language)}</dd>
              </dl>
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}

type SortHeadProps = {
  column: SortColumn
  label: string
  sort: Sort
  onSort: (sort: Sort) => void
  right?: boolean
}

function SortHead({ column, label, sort, onSort, right }: SortHeadProps) {
  const active = sort.column === column
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
      className={cn(right && 'text-right')}
    >
      <button
        type="button"
        onClick={() => onSort(nextSort(sort, column))}
        className={cn(
          '-mx-1 inline-flex h-7 items-center gap-1 whitespace-nowrap rounded px-1 font-medium hover:text-text',
          right && 'flex-row-reverse',
        )}
      >
        {label}
        <Arrow className={cn('size-3.5', !active && 'invisible')} aria-hidden />
      </button>
    </th>
  )
}

type PickProps = Pick<ListProps, 'colourOf' | 'onPick' | 'full'> & { row: ServerMetrics }

/** Whether the server is in the chart, in the colour of its line. */
function Pick({ row, colourOf, onPick, full }: PickProps) {
  const { t } = useTranslation()
  const colour = colourOf(row.server)
  const refused = full && colour === 0
  return (
    <label
      className="grid size-6 place-items-center max-lg:size-10"
      title={refused ? t('monitoring.pick_full', { count: MOST_PICKED }) : t('monitoring.in_chart')}
    >
      <input
        type="checkbox"
        checked={colour > 0}
        disabled={refused}
        onChange={() => onPick(row.server)}
        aria-label={t('monitoring.show_in_chart', { name: row.server_name })}
        style={colour > 0 ? { accentColor: `hsl(var(--chart-${colour}))` } : undefined}
        className="size-4"
      />
    </label>
  )
}

function Name({ tenant, row }: { tenant: Tenant; row: ServerMetrics }) {
  return (
    <Link
      to="/t/$slug/servers/$server"
      params={{ slug: tenant.slug, server: row.server }}
      title={row.server_name}
      className="block w-fit max-w-full truncate rounded py-[3px] font-medium hover:underline"
    >
      {row.server_name}
    </Link>
  )
}

function ResponseLine({ row, span }: { row: ServerMetrics; span: MetricSpan }) {
  const { t, i18n } = useTranslation()
  const values = responseLine(row.points, span)
  const last = values.at(-1)
  const time = last == null ? null : formatMilliseconds(last, i18n.language)
  return <Sparkline values={values} label={time ? t('metrics.response_now', { time }) : t('metrics.response_none')} />
}

function Success({ percent }: { percent: number | null | undefined }) {
  const { i18n } = useTranslation()
  if (percent == null) return <span className="text-muted">–</span>
  return (
    <span className={cn(percent < 80 ? 'text-destructive-text' : percent < 100 && 'text-warning-text')}>
      {formatSuccess(percent, i18n.language)}
    </span>
  )
}

function Time({ value }: { value: number | null | undefined }) {
  const { i18n } = useTranslation()
  if (value == null) return <span className="text-muted">–</span>
  return <>{formatMilliseconds(value, i18n.language)}</>
}

export function ComparisonSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col gap-6 p-6 max-md:gap-5 max-md:p-4">
      <span className="sr-only">{t('common.loading')}</span>
      <Skeleton className="h-[17.75rem] rounded-card" />
      <div className="flex flex-col gap-3">
        {['a', 'b', 'c', 'd', 'e', 'f'].map(row => (
          <Skeleton key={row} className="h-8" />
        ))}
      </div>
    </div>
  )
}
