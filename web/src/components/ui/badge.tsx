import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

const tones = {
  neutral: 'bg-hover text-text',
  primary: 'bg-accent/12 text-accent-text',
  success: 'bg-success/12 text-success-text',
  warning: 'bg-warning/15 text-warning-text',
  destructive: 'bg-destructive/12 text-destructive-text',
} as const

export type Tone = keyof typeof tones

export function Badge({
  tone = 'neutral',
  children,
  className,
}: {
  tone?: Tone
  children: ReactNode
  className?: string
}) {
  return (
    <span
      className={cn(
        'inline-flex h-5 max-w-full shrink-0 items-center gap-1 whitespace-nowrap rounded px-1.5 font-medium text-xs',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  )
}
