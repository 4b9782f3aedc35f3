import { Link } from '@tanstack/react-router'
import { Activity, CloudCog, Pencil, Trash2, Waypoints } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { GuestCounts } from '@/components/guest-counts'
import { bodyRow, card, ListCards, ListTable } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { ServerStatus } from '@/components/server-status'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import { formatRange } from '@/features/system/scope'
import type { AnyServer, GuestScope } from '@/lib/api/types'

export type ServerAction = 'test' | 'edit' | 'delete'

type ListProps = { servers: AnyServer[]; onAction: (action: ServerAction, server: AnyServer) => void }

const address = ({ host, port }: AnyServer) => `${host}:${port}`

export function AllServerTable({ servers, onAction }: ListProps) {
  const { t } = useTranslation()
  return (
    <ListTable
      label={t('system.servers')}
      head={
        <>
          <th scope="col">{t('column.status')}</th>
          <th scope="col">{t('column.name')}</th>
          <th scope="col">{t('system.column_tenant')}</th>
          <th scope="col">{t('system.column_origin')}</th>
          <th scope="col">{t('servers.column_version')}</th>
          <th scope="col">{t('servers.column_guests')}</th>
          <th scope="col">{t('servers.column_data')}</th>
          <th scope="col">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </>
      }
    >
      {servers.map(server => (
        <tr key={server.id} className={bodyRow}>
          <td>
            <ServerStatus status={server.status} />
          </td>
          <td className="max-w-80 py-1">
            <span className="block truncate font-medium" title={server.name}>
              {server.name}
            </span>
            <span className="block truncate font-mono text-muted" title={address(server)}>
              {address(server)}
            </span>
            <Trouble server={server} />
          </td>
          <td className="max-w-56">
            <TenantLink server={server} />
          </td>
          <td className="max-w-56 py-1">
            <Origin server={server} />
            <Scope scope={server.scope} />
          </td>
          <td className="nums">{server.version ?? <span className="text-muted">–</span>}</td>
          <td>
            <GuestCounts guests={server.guests} />
          </td>
          <td>
            <TimeAgo at={server.data_at} never={t('servers.never')} />
          </td>
          <td className="text-right">
            <Actions server={server} onAction={onAction} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

export function AllServerCards({ servers, onAction }: ListProps) {
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
          {server.origin !== 'own' && (
            <div>
              <Origin server={server} />
              <Scope scope={server.scope} />
            </div>
          )}
          <div className="break-all font-mono text-muted">{address(server)}</div>
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <GuestCounts guests={server.guests} />
            {server.version && <span className="nums text-muted">PVE {server.version}</span>}
            <TimeAgo at={server.data_at} never={t('servers.never')} />
            <Actions server={server} onAction={onAction} />
          </div>
        </li>
      ))}
    </ListCards>
  )
}

/** Where a server comes from: the tenant's own, one from the environment, or one that was given. */
function Origin({ server: { origin } }: { server: AnyServer }) {
  const { t } = useTranslation()
  if (origin === 'own') return <span className="text-muted">{t('system.origin_own')}</span>
  const Icon = origin === 'provided' ? CloudCog : Waypoints
  return (
    <span title={origin === 'environment' ? t('system.origin_environment_hint') : undefined}>
      <Badge tone={origin === 'provided' ? 'primary' : 'neutral'}>
        <Icon className="size-3.5" aria-hidden />
        {t(`system.origin_${origin}`)}
      </Badge>
    </span>
  )
}

/** The limit in one line; all of it on hover. */
function Scope({ scope }: { scope: GuestScope | null | undefined }) {
  const { t } = useTranslation()
  if (!scope) return null
  const parts = [
    scope.pools.length > 0 && t('scope.pools_are', { count: scope.pools.length, list: scope.pools.join(', ') }),
    scope.tags.length > 0 && t('scope.tags_are', { count: scope.tags.length, list: scope.tags.join(', ') }),
    scope.vmids.length > 0 && t('scope.vmids_are', { list: scope.vmids.map(formatRange).join(', ') }),
  ].filter(Boolean)
  const text = parts.join(' · ')
  return (
    <span className="nums block truncate text-muted" title={text}>
      {text}
    </span>
  )
}

function Actions({ server, onAction }: { server: AnyServer; onAction: ListProps['onAction'] }) {
  const { t } = useTranslation()
  // What is a tenant's own is changed there; what the environment says, in the environment.
  if (server.origin !== 'provided') return null
  return (
    <MoreMenu label={t('servers.more_of', { name: server.name })}>
      <MenuItem icon={<Activity aria-hidden />} onSelect={() => onAction('test', server)}>
        {t('servers.test')}
      </MenuItem>
      <MenuItem icon={<Pencil aria-hidden />} onSelect={() => onAction('edit', server)}>
        {t('servers.edit')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Trash2 aria-hidden />} destructive onSelect={() => onAction('delete', server)}>
        {t('servers.delete')}
      </MenuItem>
    </MoreMenu>
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
