import { Lock, Pause, Play, Square } from 'lucide-react'
import { Spinner } from '@/components/ui/spinner'
import type { GuestStatus as Status } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { useWords } from '@/lib/i18n'

const colours: Record<Status, string> = {
  running: 'text-success-text',
  paused: 'text-warning-text',
  stopped: 'text-muted',
  unknown: 'text-muted',
}

type IconProps = { status: Status; busy?: boolean; locked?: boolean; className?: string }

/** Shape and colour of a state, as PVE's users know them; the words stand beside it. */
export function StatusIcon({ status, busy, locked, className = 'size-3.5' }: IconProps) {
  if (busy) return <Spinner className={cn(className, 'shrink-0 text-primary-text')} />
  const look = cn(className, 'shrink-0', colours[status])
  return (
    <span className="relative inline-flex shrink-0" aria-hidden>
      {status === 'running' && <Play className={cn(look, 'fill-current')} />}
      {status === 'paused' && <Pause className={cn(look, 'fill-current')} />}
      {status === 'stopped' && <Square className={cn(look, 'scale-90 fill-current')} />}
      {status === 'unknown' && <span className={cn(look, 'grid place-items-center font-bold leading-none')}>?</span>}
      {locked && <Lock className="absolute -right-1.5 -bottom-1.5 size-2.5 text-warning-text" strokeWidth={3} />}
    </span>
  )
}

/** Icon and word; a lock is named on hover. */
export function StatusLabel({
  status,
  busy,
  lock,
}: {
  status: Status
  busy?: boolean
  lock: string | null | undefined
}) {
  const { t } = useWords()
  const words = lock ? t('guest.locked', { lock }) : undefined
  return (
    <span className="inline-flex items-center gap-2" title={words}>
      <StatusIcon status={status} busy={busy} locked={lock != null} />
      <span>{t(`status.${status}`)}</span>
      {lock && <span className="sr-only">{words}</span>}
    </span>
  )
}
