import { Popover as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

type PopoverProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** One button. */
  trigger: ReactElement
  /** Its name for screen readers. */
  label: string
  children: ReactNode
}

/** A panel under a button, for more than a menu holds. The page under it can still be used. */
export function Popover({ open, onOpenChange, trigger, label, children }: PopoverProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          className="z-40 flex max-h-[min(var(--radix-popover-content-available-height),36rem)] w-[26rem] max-w-[calc(100vw-1rem)] origin-(--radix-popover-content-transform-origin) animate-pop-in flex-col overflow-hidden rounded-card border bg-raised shadow-float focus:outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
