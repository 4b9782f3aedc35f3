import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Play, SearchX, Server, Square } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { bodyRow, card, ListCards, ListSkeleton, ListTable, LoadFailed } from '@/components/list-state'
import { Page } from '@/components/page'
import { SearchBox } from '@/components/search-box'
import { ServerStatus } from '@/components/server-status'
import { TimeAgo } from '@/components/time-ago'
import { Button } from '@/components/ui/button'
import { CheckField } from '@/components/ui/field'
import { allServersQuery } from '@/features/system/queries'
import { filterServers, isTroubled } from '@/features/system/server-filter'
import type { AnyServer } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'
import { useMediaQuery } from '@/lib/use-media-query'

type ServersProps = {
  q: string
  /** Only servers that need somebody. */
  troubled: boolean
  onSearch: (q: string) => void
  onTroubled: (troubled: boolean) => void
}

/** The servers of all tenants. */
export function AllServersPage({ q, troubled, onSearch, onTroubled }: ServersProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)')
  const servers = useQuery(allServersQuery)
  const all = servers.data?.servers
  const shown = all && filterServers(all, q, troubled)
  const troubles = all?.filter(isTroubled).length ?? 0
  const List = narrow ? ServerCards : ServerTable
  return (
    <Page title={t('system.servers')} count={all?.length}>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 px-6 pb-3 max-md:px-4">
        <SearchBox text={q} onText={onSearch} label={t('system.search_servers')} wait={0} />
        <CheckField
          label={<span className="font-normal">{t('system.only_troubled', { count: troubles })}</span>}
          checked={troubled}
          onChange={event => onTroubled(event.target.checked)}
          className="items-center py-1 [&_input]:mt-0"
        />
      </div>
      {servers.isPending && <ListSkeleton rows={8} />}
      {servers.isError && !all && (
        <LoadFailed
          title={t('servers.load_failed')}
          error={servers.error}
          busy={servers.isFetching}
          onRetry={() => void servers.refetch()}
        />
      )}
      {all?.length === 0 && (
        <FullState
          icon={<Server aria-hidden />}
          title={t('servers.none')}
          hint={t('system.no_servers_hint')}
          className="border-t"
        />
      )}
      {all && all.length > 0 && shown?.length === 0 && (
        <FullState
          icon={<SearchX aria-hidden />}
          title={q ? t('system.no_match', { text: q }) : t('system.no_trouble')}
          action={
            <Button
              onClick={() => {
                onSearch('')
                onTroubled(false)
              }}
            >
              {t('system.show_all')}
            </Button>
          }
          className="border-t"
        />
      )}
      {shown && shown.length > 0 && <List servers={shown} />}
    </Page>
  )
}

function ServerTable({ servers }: { servers: AnyServer[] }) {
  const { t } = useTranslation()
  return (
    <ListTable
      label={t('system.servers')}
      head={
        <>
          <th scope="col">{t('column.status')}</th>
          <th scope="col">{t('column.name')}</th>
          <th scope="col">{t('system.column_tenant')}</th>
          <th scope="col">{t('servers.column_address')}</th>
          <th scope="col">{t('servers.column_version')}</th>
          <th scope="col">{t('servers.column_guests')}</th>
          <th scope="col">{t('servers.column_data')}</th>
        </>
      }
    >
      {servers.map(server => (
        <tr key={server.id} className={bodyRow}>
          <td>
            <ServerStatus status={server.status} />
          </td>
          <td className="max-w-96">
            <span className="block truncate font-medium" title={server.name}>
              {server.name}
            </span>
            <Trouble server={server} />
          </td>
          <td className="max-w-64">
            <TenantLink server={server} />
          </td>
          <td className="max-w-72 truncate font-mono" title={`${server.host}:${server.port}`}>
            {server.host}:{server.port}
          </td>
          <td className="nums">{server.version ?? <span className="text-muted">–</span>}</td>
          <td>
            <Counts server={server} />
          </td>
          <td>
            <TimeAgo at={server.data_at} never={t('servers.never')} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function ServerCards({ servers }: { servers: AnyServer[] }) {
  const { t } = useTranslation()
  return (
    <ListCards label={t('system.servers')}>
      {servers.map(server => (
        <li key={server.id} className={card}>
          <div className="flex items-center justify-between gap-2">
            <h2 className="min-w-0 truncate font-semibold text-base" title={server.name}>
              {server.name}
            </h2>
            <ServerStatus status={server.status} />
          </div>
          <Trouble server={server} />
          <TenantLink server={server} />
          <div className="break-all font-mono text-muted">
            {server.host}:{server.port}
          </div>
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <Counts server={server} />
            {server.version && <span className="nums text-muted">PVE {server.version}</span>}
            <TimeAgo at={server.data_at} never={t('servers.never')} />
          </div>
        </li>
      ))}
    </ListCards>
  )
}

/** Into the tenant, to its own page of servers. */
function TenantLink({ server }: { server: AnyServer }) {
  return (
    <Link
      to="/t/$slug/servers"
      params={{ slug: server.tenant.slug }}
      className="inline-flex min-h-6 max-w-full items-center text-primary-text hover:underline"
    >
      <span className="truncate">{server.tenant.name}</span>
    </Link>
  )
}

function Trouble({ server }: { server: AnyServer }) {
  const { t } = useTranslation()
  if (!server.is_active) return <span className="block text-muted">{t('servers.inactive')}</span>
  if (!server.error || server.status === 'online') return null
  return (
    <span className="block truncate text-muted" title={server.error}>
      {server.error}
    </span>
  )
}

function Counts({ server }: { server: AnyServer }) {
  const { t, i18n } = useTranslation()
  const { running, stopped } = server.guests
  return (
    <span className="nums flex items-center gap-3">
      <span className="inline-flex items-center gap-1" title={t('servers.running', { count: running })}>
        <Play className="size-3 fill-current text-success-text" aria-hidden />
        {formatNumber(running, i18n.language)}
        <span className="sr-only">{t('status.running')}</span>
      </span>
      <span className="inline-flex items-center gap-1" title={t('servers.stopped', { count: stopped })}>
        <Square className="size-3 scale-90 fill-current text-muted" aria-hidden />
        {formatNumber(stopped, i18n.language)}
        <span className="sr-only">{t('status.stopped')}</span>
      </span>
    </span>
  )
}
