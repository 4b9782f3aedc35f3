import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

type TooltipProps = { text: ReactNode; children: ReactNode; side?: 'top' | 'bottom' | 'left' | 'right' }

/** Words on hover and focus. The child must take a ref and focus; for disabled buttons use `Reason`. */
export function Tooltip({ text, children, side = 'top' }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-[60] max-w-72 animate-fade-in rounded-control bg-text px-2 py-1 text-background text-table shadow-float"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Wraps a control that cannot be used now, and says why. Without a reason the control stands alone. */
export function Reason({ text, children }: { text: string | undefined; children: ReactNode }) {
  if (!text) return children
  return (
    <Tooltip text={text}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a disabled control takes no focus, its reason must be reachable */}
      <span tabIndex={0} className="inline-flex rounded-control" aria-label={text} role="note">
        {children}
      </span>
    </Tooltip>
  )
}
