import { Link, useParams } from '@tanstack/react-router'
import { Activity, ArrowDown, ArrowUp, Copy, Eye, Layers, Pencil, Power, PowerOff, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Sparkline } from '@/components/chart/sparkline'
import { GuestCounts } from '@/components/guest-counts'
import { bodyRow, card, ListTable, ScrollArea } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { TimeAgo } from '@/components/time-ago'
import { Button } from '@/components/ui/button'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import { Reason } from '@/components/ui/tooltip'
import { ServerBadges, ServerState } from '@/features/servers/server-badges'
import type { ServerActions } from '@/features/servers/use-server-actions'
import { addressesOf, nextSort, type Sort, type SortColumn, successOf } from '@/features/servers/view'
import type { MetricsOverview, Server } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatMilliseconds, formatPercent } from '@/lib/format'
import { responseLine, type Values } from '@/lib/metrics'

type ListProps = {
  servers: Server[]
  /** The last 24 hours of all of them, when they have come. */
  metrics: MetricsOverview | undefined
  sort: Sort
  onSort: (sort: Sort) => void
  actions: ServerActions
}

export function ServerTable({ servers, metrics, sort, onSort, actions }: ListProps) {
  const { t } = useTranslation()
  const responses = responsesOf(metrics)
  const sortable = { sort, onSort }
  return (
    <ListTable
      label={t('servers.title')}
      head={
        <>
          <SortHead column="status" label={t('column.status')} {...sortable} />
          <SortHead column="name" label={t('column.name')} {...sortable} />
          <th scope="col">{t('servers.column_address')}</th>
          <th scope="col">{t('servers.column_version')}</th>
          <SortHead column="guests" label={t('servers.column_guests')} {...sortable} />
          <th scope="col">{t('servers.column_checks')}</th>
          <th scope="col" className="max-xl:hidden">
            {t('metrics.response')}
          </th>
          <SortHead column="data" label={t('servers.column_data')} {...sortable} />
          <th scope="col">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </>
      }
    >
      {servers.map(server => (
        <tr key={server.id} className={cn(bodyRow, 'h-13')}>
          <td className="whitespace-nowrap">
            <ServerState server={server} />
          </td>
          <td className="w-[36%] max-w-0 py-1.5">
            <div className="flex flex-wrap items-center gap-x-2">
              <Name server={server} />
              <ServerBadges server={server} />
            </div>
            <Detail server={server} onSame={actions.same} />
          </td>
          {server.origin === 'provided' ? (
            <td colSpan={7} className="text-muted">
              {t('servers.provided_line')}
            </td>
          ) : (
            <>
              <td className="w-[27%] max-w-0">
                <Addresses server={server} />
              </td>
              <td className="nums whitespace-nowrap">{server.pve_version ?? <span className="text-muted">–</span>}</td>
              <td>
                <GuestCounts guests={server.guests} />
              </td>
              <td>
                <Checks server={server} />
              </td>
              <td className="max-xl:hidden">
                <Response values={responses.get(server.id)} />
              </td>
              <td>
                <TimeAgo at={server.data_at} never={t('servers.never')} />
              </td>
              <td>
                <RowActions server={server} actions={actions} />
              </td>
            </>
          )}
        </tr>
      ))}
    </ListTable>
  )
}

type SortHeadProps = { column: SortColumn; label: string; sort: Sort; onSort: (sort: Sort) => void }

function SortHead({ column, label, sort, onSort }: SortHeadProps) {
  const active = sort.column === column
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  return (
    <th scope="col" aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        onClick={() => onSort(nextSort(sort, column))}
        className="-mx-1 inline-flex h-7 items-center gap-1 rounded px-1 font-medium hover:text-text"
      >
        {label}
        <Arrow className={cn('size-3.5', !active && 'invisible')} aria-hidden />
      </button>
    </th>
  )
}

export function ServerCards({ servers, metrics, actions }: Pick<ListProps, 'servers' | 'metrics' | 'actions'>) {
  const { t } = useTranslation()
  const responses = responsesOf(metrics)
  return (
    <ScrollArea label={t('servers.title')} className="border-t">
      <ul
        aria-label={t('servers.title')}
        className="grid auto-rows-min grid-cols-[repeat(auto-fill,minmax(min(21rem,100%),1fr))] gap-4 p-6 max-md:p-4"
      >
        {servers.map(server => (
          <li key={server.id} className={cn(card, 'p-4')}>
            <div className="flex items-start justify-between gap-3">
              <h2 className="min-w-0 text-base">
                <Name server={server} />
              </h2>
              <span className="shrink-0">
                <ServerState server={server} />
              </span>
            </div>
            <div className="-my-1 flex flex-wrap items-center gap-x-2 empty:hidden">
              <ServerBadges server={server} />
            </div>
            <Detail server={server} onSame={actions.same} />
            {server.origin === 'provided' ? (
              <p className="text-muted">{t('servers.provided_line')}</p>
            ) : (
              <>
                <Addresses server={server} />
                <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
                  <GuestCounts guests={server.guests} />
                  <Checks server={server} />
                  {server.pve_version && <span className="nums text-muted">PVE {server.pve_version}</span>}
                </div>
                <div className="mt-auto flex flex-wrap items-center justify-between gap-2 pt-1">
                  <TimeAgo at={server.data_at} never={t('servers.never')} />
                  <Response values={responses.get(server.id)} />
                  <RowActions server={server} actions={actions} />
                </div>
              </>
            )}
          </li>
        ))}
      </ul>
    </ScrollArea>
  )
}

