import { cn } from '@/lib/cn'

/**
 * A thin bar for a share of 0 to 1; the words stand beside it, so it is hidden from readers. What is nearly full warns,
 * so a tenant's colour does not take its place; but for `plain` ones, which are progress.
 */
export function Bar({ share, plain, className }: { share: number; plain?: boolean; className?: string }) {
  const clamped = Math.min(1, Math.max(0, share))
  const colour = plain ? 'bg-accent' : clamped >= 0.95 ? 'bg-destructive' : clamped >= 0.85 ? 'bg-warning' : 'bg-info'
  return (
    <div aria-hidden className={cn('h-1.5 shrink-0 overflow-hidden rounded-full bg-border', className)}>
      <div
        className={cn('h-full origin-left rounded-full transition-transform duration-[160ms]', colour)}
        style={{ transform: `scaleX(${clamped})` }}
      />
    </div>
  )
}
