import { X } from 'lucide-react'
import { AlertDialog, Dialog as Radix } from 'radix-ui'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Reason } from '@/components/ui/tooltip'
import { cn } from '@/lib/cn'

const overlay = 'fixed inset-0 z-40 bg-black/45 animate-fade-in'
/** A sheet from below on phones, a box in the middle elsewhere. */
const box =
  'fixed z-50 flex max-h-[92dvh] w-full flex-col border bg-raised shadow-float focus:outline-none ' +
  'max-sm:inset-x-0 max-sm:bottom-0 max-sm:rounded-t-xl max-sm:animate-slide-up ' +
  'sm:left-1/2 sm:top-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-card sm:animate-fade-in'

type DialogProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  description?: ReactNode
  children: ReactNode
  footer?: ReactNode
  wide?: boolean
}

export function Dialog({ open, onOpenChange, title, description, children, footer, wide }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Radix.Content className={cn(box, wide ? 'sm:max-w-2xl' : 'sm:max-w-lg')} aria-describedby={undefined}>
          <header className="flex items-start justify-between gap-4 border-b px-5 py-4">
            <div className="min-w-0">
              <Radix.Title className="font-semibold text-[1rem]/6">{title}</Radix.Title>
              {description && <div className="mt-0.5 text-muted">{description}</div>}
            </div>
            <Radix.Close asChild>
              <Button variant="ghost" size="icon" aria-label={t('common.close')}>
                <X className="size-4" aria-hidden />
              </Button>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer && <footer className="flex justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type ConfirmProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  consequence: string
  /** The verb with the name of the thing: "Stop web-01". */
  confirm: string
  /** Nothing is lost: the button is not red. */
  harmless?: boolean
  busy?: boolean
  error?: ReactNode
  /** What else is to be decided. */
  children?: ReactNode
  wide?: boolean
  /** Why it cannot be confirmed as it is. */
  blocked?: string | undefined
  onConfirm: () => void
}

/** Asks before something that destroys; the focus starts on cancel. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  consequence,
  confirm,
  harmless,
  busy,
  error,
  children,
  wide,
  blocked,
  onConfirm,
}: ConfirmProps) {
  const { t } = useTranslation()
  const cancel = useRef<HTMLButtonElement>(null)
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={overlay} />
        <AlertDialog.Content
          className={cn(box, 'p-5', wide ? 'sm:max-w-xl' : 'sm:max-w-md')}
          onOpenAutoFocus={event => {
            event.preventDefault()
            cancel.current?.focus()
          }}
        >
          <AlertDialog.Title className="break-words font-semibold text-[1rem]/6">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{consequence}</AlertDialog.Description>
          {children && (
            <div className="-mx-5 mt-4 flex min-h-0 flex-col gap-4 overflow-y-auto px-5 py-0.5">{children}</div>
          )}
          {error}
          <div className="mt-5 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button ref={cancel}>{t('common.cancel')}</Button>
            </AlertDialog.Cancel>
            <Reason text={blocked}>
              <Button
                variant={harmless ? 'primary' : 'destructive'}
                busy={busy}
                disabled={blocked !== undefined}
                onClick={onConfirm}
                className="min-w-0 max-w-full"
              >
                <span className="truncate">{confirm}</span>
              </Button>
            </Reason>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

type SheetProps = {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  side?: 'left' | 'right'
  children: ReactNode
  className?: string
}

/** A panel that slides in from a side. */
export function Sheet({ open, onOpenChange, title, side = 'right', children, className }: SheetProps) {
  const place = side === 'left' ? 'left-0 border-r animate-slide-left' : 'right-0 border-l animate-slide-right'
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Radix.Content
          aria-describedby={undefined}
          className={cn(
            'fixed inset-y-0 z-50 flex flex-col bg-surface shadow-float focus:outline-none',
            place,
            className,
          )}
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