/** The response times of each server over 24 hours. */
function responsesOf(metrics: MetricsOverview | undefined): Map<string, Values> {
  return new Map(metrics?.servers.map(one => [one.server, responseLine(one.points, metrics.span)]))
}

/** The line keeps its room while it comes. */
function Response({ values }: { values: Values | undefined }) {
  const { t, i18n } = useTranslation()
  if (!values) return <span className="block h-6 w-24" />
  const last = values.at(-1)
  const label =
    last == null
      ? t('metrics.response_none')
      : t('metrics.response_now', { time: formatMilliseconds(last, i18n.language) })
  return <Sparkline values={values} label={label} />
}

function Name({ server }: { server: Server }) {
  const { slug = '' } = useParams({ strict: false })
  if (server.origin === 'provided') return <span className="truncate font-medium">{server.name}</span>
  return (
    <Link
      to="/t/$slug/servers/$server"
      params={{ slug, server: server.id }}
      title={server.name}
      className="block min-w-0 max-w-full truncate rounded py-[3px] font-medium hover:underline"
    >
      {server.name}
    </Link>
  )
}

function Detail({ server, onSame }: { server: Server; onSame: (server: Server) => void }) {
  const { t } = useTranslation()
  const { same_cluster_as: same, status, status_detail: detail } = server
  return (
    <>
      {server.is_active && detail && status !== 'online' && (
        <span className="block truncate text-muted" title={detail}>
          {detail}
        </span>
      )}
      {same && (
        <button
          type="button"
          onClick={() => onSame(server)}
          className="flex min-h-6 max-w-full items-center gap-1.5 rounded text-primary-text hover:underline"
        >
          <Layers className="size-3.5 shrink-0" aria-hidden />
          <span className="truncate">{t('servers.same_cluster', { name: same.name })}</span>
        </button>
      )}
    </>
  )
}

function Addresses({ server }: { server: Server }) {
  return (
    <span className="block font-mono text-muted">
      {addressesOf(server).map(address => (
        <span key={address} title={address} className="block truncate">
          {address}
        </span>
      ))}
    </span>
  )
}

/** How many of the last checks passed, and how long they took. */
export function Checks({ server }: { server: Server }) {
  const { t, i18n } = useTranslation()
  const { health } = server
  const success = successOf(health)
  if (!health || success === null) return <span className="text-muted">–</span>
  const { checks, failed, average_ms: average } = health
  return (
    <span
      className="nums whitespace-nowrap"
      title={t('servers.checks_hint', { passed: checks - failed, count: checks })}
    >
      <span className={cn(success < 0.8 ? 'text-destructive-text' : failed > 0 && 'text-warning-text')}>
        {formatPercent(success, i18n.language)}
      </span>
      {average != null && <span className="text-muted"> · {formatMilliseconds(average, i18n.language)}</span>}
    </span>
  )
}

type ActionsProps = { server: Server; actions: ServerActions }

function RowActions({ server, actions }: ActionsProps) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center justify-end gap-1">
      <Reason text={server.is_active ? undefined : t('servers.test_inactive')}>
        <Button size="sm" disabled={!server.may.test || !server.is_active} onClick={() => actions.test(server)}>
          <Activity className="size-4" aria-hidden />
          {t('servers.test')}
          <span className="sr-only">{server.name}</span>
        </Button>
      </Reason>
      <ServerMenu server={server} actions={actions} details />
    </span>
  )
}

/** All that can be done with a server. */
export function ServerMenu({ server, actions, details }: ActionsProps & { details?: boolean }) {
  const { t } = useTranslation()
  const why = (may: boolean, reason: string) => {
    if (may) return undefined
    return server.origin === 'environment' ? t('servers.environment_forbidden') : reason
  }
  const edit = why(server.may.edit, t('servers.edit_forbidden'))
  return (
    <MoreMenu label={t('servers.more_of', { name: server.name })}>
      {details && (
        <MenuItem icon={<Eye aria-hidden />} onSelect={() => actions.open(server)}>
          {t('servers.details')}
        </MenuItem>
      )}
      <MenuItem icon={<Pencil aria-hidden />} disabledReason={edit} onSelect={() => actions.edit(server)}>
        {t('servers.edit')}
      </MenuItem>
      <MenuItem
        icon={<Copy aria-hidden />}
        disabledReason={
          actions.full ? t('servers.slots_full', actions.full) : why(actions.mayAdd, t('servers.edit_forbidden'))
        }
        onSelect={() => actions.duplicate(server)}
      >
        {t('servers.duplicate')}
      </MenuItem>
      <MenuItem
        icon={server.is_active ? <PowerOff aria-hidden /> : <Power aria-hidden />}
        disabledReason={edit}
        onSelect={() => actions.activate(server)}
      >
        {server.is_active ? t('servers.deactivate') : t('servers.activate')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem
        icon={<Trash2 aria-hidden />}
        destructive
        disabledReason={why(server.may.delete, t('servers.delete_forbidden'))}
        onSelect={() => actions.remove(server)}
      >
        {t('servers.delete')}
      </MenuItem>
    </MoreMenu>
  )
}
