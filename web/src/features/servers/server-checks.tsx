import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, HeartPulse, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MetricCharts, MetricChartsSkeleton, SpanChoice } from '@/components/chart/metric-charts'
import { CheckCards, CheckHead, CheckRows, NewerChecks } from '@/components/check-entries'
import { ErrorNote, useErrorText } from '@/components/error-note'
import { Section } from '@/components/section'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { Reason } from '@/components/ui/tooltip'
import { checksQuery, serverMetricsQuery, useCheckServer, useNewerChecks } from '@/lib/api/live-queries'
import type { MetricSpan, Server, ServerMetrics, Tenant } from '@/lib/api/types'
import { formatMilliseconds, formatNumber, formatSuccess } from '@/lib/format'
import { useMediaQuery } from '@/lib/use-media-query'

type ServerChecksProps = {
  tenant: Tenant
  server: Server
  span: MetricSpan
  onSpan: (span: MetricSpan) => void
}

/** How well a server has been answering, and its last checks. */
export function ServerChecks({ tenant, server, span, onSpan }: ServerChecksProps) {
  const { t } = useTranslation()
  const query = useQuery(serverMetricsQuery(tenant.id, server.id, span))
  return (
    <>
      <Section title={t('servers.answers')} aside={<SpanChoice span={span} onSpan={onSpan} />}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          {server.may.test && <CheckNow tenant={tenant.id} server={server} />}
          {query.data && <Totals total={query.data.total} />}
        </div>
        {query.isPending && <MetricChartsSkeleton />}
        {query.isError && !query.data && (
          <ErrorNote
            error={query.error}
            action={
              <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
                {t('common.try_again')}
              </Button>
            }
          />
        )}
        {query.data && <MetricCharts span={span} points={query.data.points} />}
      </Section>
      <LastChecks tenant={tenant} server={server.id} />
    </>
  )
}

function Totals({ total }: { total: ServerMetrics['total'] }) {
  const { t, i18n } = useTranslation()
  const language = i18n.language
  const facts = [
    [t('metrics.success'), total.success_percent == null ? '–' : formatSuccess(total.success_percent, language)],
    [t('metrics.average'), total.average_ms == null ? '–' : formatMilliseconds(total.average_ms, language)],
    [t('metrics.percentile'), total.p95_ms == null ? '–' : formatMilliseconds(total.p95_ms, language)],
    [t('metrics.checks'), formatNumber(total.checks, language)],
  ] as const
  return (
    <dl className="ml-auto flex flex-wrap gap-x-4 gap-y-1 text-table max-md:ml-0">
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-1.5">
          <dt className="text-muted">{name}</dt>
          <dd className="nums font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Asks the server now; what came of it stands beside the button. */
function CheckNow({ tenant, server }: { tenant: string; server: Server }) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const check = useCheckServer(tenant)
  const { data, error, isPending } = check
  const time = data && formatMilliseconds(data.took_ms, i18n.language)
  const way = data?.way ? t(`way.${data.way}`) : null
  return (
    <>
      <Reason text={server.is_active ? undefined : t('servers.test_inactive')}>
        <Button busy={isPending} disabled={!server.is_active} onClick={() => check.mutate(server.id)}>
          {!isPending && <HeartPulse className="size-4" aria-hidden />}
          {t('servers.check_now')}
        </Button>
      </Reason>
      <span role="status" className="nums flex min-w-0 items-start gap-1.5 text-table empty:hidden">
        {!isPending && data?.ok && (
          <>
            <Check className="mt-px size-4 shrink-0 text-success-text" strokeWidth={2.5} aria-hidden />
            <span>
              {t('servers.check_passed', { time })}
              {way && ` · ${way}`}
              {data.attempts > 1 && ` · ${t('checks.attempts_of', { count: data.attempts })}`}
            </span>
          </>
        )}
        {!isPending && (error || data?.ok === false) && (
          <>
            <X className="mt-px size-4 shrink-0 text-destructive-text" strokeWidth={2.5} aria-hidden />
            <span className="min-w-0 break-words">
              {error ? errorText(error) : t('servers.check_failed', { time, error: data?.error ?? '' })}
            </span>
          </>
        )}
      </span>
    </>
  )
}

const FIRST = 10

function LastChecks({ tenant, server }: { tenant: Tenant; server: string }) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  const [failed, setFailed] = useState(false)
  const filter = { server, failed: failed || undefined, limit: FIRST }
  const query = useInfiniteQuery(checksQuery(tenant.id, filter))
  const entries = query.data?.pages.flatMap(page => page.checks)
  const newer = useNewerChecks(tenant.id, filter, entries?.[0]?.at)
  return (
    <Section
      title={t('servers.last_checks')}
      aside={
        <>
          {entries && <NewerChecks count={newer} onShow={() => void query.refetch()} />}
          <label className="inline-flex min-h-8 cursor-pointer items-center gap-2 text-table max-md:min-h-10">
            <input
              type="checkbox"
              checked={failed}
              onChange={event => setFailed(event.target.checked)}
              className="size-4 accent-primary-solid"
            />
            {t('monitoring.only_failed')}
          </label>
        </>
      }
    >
      {query.isPending && <Skeleton className="h-60 rounded-card" />}
      {query.isError && !entries && (
        <ErrorNote
          error={query.error}
          action={
            <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
              {t('common.try_again')}
            </Button>
          }
        />
      )}
      {entries?.length === 0 && (
        <p className="rounded-card border px-4 py-6 text-center text-muted">
          {failed ? t('servers.no_failed') : t('servers.no_checks')}
        </p>
      )}
      {entries &&
        entries.length > 0 &&
        (narrow ? (
          <ul aria-label={t('servers.last_checks')} className="flex flex-col gap-3">
            <CheckCards entries={entries} />
          </ul>
        ) : (
          <div className="overflow-x-auto rounded-card border">
            <table aria-label={t('servers.last_checks')} className="w-full text-table">
              <thead className="border-b text-left text-muted">
                <tr className="h-9 [&>th]:whitespace-nowrap [&>th]:px-2 [&>th]:font-medium [&>th]:first:pl-6 [&>th]:last:pr-6">
                  <CheckHead servers={false} />
                </tr>
              </thead>
              <tbody className="[&>tr:last-child]:border-b-0">
                <CheckRows entries={entries} />
              </tbody>
            </table>
          </div>
        ))}
      {query.hasNextPage && (
        <Link
          to="/t/$slug/monitoring"
          params={{ slug: tenant.slug }}
          search={{ tab: 'history', server, failed: failed || undefined }}
          className="w-fit rounded py-[3px] text-primary-text text-table hover:underline"
        >
          {t('servers.all_checks')}
        </Link>
      )}
    </Section>
  )
}
