import { Activity, EllipsisVertical, Pencil, Play, Square, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ServerStatus } from '@/components/server-status'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { TlsBadge } from '@/features/servers/tls-badge'
import type { Server } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatNumber, formatRelative, formatTime } from '@/lib/format'

type ListProps = {
  servers: Server[]
  onTest: (server: Server) => void
  onEdit: (server: Server) => void
  onDelete: (server: Server) => void
}

export function ServerTable({ servers, ...actions }: ListProps) {
  const { t } = useTranslation()
  return (
    <div className="min-h-0 flex-1 overflow-auto border-t">
      <table aria-label={t('servers.title')} className="w-full text-table">
        <thead className="sticky top-0 z-10 bg-background text-left text-muted shadow-[inset_0_-1px_0_var(--color-border)]">
          <tr className="h-9 [&>th]:whitespace-nowrap [&>th]:px-2 [&>th]:font-medium [&>th]:first:pl-6 [&>th]:last:pr-6">
            <th scope="col">{t('column.status')}</th>
            <th scope="col">{t('column.name')}</th>
            <th scope="col">{t('servers.column_address')}</th>
            <th scope="col">{t('servers.column_version')}</th>
            <th scope="col">{t('servers.column_guests')}</th>
            <th scope="col">{t('servers.column_certificate')}</th>
            <th scope="col">{t('servers.column_token')}</th>
            <th scope="col">{t('servers.column_data')}</th>
            <th scope="col">
              <span className="sr-only">{t('column.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {servers.map(server => (
            <tr
              key={server.id}
              className="h-12 border-b hover:bg-hover/70 [&>td]:px-2 [&>td]:first:pl-6 [&>td]:last:pr-6"
            >
              <td>
                <ServerStatus status={server.status} />
              </td>
              <td className="max-w-80">
                <span className="block truncate font-medium" title={server.name}>
                  {server.name}
                </span>
                <Detail server={server} />
              </td>
              <td className="font-mono">
                {server.connection?.host}:{server.connection?.port}
              </td>
              <td className="nums">{server.pve_version ?? <span className="text-muted">–</span>}</td>
              <td>
                <Counts server={server} />
              </td>
              <td>{server.connection && <TlsBadge tls={server.connection.tls} />}</td>
              <td className="font-mono text-muted">{server.connection?.token_id}</td>
              <td>
                <DataAge server={server} />
              </td>
              <td>
                <Actions server={server} {...actions} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export function ServerCards({ servers, ...actions }: ListProps) {
  const { t } = useTranslation()
  return (
    <ul
      aria-label={t('servers.title')}
      className="grid min-h-0 flex-1 auto-rows-min grid-cols-[repeat(auto-fill,minmax(min(20rem,100%),1fr))] gap-4 overflow-auto border-t p-6 max-md:p-4"
    >
      {servers.map(server => (
        <li key={server.id} className="flex min-w-0 flex-col gap-2 rounded-card border bg-raised p-4 text-table">
          <div className="flex items-center justify-between gap-2">
            <h2 className="min-w-0 truncate font-semibold text-base" title={server.name}>
              {server.name}
            </h2>
            <ServerStatus status={server.status} />
          </div>
          <Detail server={server} />
          <div className="break-all font-mono text-muted">
            {server.connection?.host}:{server.connection?.port}
          </div>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
            <Counts server={server} />
            {server.connection && <TlsBadge tls={server.connection.tls} />}
            {server.pve_version && <span className="nums text-muted">PVE {server.pve_version}</span>}
          </div>
          <div className="mt-1 flex items-center justify-between gap-2">
            <DataAge server={server} />
            <Actions server={server} {...actions} />
          </div>
        </li>
      ))}
    </ul>
  )
}

function Detail({ server }: { server: Server }) {
  const { t } = useTranslation()
  if (!server.is_active) return <span className="block text-muted">{t('servers.inactive')}</span>
  if (!server.status_detail || server.status === 'online') return null
  return (
    <span className="block truncate text-muted" title={server.status_detail}>
      {server.status_detail}
    </span>
  )
}

function Counts({ server }: { server: Server }) {
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

function DataAge({ server }: { server: Server }) {
  const { t, i18n } = useTranslation()
  const now = useNow(5000)
  if (!server.data_at) return <span className="text-muted">{t('servers.never')}</span>
  const at = Date.parse(server.data_at)
  return (
    <span className="nums whitespace-nowrap text-muted" title={formatTime(at, i18n.language)}>
      {formatRelative(Math.min(at, now), now, i18n.language)}
    </span>
  )
}

type ActionsProps = { server: Server } & Omit<ListProps, 'servers'>

function Actions({ server, onTest, onEdit, onDelete }: ActionsProps) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center justify-end gap-1">
      <Button size="sm" disabled={!server.may.test} onClick={() => onTest(server)}>
        <Activity className="size-4" aria-hidden />
        {t('servers.test')}
        <span className="sr-only">{server.name}</span>
      </Button>
      <Menu
        label={t('servers.more_of', { name: server.name })}
        trigger={
          <Button size="icon-sm" variant="ghost" aria-label={t('servers.more_of', { name: server.name })}>
            <EllipsisVertical className="size-4" aria-hidden />
          </Button>
        }
      >
        <MenuItem
          icon={<Pencil aria-hidden />}
          disabledReason={server.may.edit ? undefined : t('servers.edit_forbidden')}
          onSelect={() => onEdit(server)}
        >
          {t('servers.edit')}
        </MenuItem>
        <MenuItem
          icon={<Trash2 aria-hidden />}
          destructive
          disabledReason={server.may.delete ? undefined : t('servers.delete_forbidden')}
          onSelect={() => onDelete(server)}
        >
          {t('servers.delete')}
        </MenuItem>
      </Menu>
    </span>
  )
}
