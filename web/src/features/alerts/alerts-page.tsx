import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BellOff, CircleCheck, History, SlidersHorizontal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { AlertRow } from '@/components/alert-row'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, LoadMore, ScrollArea } from '@/components/list-state'
import { Page } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { control } from '@/components/ui/field'
import { TabPanel, Tabs } from '@/components/ui/tabs'
import { alertsQuery } from '@/lib/api/alert-queries'
import { guestsQuery, settingsQuery } from '@/lib/api/tenant-queries'
import type { GuestList, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'

export const ALERT_TABS = ['active', 'history'] as const
type Tab = (typeof ALERT_TABS)[number]

type AlertsPageProps = {
  tenant: Tenant
  tab: Tab
  /** The one server whose alerts show; it lives in the address. */
  server: string | undefined
  onTab: (tab: Tab) => void
  onServer: (server: string | undefined) => void
}

/** What is wrong with the servers now, and what was. */
export function AlertsPage({ tenant, tab, server, onTab, onServer }: AlertsPageProps) {
  const { t } = useTranslation()
  const active = useInfiniteQuery(alertsQuery(tenant.id, { state: 'active' })).data?.pages[0]?.active
  return (
    <Page
      title={t('alerts.title')}
      actions={
        <>
          <ServerFilter tenant={tenant.id} server={server} onServer={onServer} />
          {tenant.may.see_settings && (
            <Link to="/t/$slug/settings" params={{ slug: tenant.slug }} hash="alerts" className={buttonClass()}>
              <SlidersHorizontal className="size-4" aria-hidden />
              {t('alerts.limits')}
            </Link>
          )}
        </>
      }
    >
      <Tabs
        label={t('alerts.title')}
        value={tab}
        onChange={onTab}
        tabs={[
          { value: 'active', label: t('alerts.active'), count: active },
          { value: 'history', label: t('alerts.history') },
        ]}
      >
        {ALERT_TABS.map(value => (
          <TabPanel key={value} value={value}>
            <SwitchedOff tenant={tenant} />
            <AlertList tenant={tenant} tab={value} server={server} onTab={onTab} onServer={onServer} />
          </TabPanel>
        ))}
      </Tabs>
    </Page>
  )
}

function serversOf({ servers }: GuestList) {
  return servers.map(({ id, name }) => ({ id, name }))
}

type FilterProps = { tenant: string; server: string | undefined; onServer: AlertsPageProps['onServer'] }

function ServerFilter({ tenant, server, onServer }: FilterProps) {
  const { t } = useTranslation()
  const { data: servers = [] } = useQuery({ ...guestsQuery(tenant), select: serversOf })
  const gone = server && !servers.some(one => one.id === server)
  return (
    <div className="w-52 max-md:w-40">
      <select
        aria-label={t('alerts.server')}
        value={server ?? ''}
        onChange={event => onServer(event.target.value || undefined)}
        className={cn(control, 'h-8 border-input max-md:h-10')}
      >
        <option value="">{t('alerts.every_server')}</option>
        {servers.map(one => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
        {gone && <option value={server}>{t('alerts.deleted_server')}</option>}
      </select>
    </div>
  )
}

/** Whether this tenant has no alerts at all. */
function useSwitchedOff({ id, may }: Tenant): boolean {
  const { data: settings } = useQuery({ ...settingsQuery(id), enabled: may.see_settings })
  return settings?.alerts_enabled === false
}

/** Whoever looks for alerts must know when there can be none. */
function SwitchedOff({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  if (!useSwitchedOff(tenant)) return null
  return (
    <div
      role="status"
      className="mx-6 mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-card border border-warning/40 bg-warning/8 px-3 py-1.5 text-table max-md:mx-4"
    >
      <BellOff className="size-4 shrink-0 text-warning-text" aria-hidden />
      <span className="min-w-0 flex-1 basis-56">{t('alerts.switched_off')}</span>
      <Link to="/t/$slug/settings" params={{ slug: tenant.slug }} hash="alerts" className={buttonClass('ghost', 'sm')}>
        {t('alerts.switch_on')}
      </Link>
    </div>
  )
}

function AlertList({ tenant, tab, server, onTab, onServer }: AlertsPageProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(alertsQuery(tenant.id, { state: tab === 'active' ? 'active' : 'resolved', server }))
  const off = useSwitchedOff(tenant)
  const alerts = query.data?.pages.flatMap(page => page.alerts)
  if (query.isPending) return <ListSkeleton />
  if (!alerts) {
    return (
      <LoadFailed
        title={t('alerts.load_failed')}
        error={query.error}
        busy={query.isFetching}
        onRetry={() => void query.refetch()}
      />
    )
  }
  if (alerts.length === 0 && !query.hasNextPage) {
    const icon = tab === 'active' ? <CircleCheck aria-hidden /> : <History aria-hidden />
    if (server) {
      return (
        <FullState
          icon={icon}
          title={t(`alerts.none_${tab}_server`)}
          action={
            <>
              <Button onClick={() => onServer(undefined)}>{t('alerts.show_every')}</Button>
              {tab === 'active' && <Button onClick={() => onTab('history')}>{t('alerts.show_history')}</Button>}
            </>
          }
        />
      )
    }
    return (
      <FullState
        icon={icon}
        title={t(`alerts.none_${tab}`)}
        hint={off && tab === 'active' ? undefined : t(`alerts.none_${tab}_hint`)}
        action={tab === 'active' && <Button onClick={() => onTab('history')}>{t('alerts.show_history')}</Button>}
      />
    )
  }
  return (
    <ScrollArea label={t(`alerts.${tab}`)}>
      <ul aria-label={t(`alerts.${tab}`)}>
        {alerts.map(alert => (
          <AlertRow key={alert.id} tenant={tenant} alert={alert} />
        ))}
      </ul>
      <LoadMore query={query} />
    </ScrollArea>
  )
}
