import { Link } from '@tanstack/react-router'
import { Check, CircleHelp, Pause, Play, Square, TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '@/components/ui/spinner'
import type { NodeFilter } from '@/features/dashboard/view'
import type { GuestKindCount, LiveStats, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'

type FiguresProps = { tenant: Tenant; stats: LiveStats }

/** How many there are of everything and how they are; each number leads to the list of what it counts. */
export function Figures({ tenant, stats }: FiguresProps) {
  const { t } = useTranslation()
  const { nodes, servers, guests } = stats
  const node = { slug: tenant.slug, listed: stats.node_list.length > 0 }
  // Of these nobody has heard anything: their servers do not answer.
  const unknown = nodes ? nodes.total - nodes.online - nodes.offline : 0
  return (
    <ul aria-label={t('dashboard.figures')} className="grid grid-cols-2 gap-4 max-md:gap-3 xl:grid-cols-4">
      {nodes && (
        <Figure label={t('dashboard.nodes')} total={nodes.total}>
          <NodeCount
            {...node}
            filter={undefined}
            word={t('dashboard.online')}
            count={nodes.online}
            look={looks.online}
          />
          {nodes.offline > 0 && (
            <NodeCount
              {...node}
              filter="broken"
              word={t('dashboard.offline')}
              count={nodes.offline}
              look={looks.offline}
            />
          )}
          {unknown > 0 && (
            <NodeCount
              {...node}
              filter="broken"
              word={t('dashboard.node_unknown')}
              count={unknown}
              look={looks.unknown}
            />
          )}
        </Figure>
      )}
      <GuestFigure tenant={tenant} label={t('dashboard.vms')} type="vm" counts={guests.qemu} />
      <GuestFigure tenant={tenant} label={t('dashboard.containers')} type="ct" counts={guests.lxc} />
      {servers && (
        <Figure label={t('servers.title')} total={servers.total}>
          {STATES.map(state => {
            const count = servers[state]
            // What runs well is always said, trouble only when there is some.
            if (count === 0 && state !== 'online') return null
            const shown = <Count word={t(`server_status.${state}`)} count={count} look={looks[state]} />
            if (!tenant.may.see_servers) {
              return (
                <li key={state} className="px-1">
                  {shown}
                </li>
              )
            }
            return (
              <li key={state}>
                <Link to="/t/$slug/servers" params={{ slug: tenant.slug }} search={{ status: state }} className={link}>
                  {shown}
                </Link>
              </li>
            )
          })}
        </Figure>
      )}
    </ul>
  )
}

const STATES = ['online', 'degraded', 'offline', 'checking'] as const

type Look = { icon: ReactNode; grave?: boolean }

const looks = {
  running: { icon: <Play className="size-3.5 fill-current text-success-text" aria-hidden /> },
  stopped: { icon: <Square className="size-3.5 scale-90 fill-current text-muted" aria-hidden /> },
  paused: { icon: <Pause className="size-3.5 fill-current text-warning-text" aria-hidden /> },
  unknown: { icon: <CircleHelp className="size-4 text-muted" aria-hidden /> },
  online: { icon: <Check className="size-4 text-success-text" strokeWidth={2.5} aria-hidden /> },
  degraded: { icon: <TriangleAlert className="size-4 text-warning-text" aria-hidden /> },
  offline: { icon: <X className="size-4 text-destructive-text" strokeWidth={2.5} aria-hidden />, grave: true },
  checking: { icon: <Spinner className="size-4 text-muted" /> },
} satisfies Record<string, Look>

function Figure({ label, total, children }: { label: ReactNode; total: number; children: ReactNode }) {
  const { i18n } = useTranslation()
  return (
    <li className="flex min-w-0 flex-col rounded-card border bg-raised px-4 py-3 max-md:px-3">
      <span className="flex min-h-6 items-center truncate text-muted text-table">{label}</span>
      <span className="nums font-semibold text-[1.75rem]/9">{formatNumber(total, i18n.language)}</span>
      <ul className="-mx-1 mt-auto flex min-h-7 flex-wrap items-center gap-x-1">{children}</ul>
    </li>
  )
}

const link = 'inline-flex min-h-7 items-center rounded px-1 hover:bg-hover max-md:min-h-9'

function Count({ word, count, look }: { word: string; count: number; look: Look }) {
  const { i18n } = useTranslation()
  return (
    <span className="nums inline-flex items-center gap-1.5 text-table" title={word}>
      {look.icon}
      <span className={cn(look.grave && 'font-medium text-destructive-text')}>
        {formatNumber(count, i18n.language)}
      </span>
      <span className="text-muted max-2xl:sr-only">{word}</span>
    </span>
  )
}

type NodeCountProps = {
  slug: string
  filter: NodeFilter | undefined
  /** Whether the nodes stand on this page. */
  listed: boolean
  word: string
  count: number
  look: Look
}

function NodeCount({ slug, filter, listed, ...count }: NodeCountProps) {
  return (
    <li>
      {listed ? (
        <Link to="/t/$slug" params={{ slug }} search={{ nodes: filter }} hash="nodes" className={link}>
          <Count {...count} />
        </Link>
      ) : (
        <span className="px-1">
          <Count {...count} />
        </span>
      )}
    </li>
  )
}

type GuestFigureProps = { tenant: Tenant; label: string; type: 'vm' | 'ct'; counts: GuestKindCount }

function GuestFigure({ tenant, label, type, counts }: GuestFigureProps) {
  const { t } = useTranslation()
  const to = (q: string) => ({ to: '/t/$slug/guests', params: { slug: tenant.slug }, search: { q } }) as const
  return (
    <Figure
      label={
        <Link {...to(`type:${type}`)} className="truncate rounded py-[3px] hover:text-text hover:underline">
          {label}
        </Link>
      }
      total={counts.total}
    >
      {(['running', 'stopped', 'paused', 'unknown'] as const).map(status => {
        const count = counts[status]
        if (count === 0 && (status === 'paused' || status === 'unknown')) return null
        return (
          <li key={status}>
            <Link {...to(`type:${type} status:${status}`)} className={link}>
              <Count word={t(`status.${status}`)} count={count} look={looks[status]} />
            </Link>
          </li>
        )
      })}
    </Figure>
  )
}
