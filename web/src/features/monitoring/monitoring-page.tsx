import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { SpanChoice } from '@/components/chart/metric-charts'
import { FullState } from '@/components/full-state'
import { LoadFailed } from '@/components/list-state'
import { Page } from '@/components/page'
import { buttonClass } from '@/components/ui/button'
import { TabPanel, Tabs } from '@/components/ui/tabs'
import { Comparison, ComparisonSkeleton } from '@/features/monitoring/comparison'
import { History } from '@/features/monitoring/history'
import { Overview, OverviewSkeleton } from '@/features/monitoring/overview'
import type { Line, Tab } from '@/features/monitoring/view'
import { metricsQuery } from '@/lib/api/live-queries'
import type { CheckKind, MetricSpan, Tenant } from '@/lib/api/types'

/** What of the page is in its address. */
export type MonitoringSearch = {
  tab?: Tab | undefined
  span?: 'day' | undefined
  sort?: string | undefined
  pick?: string | undefined
  line?: Line | undefined
  server?: string | undefined
  kind?: CheckKind | undefined
  failed?: boolean | undefined
}

type MonitoringProps = {
  tenant: Tenant
  search: MonitoringSearch
  /** `replace` is false for what a person may want to come back from. */
  onSearch: (change: MonitoringSearch, replace?: boolean) => void
}

/** How well the servers answer: all together, beside each other, and check by check. */
export function MonitoringPage({ tenant, search, onSearch }: MonitoringProps) {
  const { t } = useTranslation()
  const tab = search.tab ?? 'overview'
  const span: MetricSpan = search.span ?? 'hour'
  const onTab = (next: Tab) => onSearch({ tab: next === 'overview' ? undefined : next }, false)
  return (
    <Page
      title={t('monitoring.title')}
      actions={
        tab !== 'history' && (
          <SpanChoice span={span} onSpan={next => onSearch({ span: next === 'day' ? next : undefined })} />
        )
      }
    >
      <Tabs
        label={t('monitoring.title')}
        value={tab}
        onChange={onTab}
        tabs={[
          { value: 'overview', label: t('monitoring.overview') },
          { value: 'comparison', label: t('monitoring.comparison') },
          { value: 'history', label: t('monitoring.history') },
        ]}
      >
        <TabPanel value="overview">
          <Measured tenant={tenant} span={span} search={search} onSearch={onSearch} tab="overview" />
        </TabPanel>
        <TabPanel value="comparison">
          <Measured tenant={tenant} span={span} search={search} onSearch={onSearch} tab="comparison" />
        </TabPanel>
        <TabPanel value="history">
          <History tenant={tenant} search={search} onSearch={onSearch} />
        </TabPanel>
      </Tabs>
    </Page>
  )
}

type MeasuredProps = MonitoringProps & { span: MetricSpan; tab: 'overview' | 'comparison' }

/** What is drawn from the figures of all servers. */
function Measured({ tenant, span, search, onSearch, tab }: MeasuredProps) {
  const { t } = useTranslation()
  const query = useQuery(metricsQuery(tenant.id, span))
  const data = query.data
  if (query.isPending) return tab === 'overview' ? <OverviewSkeleton /> : <ComparisonSkeleton />
  if (!data) {
    return (
      <LoadFailed
        title={t('monitoring.load_failed')}
        error={query.error}
        busy={query.isFetching}
        onRetry={() => void query.refetch()}
      />
    )
  }
  if (data.servers.length === 0) return <NoServers tenant={tenant} />
  if (tab === 'overview') return <Overview tenant={tenant} metrics={data} />
  return <Comparison tenant={tenant} metrics={data} search={search} onSearch={onSearch} />
}

function NoServers({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  return (
    <FullState
      icon={<Activity aria-hidden />}
      title={t('monitoring.none')}
      hint={t('monitoring.none_hint')}
      action={
        tenant.may.manage_servers && (
          <Link
            to="/t/$slug/servers"
            params={{ slug: tenant.slug }}
            search={{ add: true }}
            className={buttonClass('primary', 'md')}
          >
            {t('servers.add')}
          </Link>
        )
      }
    />
  )
}
