import type { TFunction } from 'i18next'
import { Boxes, Copy, Lock, Monitor, Waypoints } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge } from '@/components/ui/badge'
import { Bar } from '@/components/ui/bar'
import type { Guest } from '@/lib/api/types'
import { formatBytes, formatBytesOf, formatCores, formatDuration, formatPercent } from '@/lib/format'

/**
 * What single columns show; the same pieces stand in the cards. They take the words and the language from the row, so
 * that a row that comes into sight asks for them once and not for each cell.
 */
export type CellProps = { guest: Guest; t: TFunction; language: string }

type BarProps = CellProps & { bar?: string }

export function CpuCell({ guest, t, language, bar = 'w-8' }: BarProps) {
  if (guest.status !== 'running' || guest.cpu == null) return <Dash />
  const cores =
    guest.max_cpu == null
      ? undefined
      : t('guest.cores_used', { cores: formatCores(guest.cpu, guest.max_cpu, language) })
  return (
    <span className="flex items-center gap-2" title={cores}>
      <Bar share={guest.cpu} className={bar} />
      <span className="nums w-11 text-right">{formatPercent(guest.cpu, language)}</span>
    </span>
  )
}

export function MemoryCell({ guest, language, bar = 'w-8' }: BarProps) {
  const { memory_bytes: used, max_memory_bytes: total } = guest
  if (guest.status !== 'running' || used == null || !total) return <Dash />
  return (
    <span className="flex min-w-0 items-center gap-2" title={formatPercent(used / total, language)}>
      <Bar share={used / total} className={bar} />
      <span className="nums truncate">{formatBytesOf(used, total, language)}</span>
    </span>
  )
}

/** Containers say how much of it they use; for VMs PVE only knows the size. */
export function DiskCell({ guest, t, language }: CellProps) {
  const { disk_bytes: used, max_disk_bytes: total } = guest
  if (!total) return <Dash />
  const title = used ? t('guest.disk_used', { used: formatBytesOf(used, total, language) }) : undefined
  return (
    <span className="nums block truncate" title={title}>
      {formatBytes(total, language)}
    </span>
  )
}

/** Bytes per second in two directions; the words are in the title. */
function Rates({ down, up, title, language }: { down: number; up: number; title: string; language: string }) {
  return (
    <span className="nums flex min-w-0 flex-1 gap-2" title={title}>
      <span className="flex-1 truncate">
        <span aria-hidden className="text-muted">
          ↓
        </span>
        {formatBytes(down, language)}
      </span>
      <span className="flex-1 truncate">
        <span aria-hidden className="text-muted">
          ↑
        </span>
        {formatBytes(up, language)}
      </span>
    </span>
  )
}

export function NetworkCell({ guest, t, language }: CellProps) {
  const { net_in: down, net_out: up } = guest
  if (down == null || up == null) return <Dash />
  const rate = (bytes: number) => t('guest.rate', { size: formatBytes(bytes, language) })
  return (
    <Rates down={down} up={up} language={language} title={t('guest.rate_in_out', { in: rate(down), out: rate(up) })} />
  )
}

export function IoCell({ guest, t, language }: CellProps) {
  const { disk_read: read, disk_write: write } = guest
  if (read == null || write == null) return <Dash />
  const rate = (bytes: number) => t('guest.rate', { size: formatBytes(bytes, language) })
  const title = t('guest.rate_read_write', { read: rate(read), write: rate(write) })
  return <Rates down={read} up={write} language={language} title={title} />
}

export function UptimeCell({ guest }: CellProps) {
  if (guest.status === 'stopped' || !guest.uptime_seconds) return <Dash />
  return <span className="nums block truncate">{formatDuration(guest.uptime_seconds)}</span>
}

const kindIcon = { qemu: Monitor, lxc: Boxes } as const

export function TypeCell({ guest, t }: CellProps) {
  const Icon = kindIcon[guest.type]
  return (
    <span className="inline-flex items-center gap-1.5 text-muted" title={t(`guest.type_${guest.type}_long`)}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {t(`guest.type_${guest.type}`)}
    </span>
  )
}

/** The number, and what it is the number of. */
export function IdCell({ guest, t }: CellProps) {
  const Icon = kindIcon[guest.type]
  return (
    <span className="flex items-center gap-1.5 text-muted" title={t(`guest.type_${guest.type}_long`)}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span className="sr-only">{t(`guest.type_${guest.type}`)}</span>
      <span className="nums truncate font-mono">{guest.vmid}</span>
    </span>
  )
}

/** How many tags a row has room for. */
const TAGS_SHOWN = 2

export function TagsCell({ tags, shown = TAGS_SHOWN }: { tags: string[]; shown?: number }) {
  if (tags.length === 0) return null
  const more = tags.length - shown
  const title = tags.length > 30 ? `${tags.slice(0, 30).join(', ')}, …` : tags.join(', ')
  return (
    <span className="flex min-w-0 items-center gap-1" title={title}>
      {tags.slice(0, shown).map(tag => (
        <Badge key={tag} className="min-w-0 shrink!">
          <span className="truncate">{tag}</span>
        </Badge>
      ))}
      {more > 0 && <span className="nums shrink-0 text-muted text-xs">+{more}</span>}
    </span>
  )
}

/** The host's name over Tailscale; empty where only that is known, null where it is not reached so. */
export type Way = string | null

type PlaceProps = CellProps & { way: Way }

/** Server and node, and a mark where the server is reached over Tailscale. */
export function PlaceCell({ guest, t, way }: PlaceProps) {
  const { server, node } = guest
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="truncate" title={node ? `${server.name} · ${node}` : server.name}>
        {server.name}
        {node && <span className="text-muted"> · {node}</span>}
      </span>
      {way !== null && <TailscaleMark t={t} host={way} />}
    </span>
  )
}

function TailscaleMark({ t, host }: { t: TFunction; host: string }) {
  const words = host ? t('guest.tailscale_host', { host }) : t('guest.tailscale')
  return (
    <span title={words} className="shrink-0 text-muted">
      <Waypoints className="size-3.5" aria-hidden />
      <span className="sr-only">{words}</span>
    </span>
  )
}

export function LockCell({ guest }: CellProps) {
  if (!guest.lock) return <Dash />
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-warning-text">
      <Lock className="size-3.5 shrink-0" aria-hidden />
      <span className="truncate">{guest.lock}</span>
    </span>
  )
}

/** Trouble is red, what is as asked for stays quiet. */
export function HaCell({ guest, t }: CellProps) {
  const state = guest.ha_state
  if (!state) return <Dash />
  const tone = state === 'error' || state === 'fence' ? 'destructive' : state === 'started' ? 'success' : 'neutral'
  return (
    <Badge tone={tone} className="shrink!">
      <span className="truncate" title={t('guest.ha_state', { state })}>
        {state}
      </span>
    </Badge>
  )
}

export function TemplateMark({ t }: { t: TFunction }) {
  return (
    <Badge className="ml-2">
      <Copy className="size-3" aria-hidden />
      {t('guest.template')}
    </Badge>
  )
}

export function TextCell({ text }: { text: string | null | undefined }): ReactNode {
  if (!text) return <Dash />
  return (
    <span className="block truncate" title={text}>
      {text}
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
