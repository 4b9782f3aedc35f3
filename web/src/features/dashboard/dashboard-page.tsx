import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, RefreshCw, Server } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { FRESH_SECONDS } from '@/components/live-indicator'
import { Page } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { DashboardAlerts } from '@/features/dashboard/dashboard-alerts'
import { Figures } from '@/features/dashboard/figures'
import { MissingServers } from '@/features/dashboard/missing-servers'
import { NodeGrid } from '@/features/dashboard/node-grid'
import { RecentConsoles } from '@/features/dashboard/recent-consoles'
import { StorageList } from '@/features/dashboard/storage-list'
import { UsageBars } from '@/features/dashboard/usage-bars'
import { dataTime, type NodeFilter } from '@/features/dashboard/view'
import { alertsQuery } from '@/lib/api/alert-queries'
import { statsQuery } from '@/lib/api/live-queries'
import type { LiveStats, Tenant } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDuration, formatTime } from '@/lib/format'

type DashboardProps = {
  tenant: Tenant
  /** Which nodes show; it lives in the address. */
  nodes: NodeFilter | undefined
  onNodes: (filter: NodeFilter | undefined) => void
  /** The first guests with their controls; another feature knows them. */
  guests: ReactNode
}

/** One look: what runs, what is full, what is broken, over all servers. */
export function DashboardPage({ tenant, nodes, onNodes, guests }: DashboardProps) {
  const { t } = useTranslation()
  const stats = useQuery(statsQuery(tenant.id))
  const data = stats.data
  return (
    <Page
      title={tenant.name}
      actions={
        <>
          {data && <DataTime at={dataTime(data)} />}
          <Button busy={stats.isFetching && !stats.isPending} onClick={() => void stats.refetch()}>
            {(!stats.isFetching || stats.isPending) && <RefreshCw className="size-4" aria-hidden />}
            <span className="max-md:sr-only">{t('dashboard.refresh')}</span>
          </Button>
        </>
      }
    >
      <ScrollArea label={t('dashboard.title')} className="border-t">
        {stats.isPending && <DashboardSkeleton />}
        {stats.isError && !data && (
          <LoadFailed
            title={t('dashboard.load_failed')}
            error={stats.error}
            busy={stats.isFetching}
            onRetry={() => void stats.refetch()}
          />
        )}
        {data && isBare(data) && <NoServers tenant={tenant} />}
        {data && !isBare(data) && (
          <div className="flex flex-col gap-6 p-6 max-md:gap-5 max-md:p-4">
            <Figures tenant={tenant} stats={data} />
            <UsageBars tenant={tenant} stats={data} />
            <Trouble tenant={tenant} stats={data} />
            {data.node_list.length > 0 && (
              <NodeGrid tenant={tenant} nodes={data.node_list} filter={nodes} onFilter={onNodes} />
            )}
            {data.storage_list.length > 0 && <StorageList storages={data.storage_list} missing={data.missing} />}
            <div className="grid gap-6 xl:grid-cols-2">
              {guests}
              <RecentConsoles tenant={tenant} />
            </div>
          </div>
        )}
      </ScrollArea>
    </Page>
  )
}

/** Nothing there to look at yet. */
function isBare({ servers, guests, missing }: LiveStats): boolean {
  const known = guests.qemu.total + guests.qemu.templates + guests.lxc.total + guests.lxc.templates
  return (servers?.total ?? 0) === 0 && known === 0 && missing.length === 0
}

function NoServers({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  return (
    <FullState
      icon={<Server aria-hidden />}
      title={t('guests.no_server')}
      hint={tenant.may.manage_servers ? t('guests.no_server_hint') : t('dashboard.no_server_hint')}
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

/** When the data was read; how old it is, when that is worth saying. */
function DataTime({ at }: { at: string | null }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  if (!at) return <span className="text-muted text-table">{t('dashboard.no_data')}</span>
  const age = (now - Date.parse(at)) / 1000
  const old = age > FRESH_SECONDS
  const time = new Intl.DateTimeFormat(i18n.language, { timeStyle: 'medium' }).format(Date.parse(at))
  return (
    <time
      dateTime={at}
      title={formatTime(at, i18n.language)}
      className={cn('nums whitespace-nowrap text-table', old ? 'text-warning-text' : 'text-muted')}
    >
      {old ? t('dashboard.data_old', { age: formatDuration(age) }) : t('dashboard.data_at', { time })}
    </time>
  )
}

/** Open alerts and what could not be reached, or one line that there is neither. */
function Trouble({ tenant, stats }: { tenant: Tenant; stats: LiveStats }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery({ ...alertsQuery(tenant.id, { state: 'active' }), enabled: tenant.may.see_servers })
  const page = query.data?.pages[0]
  const alerts = query.data?.pages.flatMap(one => one.alerts) ?? []
  const calm = stats.missing.length === 0 && alerts.length === 0
  if (calm && query.isError) {
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
  if (calm) {
    const known = !tenant.may.see_servers || query.isSuccess
    return (
      <p className="flex min-h-5 items-center gap-2 text-muted">
        {known && (
          <>
            <CircleCheck className="size-4 shrink-0 text-success-text" aria-hidden />
            {tenant.may.see_servers ? t('dashboard.calm') : t('dashboard.all_answer')}
          </>
        )}
      </p>
    )
  }
  return (
    <div className={cn('grid items-start gap-6', stats.missing.length > 0 && alerts.length > 0 && 'xl:grid-cols-2')}>
      {alerts.length > 0 && <DashboardAlerts tenant={tenant} alerts={alerts} active={page?.active ?? alerts.length} />}
      {stats.missing.length > 0 && <MissingServers tenant={tenant} servers={stats.missing} />}
    </div>
  )
}

function DashboardSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col gap-6 p-6 max-md:gap-5 max-md:p-4">
      <span className="sr-only">{t('common.loading')}</span>
      <div className="grid grid-cols-2 gap-4 xl:grid-cols-4">
        {['a', 'b', 'c', 'd'].map(figure => (
          <Skeleton key={figure} className="h-[7.25rem] rounded-card" />
        ))}
      </div>
      <div className="grid gap-4 md:grid-cols-3">
        {['a', 'b', 'c'].map(bar => (
          <Skeleton key={bar} className="h-[6.5rem] rounded-card" />
        ))}
      </div>
      <Skeleton className="h-5 w-64" />
      <Skeleton className="h-48 rounded-card" />
      <Skeleton className="h-48 rounded-card" />
    </div>
  )
}
