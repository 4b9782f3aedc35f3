import { Boxes, Monitor } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/ui/badge'
import { Bar } from '@/components/ui/bar'
import type { Guest } from '@/lib/api/types'
import { formatBytesOf, formatCores, formatDuration, formatPercent } from '@/lib/format'

/** What single columns show; the same pieces stand in the cards. */

export function CpuCell({ guest }: { guest: Guest }) {
  const { t, i18n } = useTranslation()
  if (guest.status !== 'running' || guest.cpu == null) return <Dash />
  const cores =
    guest.max_cpu == null
      ? undefined
      : t('guest.cores_used', { cores: formatCores(guest.cpu, guest.max_cpu, i18n.language) })
  return (
    <span className="flex items-center gap-2" title={cores}>
      <Bar share={guest.cpu} className="w-10" />
      <span className="nums w-11 text-right">{formatPercent(guest.cpu, i18n.language)}</span>
    </span>
  )
}

export function MemoryCell({ guest }: { guest: Guest }) {
  const { i18n } = useTranslation()
  const { memory_bytes: used, max_memory_bytes: total } = guest
  if (guest.status !== 'running' || used == null || !total) return <Dash />
  return (
    <span className="flex items-center gap-2" title={formatPercent(used / total, i18n.language)}>
      <Bar share={used / total} className="w-10" />
      <span className="nums truncate">{formatBytesOf(used, total, i18n.language)}</span>
    </span>
  )
}

export function UptimeCell({ guest }: { guest: Guest }) {
  if (guest.status === 'stopped' || !guest.uptime_seconds) return <Dash />
  return <span className="nums">{formatDuration(guest.uptime_seconds)}</span>
}

export function TypeCell({ guest }: { guest: Guest }) {
  const { t } = useTranslation()
  const Icon = guest.type === 'qemu' ? Monitor : Boxes
  return (
    <span className="inline-flex items-center gap-1.5 text-muted" title={t(`guest.type_${guest.type}_long`)}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {t(`guest.type_${guest.type}`)}
    </span>
  )
}

/** How many tags a row has room for. */
const TAGS_SHOWN = 2

export function TagsCell({ tags, shown = TAGS_SHOWN }: { tags: string[]; shown?: number }) {
  if (tags.length === 0) return null
  const more = tags.length - shown
  return (
    <span className="flex min-w-0 items-center gap-1" title={tags.join(', ')}>
      {tags.slice(0, shown).map(tag => (
        <Badge key={tag} className="min-w-0 shrink!">
          <span className="truncate">{tag}</span>
        </Badge>
      ))}
      {more > 0 && <span className="nums shrink-0 text-muted text-xs">+{more}</span>}
    </span>
  )
}

export function PlaceCell({ guest }: { guest: Guest }) {
  return (
    <span className="block truncate" title={guest.node ? `${guest.server.name} · ${guest.node}` : guest.server.name}>
      {guest.server.name}
      {guest.node && <span className="text-muted"> · {guest.node}</span>}
    </span>
  )
}

function Dash() {
  return (
    <span aria-hidden className="text-muted/60">
      –
    </span>
  )
}
