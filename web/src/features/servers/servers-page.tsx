import { useQuery } from '@tanstack/react-query'
import { LayoutGrid, Plus, Rows3, SearchX, Server as ServerIcon } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed } from '@/components/list-state'
import { Page } from '@/components/page'
import { SearchBox } from '@/components/search-box'
import { Bar } from '@/components/ui/bar'
import { Button } from '@/components/ui/button'
import { Reason } from '@/components/ui/tooltip'
import { AddServerDialog } from '@/features/servers/add-server-dialog'
import { CheckAll } from '@/features/servers/check-all'
import { ServerCards, ServerTable } from '@/features/servers/server-list'
import { useServerActions } from '@/features/servers/use-server-actions'
import {
  type Filter,
  filterServers,
  formatSort,
  ORIGINS,
  parseSort,
  SORTS,
  type Sort,
  STATUSES,
  sortServers,
  storedView,
  storeView,
  type View,
} from '@/features/servers/view'
import { metricsQuery } from '@/lib/api/live-queries'
import { serversQuery } from '@/lib/api/tenant-queries'
import type { Server, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { useMediaQuery } from '@/lib/use-media-query'

/** What of the page is in its address. */
type ServersSearch = Filter & { sort: string | undefined }

type ServersPageProps = {
  tenant: Tenant
  /** Who looks: table or cards is their own choice. */
  me: string
  search: ServersSearch
  onSearch: (search: Partial<ServersSearch>) => void
  adding: boolean
  onAdding: (adding: boolean) => void
  /** Stands beside "Add server". */
  tools?: ReactNode
}

export function ServersPage({ tenant, me, search, onSearch, adding, onAdding, tools }: ServersPageProps) {
  const { t } = useTranslation()
  const servers = useQuery(serversQuery(tenant.id))
  const wide = useMediaQuery('(min-width: 1024px)')
  const [view, setView] = useState(() => storedView(me))
  const list = servers.data?.servers
  const slots = servers.data?.slots
  const sort = parseSort(search.sort)
  const shown = useOrder(list && filterServers(list, search), sort)
  const { actions, dialog } = useServerActions(tenant, slots)
  const metrics = useQuery({ ...metricsQuery(tenant.id, 'hour'), enabled: (list?.length ?? 0) > 0 }).data
  const clear = () => onSearch({ q: '', status: undefined, origin: undefined })
  return (
    <Page
      title={t('servers.title')}
      count={list?.length}
      actions={
        <>
          {tenant.may.manage_servers && (list?.length ?? 0) > 0 && (
            <CheckAll tenant={tenant.id} onFailed={() => onSearch({ status: 'offline' })} />
          )}
          <AddButton tenant={tenant} slots={slots} tools={tools} onAdd={() => onAdding(true)} />
        </>
      }
    >
      {list && list.length > 0 && (
        <div className="flex flex-wrap items-center gap-2 px-6 pb-3 max-md:px-4">
          <SearchBox text={search.q} onText={q => onSearch({ q })} label={t('servers.search')} />
          <Filters search={search} onSearch={onSearch} />
          {(!wide || view === 'cards') && (
            <SortChoice sort={sort} onSort={next => onSearch({ sort: formatSort(next) })} />
          )}
          {wide && (
            <ViewChoice
              view={view}
              onView={next => {
                storeView(me, next)
                setView(next)
              }}
            />
          )}
          {slots && <SlotUse slots={slots} />}
        </div>
      )}
      {servers.isPending && <ListSkeleton rows={5} />}
      {servers.isError && !list && (
        <LoadFailed
          title={t('servers.load_failed')}
          error={servers.error}
          busy={servers.isFetching}
          onRetry={() => void servers.refetch()}
        />
      )}
      {list?.length === 0 && (
        <FullState
          icon={<ServerIcon aria-hidden />}
          title={t('servers.none')}
          hint={t('servers.none_hint')}
          action={
            tenant.may.manage_servers && (
              <Button variant="primary" onClick={() => onAdding(true)}>
                {t('servers.add')}
              </Button>
            )
          }
        />
      )}
      {list && list.length > 0 && shown?.length === 0 && (
        <FullState
          icon={<SearchX aria-hidden />}
          title={t('servers.no_match')}
          action={<Button onClick={clear}>{t('servers.show_all')}</Button>}
          className="border-t"
        />
      )}
      {shown &&
        shown.length > 0 &&
        (wide && view === 'table' ? (
          <ServerTable
            servers={shown}
            metrics={metrics}
            sort={sort}
            onSort={next => onSearch({ sort: formatSort(next) })}
            actions={actions}
          />
        ) : (
          <ServerCards servers={shown} metrics={metrics} actions={actions} />
        ))}
      {adding && tenant.may.manage_servers && <AddServerDialog tenant={tenant.id} onClose={() => onAdding(false)} />}
      {dialog}
    </Page>
  )
}

/** Sorted when the list or the order is another; a value that changes does not move its row under the pointer. */
function useOrder(servers: Server[] | undefined, sort: Sort): Server[] | undefined {
  const key = `${formatSort(sort)} ${(servers ?? []).map(server => server.id).join(' ')}`
  const order = () => sortServers(servers ?? [], sort).map(server => server.id)
  const [held, setHeld] = useState(() => ({ key, order: order() }))
  const now = held.key === key ? held : { key, order: order() }
  if (now !== held) setHeld(now)
  const byId = new Map(servers?.map(server => [server.id, server]))
  return servers && now.order.flatMap(id => byId.get(id) ?? [])
}

type Slots = { used: number; limit: number }
type AddButtonProps = { tenant: Tenant; slots: Slots | undefined; tools: ReactNode; onAdd: () => void }

function AddButton({ tenant, slots, tools, onAdd }: AddButtonProps) {
  const { t } = useTranslation()
  const full = slots !== undefined && slots.used >= slots.limit
  return (
    <>
      {tools}
      {tenant.may.manage_servers && (
        <Reason text={full ? t('servers.slots_full', slots) : undefined}>
          <Button variant="primary" disabled={full} onClick={onAdd}>
            <Plus className="size-4" aria-hidden />
            {t('servers.add')}
          </Button>
        </Reason>
      )}
    </>
  )
}

function SlotUse({ slots }: { slots: Slots }) {
  const { t } = useTranslation()
  return (
    <span className="nums ml-auto inline-flex items-center gap-2.5 text-muted max-md:w-full">
      <Bar share={slots.used / slots.limit} className="w-20" />
      {t('servers.slots', slots)}
    </span>
  )
}

const select = 'h-8 rounded-control border border-input bg-background px-2 max-md:h-10 max-md:min-w-24 max-md:flex-1'

function Filters({ search, onSearch }: Pick<ServersPageProps, 'search' | 'onSearch'>) {
  const { t } = useTranslation()
  return (
    <>
      <select
        aria-label={t('column.status')}
        value={search.status ?? ''}
        onChange={event => onSearch({ status: STATUSES.find(one => one === event.target.value) })}
        className={select}
      >
        <option value="">{t('servers.any_status')}</option>
        {STATUSES.map(status => (
          <option key={status} value={status}>
            {status === 'inactive' ? t('servers.inactive') : t(`server_status.${status}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t('servers.origin')}
        value={search.origin ?? ''}
        onChange={event => onSearch({ origin: ORIGINS.find(one => one === event.target.value) })}
        className={select}
      >
        <option value="">{t('servers.any_origin')}</option>
        {ORIGINS.map(origin => (
          <option key={origin} value={origin}>
            {t(`servers.origin_${origin}`)}
          </option>
        ))}
      </select>
    </>
  )
}

/** Cards have no heads to click. */
function SortChoice({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation()
  return (
    <select
      aria-label={t('servers.sort')}
      value={formatSort(sort)}
      onChange={event => onSort(parseSort(event.target.value))}
      className={select}
    >
      {SORTS.map(column => {
        const value = column === 'guests' ? '-guests' : column
        return (
          <option key={column} value={value}>
            {t(`servers.sort_${column}`)}
          </option>
        )
      })}
    </select>
  )
}

const VIEWS = [
  { view: 'table', Icon: Rows3 },
  { view: 'cards', Icon: LayoutGrid },
] as const

function ViewChoice({ view, onView }: { view: View; onView: (view: View) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset aria-label={t('servers.view')} className="flex rounded-control border border-input">
      {VIEWS.map(({ view: one, Icon }) => (
        <button
          key={one}
          type="button"
          aria-label={t(`servers.view_${one}`)}
          title={t(`servers.view_${one}`)}
          aria-pressed={view === one}
          onClick={() => onView(one)}
          className={cn(
            'grid size-7.5 place-items-center first:rounded-l-[5px] last:rounded-r-[5px] hover:bg-hover',
            view === one ? 'bg-hover text-text' : 'text-muted',
          )}
        >
          <Icon className="size-4" aria-hidden />
        </button>
      ))}
    </fieldset>
  )
}
