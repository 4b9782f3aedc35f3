import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

type FullStateProps = { icon: ReactNode; title: string; hint?: ReactNode; action?: ReactNode; className?: string }

/** A whole area with one thing to say: empty, failed, not allowed, not found. */
export function FullState({ icon, title, hint, action, className }: FullStateProps) {
  return (
    <div className={cn('flex flex-col items-center justify-center gap-1 px-6 py-16 text-center', className)}>
      <div className="mb-2 grid size-12 place-items-center rounded-full bg-hover text-muted [&_svg]:size-6">{icon}</div>
      <h2 className="font-semibold">{title}</h2>
      {hint && <div className="max-w-md text-muted">{hint}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
