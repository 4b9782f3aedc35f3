import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { AlertRow } from '@/components/alert-row'
import { MetricCharts, MetricChartsSkeleton } from '@/components/chart/metric-charts'
import { ErrorNote } from '@/components/error-note'
import { LoadMore, ScrollArea } from '@/components/list-state'
import { Section } from '@/components/section'
import { ServerStatus } from '@/components/server-status'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { sortServers } from '@/features/monitoring/view'
import { alertsQuery } from '@/lib/api/alert-queries'
import type { MetricsOverview, ServerMetrics, Tenant } from '@/lib/api/types'
import { formatMilliseconds, formatNumber, formatSuccess } from '@/lib/format'
import { mergedPoints } from '@/lib/metrics'

/** All servers as one: how many checks passed and how long they took, and what is wrong now. */
export function Overview({ tenant, metrics }: { tenant: Tenant; metrics: MetricsOverview }) {
  const { t } = useTranslation()
  const points = useMemo(() => mergedPoints(metrics.servers), [metrics.servers])
  return (
    <ScrollArea label={t('monitoring.overview')}>
      <div className="flex flex-col gap-6 p-6 max-md:gap-5 max-md:p-4">
        <Figures metrics={metrics} />
        <Alerts tenant={tenant} />
        <MetricCharts span={metrics.span} points={points} several={metrics.servers.length > 1} />
        <Weakest tenant={tenant} servers={metrics.servers} />
      </div>
    </ScrollArea>
  )
}

function Figures({ metrics: { total } }: { metrics: MetricsOverview }) {
  const { t, i18n } = useTranslation()
  const language = i18n.language
  const time = (value: number | null | undefined) => (value == null ? '–' : formatMilliseconds(value, language))
  return (
    <dl className="grid grid-cols-2 gap-4 max-md:gap-3 xl:grid-cols-4">
      <Figure name={t('metrics.success')}>
        {total.success_percent == null ? '–' : formatSuccess(total.success_percent, language)}
      </Figure>
      <Figure name={t('metrics.average')}>{time(total.average_ms)}</Figure>
      <Figure name={t('metrics.percentile')}>{time(total.p95_ms)}</Figure>
      <Figure
        name={t('metrics.checks')}
        note={t('metrics.failed_of', { number: formatNumber(total.failed, language) })}
      >
        {formatNumber(total.checks, language)}
      </Figure>
    </dl>
  )
}

function Figure({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-card border bg-raised px-4 py-3 max-md:px-3">
      <dt className="truncate text-muted text-table">{name}</dt>
      <dd className="flex flex-wrap items-baseline gap-x-2">
        <span className="nums font-semibold text-[1.5rem]/8">{children}</span>
        {note && <span className="nums text-muted text-table">{note}</span>}
      </dd>
    </div>
  )
}

/** The alerts that are not over; one line when there is none. */
function Alerts({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(alertsQuery(tenant.id, { state: 'active' }))
  const alerts = query.data?.pages.flatMap(page => page.alerts)
  if (query.isError && !alerts) {
    return (
      <ErrorNote
        error={query.error}
        action={
          <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
            {t('common.try_again')}
          </Button>
        }
      />
    )
  }
  if (!alerts) return <Skeleton className="h-5 w-48" />
  if (alerts.length === 0) {
    return (
      <p className="flex items-center gap-2 text-muted">
        <CircleCheck className="size-4 shrink-0 text-success-text" aria-hidden />
        {t('monitoring.no_alerts')}
      </p>
    )
  }
  return (
    <Section title={t('dashboard.alerts')} count={query.data?.pages[0]?.active ?? alerts.length}>
      <div className="max-h-80 overflow-y-auto rounded-card border">
        <ul>
          {alerts.map(alert => (
            <AlertRow key={alert.id} tenant={tenant} alert={alert} className="px-4 max-md:px-3" />
          ))}
        </ul>
        <LoadMore query={query} />
      </div>
    </Section>
  )
}

const FIRST = 5

/** Where to look first: the servers with the lowest success rate. */
function Weakest({ tenant, servers }: { tenant: Tenant; servers: ServerMetrics[] }) {
  const { t, i18n } = useTranslation()
  const failing = servers.filter(one => one.total.failed > 0)
  const weakest = sortServers(failing, { column: 'success', descending: false }).slice(0, FIRST)
  if (weakest.length === 0) return null
  return (
    <Section title={t('monitoring.weakest')}>
      <ul className="divide-y rounded-card border bg-raised text-table">
        {weakest.map(({ server, server_name: name, status, total }) => (
          <li key={server} className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-1.5 max-md:px-3">
            <Link
              to="/t/$slug/servers/$server"
              params={{ slug: tenant.slug, server }}
              title={name}
              className="min-w-0 max-w-full flex-1 basis-48 truncate rounded py-[3px] font-medium hover:underline"
            >
              {name}
            </Link>
            <span className="w-36">
              <ServerStatus status={status} />
            </span>
            <span className="nums w-16 text-right">
              {total.success_percent == null ? '–' : formatSuccess(total.success_percent, i18n.language)}
            </span>
            <Link
              to="/t/$slug/monitoring"
              params={{ slug: tenant.slug }}
              search={{ tab: 'history', server, failed: true }}
              className="w-32 rounded py-[3px] text-right text-primary-text hover:underline max-md:ml-auto"
            >
              {t('metrics.failed_of', { number: formatNumber(total.failed, i18n.language) })}
              <span className="sr-only">{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function OverviewSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col gap-6 p-6 max-md:gap-5 max-md:p-4">
      <span className="sr-only">{t('common.loading')}</span>
      <div className="grid grid-cols-2 gap-4 max-md:gap-3 xl:grid-cols-4">
        {['a', 'b', 'c', 'd'].map(figure => (
          <Skeleton key={figure} className="h-[4.75rem] rounded-card" />
        ))}
      </div>
      <Skeleton className="h-5 w-48" />
      <MetricChartsSkeleton />
    </div>
  )
}
