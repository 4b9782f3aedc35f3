import { Link } from '@tanstack/react-router'
import { Check, CircleHelp, Play, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Section } from '@/components/section'
import { Bar } from '@/components/ui/bar'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { useHeld } from '@/features/dashboard/use-held'
import {
  cpuOf,
  filterNodes,
  guestsOfNode,
  memoryOf,
  type NodeFilter,
  nodeKey,
  sortNodes,
} from '@/features/dashboard/view'
import type { NodeStats, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatBytesOf, formatCores, formatDuration, formatNumber, formatPercent } from '@/lib/format'

type NodeGridProps = {
  tenant: Tenant
  nodes: NodeStats[]
  filter: NodeFilter | undefined
  onFilter: (filter: NodeFilter | undefined) => void
}

/** More than these are shown small, and not all at once. */
const MANY = 12
const FIRST = 20

/** A card for each node, those in trouble first. */
export function NodeGrid({ tenant, nodes, filter, onFilter }: NodeGridProps) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const held = useHeld(sortNodes(filterNodes(nodes, filter)), nodeKey)
  const shown = all ? held.rows : held.rows.slice(0, FIRST)
  const compact = nodes.length > MANY
  const count = (name: NodeFilter) => filterNodes(nodes, name).length
  return (
    <Section
      id="nodes"
      title={t('dashboard.nodes')}
      count={nodes.length}
      aside={
        <Choices
          label={t('dashboard.node_filter')}
          value={filter ?? 'all'}
          onChange={value => onFilter(value === 'all' ? undefined : value)}
          choices={[
            { value: 'all', label: t('dashboard.nodes_all') },
            { value: 'broken', label: <Counted label={t('dashboard.nodes_broken')} count={count('broken')} /> },
            { value: 'busy', label: <Counted label={t('dashboard.nodes_busy')} count={count('busy')} /> },
          ]}
        />
      }
    >
      {shown.length === 0 && (
        <p className="rounded-card border px-4 py-6 text-center text-muted">
          {filter === 'busy' ? t('dashboard.none_busy') : t('dashboard.none_broken')}
        </p>
      )}
      <ul
        aria-label={t('dashboard.nodes')}
        onPointerEnter={held.hold}
        onPointerLeave={held.release}
        className={cn(
          'grid gap-3 empty:hidden',
          compact
            ? 'grid-cols-[repeat(auto-fill,minmax(min(12.5rem,100%),1fr))]'
            : 'grid-cols-[repeat(auto-fill,minmax(min(17rem,100%),1fr))]',
        )}
      >
        {shown.map(node => (
          <NodeCard key={nodeKey(node)} tenant={tenant} node={node} compact={compact} />
        ))}
      </ul>
      {held.rows.length > FIRST && (
        <Button size="sm" variant="ghost" className="self-start" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('dashboard.show_less') : t('dashboard.show_all', { count: held.rows.length })}
        </Button>
      )}
    </Section>
  )
}

function Counted({ label, count }: { label: string; count: number }) {
  const { i18n } = useTranslation()
  return (
    <>
      {label}
      <span className="nums text-muted">{formatNumber(count, i18n.language)}</span>
    </>
  )
}

type NodeCardProps = { tenant: Tenant; node: NodeStats; compact: boolean }

function NodeCard({ tenant, node, compact }: NodeCardProps) {
  const { t, i18n } = useTranslation()
  const { cpu, max_cpu: cores, memory_bytes: used, max_memory_bytes: total } = node
  const exact = {
    cpu: cpu != null && cores ? t('dashboard.cores', { cores: formatCores(cpu, cores, i18n.language) }) : undefined,
    memory: used != null && total ? formatBytesOf(used, total, i18n.language) : undefined,
  }
  return (
    <li
      className={cn(
        'flex min-w-0 flex-col gap-1.5 rounded-card border bg-raised text-table',
        compact ? 'px-3 py-2' : 'px-4 py-3',
        node.status === 'offline' && 'border-destructive/50',
      )}
    >
      <div className="flex items-center gap-2">
        <NodeStatus status={node.status} />
        <Link
          to="/t/$slug/guests"
          params={{ slug: tenant.slug }}
          search={{ q: guestsOfNode(node) }}
          title={t('dashboard.guests_of', { node: node.name })}
          className="min-w-0 truncate rounded py-[3px] font-medium hover:underline"
        >
          {node.name}
        </Link>
        {node.status === 'online' && (
          <span
            className="nums ml-auto inline-flex shrink-0 items-center gap-1 text-muted"
            title={t('servers.running', { count: node.running_guests })}
          >
            <Play className="size-3 fill-current" aria-hidden />
            {formatNumber(node.running_guests, i18n.language)}
            <span className="sr-only">{t('status.running')}</span>
          </span>
        )}
      </div>
      <Load label={t('dashboard.cpu')} share={cpuOf(node)} exact={exact.cpu} wide={!compact} />
      <Load label={t('dashboard.memory_short')} share={memoryOf(node)} exact={exact.memory} wide={!compact} />
      <div className="flex items-center justify-between gap-3 text-muted text-xs">
        <span className="min-w-0 truncate" title={node.server_name}>
          {node.server_name}
        </span>
        <span className="nums shrink-0">
          {node.status === 'online' && node.uptime_seconds != null
            ? t('dashboard.up', { time: formatDuration(node.uptime_seconds) })
            : t(`dashboard.node_${node.status}`)}
        </span>
      </div>
    </li>
  )
}

const icons = {
  online: { Icon: Check, colour: 'text-success-text' },
  offline: { Icon: X, colour: 'text-destructive-text' },
  unknown: { Icon: CircleHelp, colour: 'text-muted' },
} as const

function NodeStatus({ status }: { status: NodeStats['status'] }) {
  const { t } = useTranslation()
  const { Icon, colour } = icons[status]
  return (
    <span title={t(`dashboard.node_${status}`)}>
      <Icon className={cn('size-4 shrink-0', colour)} strokeWidth={2.5} aria-hidden />
      <span className="sr-only">{t(`dashboard.node_${status}`)}</span>
    </span>
  )
}

type LoadProps = { label: string; share: number | null; exact: string | undefined; wide: boolean }

function Load({ label, share, exact, wide }: LoadProps) {
  const { i18n } = useTranslation()
  return (
    <div className="flex items-center gap-2" title={exact}>
      <span className={cn('shrink-0 text-muted', wide ? 'w-14' : 'w-9')}>{label}</span>
      <Bar share={share ?? 0} className="min-w-8 flex-1 shrink" />
      <span className="nums w-11 shrink-0 text-right">
        {share === null ? <span className="text-muted">–</span> : formatPercent(share, i18n.language)}
      </span>
    </div>
  )
}
