import { Ban, CircleCheck, CircleDashed, CircleMinus, CircleX } from 'lucide-react'
import { Spinner } from '@/components/ui/spinner'
import { doneOf, totalOf } from '@/features/bulk/plan'
import type { BulkCounts, BulkGuestState } from '@/lib/api/types'

/** Shape and colour of how one guest fares; the word stands beside it. */
export function BulkGuestIcon({ state }: { state: BulkGuestState }) {
  if (state === 'running') return <Spinner className="shrink-0 text-primary-text" />
  if (state === 'ok') return <CircleCheck className="size-4 shrink-0 text-success-text" aria-hidden />
  if (state === 'failed') return <CircleX className="size-4 shrink-0 text-destructive-text" aria-hidden />
  if (state === 'refused') return <Ban className="size-4 shrink-0 text-warning-text" aria-hidden />
  if (state === 'skipped') return <CircleMinus className="size-4 shrink-0 text-muted" aria-hidden />
  return <CircleDashed className="size-4 shrink-0 text-muted" aria-hidden />
}

const PARTS = [
  ['ok', 'bg-success'],
  ['failed', 'bg-destructive'],
  ['refused', 'bg-warning'],
  ['skipped', 'bg-muted/50'],
  ['running', 'bg-primary animate-pulse motion-reduce:animate-none'],
] as const

/** How far it is, each result in its colour; the numbers stand beside it. */
export function BulkBar({ counts, label }: { counts: BulkCounts; label: string }) {
  const total = Math.max(1, totalOf(counts))
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={doneOf(counts)}
      className="flex h-1.5 overflow-hidden rounded-full bg-border"
    >
      {PARTS.map(([part, colour]) => (
        <div key={part} className={colour} style={{ width: `${(100 * counts[part]) / total}%` }} />
      ))}
    </div>
  )
}
