import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MonitorX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { DataNote } from '@/components/data-note'
import { FullState } from '@/components/full-state'
import { LoadFailed } from '@/components/list-state'
import { useDocumentTitle } from '@/components/page'
import { buttonClass } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { TabPanel, Tabs } from '@/components/ui/tabs'
import { ChartsTab } from '@/features/guest/charts-tab'
import { ConfigurationTab } from '@/features/guest/configuration-tab'
import { GuestHead } from '@/features/guest/guest-head'
import { OverviewTab } from '@/features/guest/overview-tab'
import { SnapshotsTab } from '@/features/guest/snapshots-tab'
import { TasksTab } from '@/features/guest/tasks-tab'
import { useGuestKeys } from '@/features/guest/use-guest-keys'
import type { GuestSearch } from '@/features/guest/view'
import { asApiError } from '@/lib/api/error'
import { keys } from '@/lib/api/keys'
import { guestQuery, tasksQuery } from '@/lib/api/queries'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, GuestList, GuestRef, Tenant } from '@/lib/api/types'
import { guestKey, keyOf } from '@/lib/guest-key'
import { GUEST_TABS, type GuestTab } from '@/lib/guest-tabs'

type GuestPageProps = {
  tenant: Tenant
  slug: string
  guest: GuestRef
  search: GuestSearch
  onSearch: (change: GuestSearch) => void
  /** Who may use the guest; undefined for those who may not see it. */
  access: ((guest: Guest) => ReactNode) | undefined
  consoles: (guest: Guest) => ReactNode
}

/** One guest with all that belongs to it. */
export function GuestPage({ tenant, guest: ref, ...rest }: GuestPageProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery({
    ...guestQuery(tenant.id, ref),
    // The list has it already, and events keep both.
    placeholderData: () =>
      client.getQueryData<GuestList>(keys.guests(tenant.id))?.guests.find(other => guestKey(other) === keyOf(ref)),
  })
  const { data, error } = query
  const unnamed = t('guest.unnamed', { vmid: ref.vmid })
  useDocumentTitle(data?.name ?? unnamed)
  if (error && (!data || asApiError(error).status === 404)) {
    return (
      <div className="flex min-h-0 flex-1 flex-col">
        <h1 className="sr-only">{unnamed}</h1>
        {asApiError(error).status === 404 ? (
          <FullState
            icon={<MonitorX aria-hidden />}
            title={t('guest_page.not_found')}
            hint={t('guest_page.not_found_hint')}
            action={
              <Link to="/t/$slug/guests" params={{ slug: rest.slug }} className={buttonClass('primary')}>
                {t('guest_page.to_list')}
              </Link>
            }
          />
        ) : (
          <LoadFailed
            title={t('guest_page.load_failed')}
            error={error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
      </div>
    )
  }
  if (!data) return <PageSkeleton name={unnamed} />
  return <Loaded key={keyOf(ref)} tenant={tenant} guest={data} {...rest} />
}

type LoadedProps = Omit<GuestPageProps, 'guest'> & { guest: Guest }

function Loaded({ tenant, slug, guest, search, onSearch, access, consoles }: LoadedProps) {
  const { t } = useTranslation()
  const { data: tasks } = useQuery(tasksQuery(tenant.id))
  const running = tasks?.tasks.find(task => task.state === 'running' && keyOf(task.guest) === guestKey(guest))
  const list = useQuery(guestsQuery(tenant.id))
  const server = list.data?.servers.find(other => other.id === guest.server.id)
  // Who only has single guests reads no words of the infrastructure.
  const plain = !tenant.may.see_all_guests
  const tabs = GUEST_TABS.filter(tab => isShown(tab, guest, plain, access !== undefined))
  const tab = tabs.find(other => other === search.tab) ?? 'overview'
  const onTab = (next: GuestTab) => onSearch({ tab: next === 'overview' ? undefined : next })
  useGuestKeys({ tenant: tenant.id, slug, guest, tabs, onTab })
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <GuestHead
        tenant={tenant}
        slug={slug}
        guest={guest}
        server={server}
        running={running}
        plain={plain}
        back={!plain || (list.data?.guests.length ?? 0) > 1}
      />
      {server && <DataNote servers={[server]} retrying={list.isFetching} onRetry={() => void list.refetch()} />}
      <Tabs
        label={t('guest_page.parts', { name: guest.name })}
        value={tab}
        onChange={onTab}
        tabs={tabs.map(value => ({ value, label: t(`guest_page.tab_${value}`) }))}
      >
        <TabPanel value="overview">
          <OverviewTab tenant={tenant} slug={slug} guest={guest} server={server} plain={plain} />
        </TabPanel>
        <TabPanel value="charts">
          <ChartsTab tenant={tenant.id} guest={guest} search={search} onSearch={onSearch} />
        </TabPanel>
        <TabPanel value="snapshots">
          <SnapshotsTab tenant={tenant.id} guest={guest} />
        </TabPanel>
        <TabPanel value="tasks">
          <TasksTab tenant={tenant.id} guest={guest} />
        </TabPanel>
        <TabPanel value="configuration">
          <ConfigurationTab tenant={tenant.id} guest={guest} />
        </TabPanel>
        <TabPanel value="access">{access?.(guest)}</TabPanel>
        <TabPanel value="consoles">{consoles(guest)}</TabPanel>
      </Tabs>
    </div>
  )
}

function isShown(tab: GuestTab, guest: Guest, plain: boolean, access: boolean): boolean {
  if (tab === 'access') return access
  if (tab === 'snapshots') return guest.may.snapshot || !plain
  return tab !== 'configuration' || !plain
}

function PageSkeleton({ name }: { name: string }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{name}</h1>
      <span className="sr-only">{t('common.loading')}</span>
      <div className="flex items-center gap-4 px-6 pt-11 pb-3 max-md:px-4">
        <Skeleton className="size-11 rounded-card" />
        <div className="flex flex-1 flex-col gap-2">
          <Skeleton className="h-6 w-48" />
          <Skeleton className="h-3.5 w-64" />
        </div>
      </div>
      <div className="h-9 border-b max-md:h-11" />
      <div className="grid gap-4 p-6 max-md:p-4 sm:grid-cols-2">
        {['a', 'b', 'c', 'd'].map(one => (
          <Skeleton key={one} className="h-28 rounded-card" />
        ))}
      </div>
    </div>
  )
}
