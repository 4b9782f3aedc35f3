import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Sheet } from '@/components/ui/dialog'
import { cn } from '@/lib/cn'

type PanelProps = {
  title: string
  lead?: ReactNode
  icon?: ReactNode
  /** For tables and bars. */
  wide?: boolean
  footer?: ReactNode
  onClose: () => void
  children: ReactNode
}

/** One thing of a list with all that belongs to it, in a panel at the right. */
export function SidePanel({ title, lead, icon, wide, footer, onClose, children }: PanelProps) {
  const { t } = useTranslation()
  return (
    <Sheet
      open
      onOpenChange={open => !open && onClose()}
      title={title}
      className={cn('max-w-full', wide ? 'w-[600px]' : 'w-[480px]')}
    >
      <header className="flex items-center gap-3 border-b px-5 py-4">
        {icon}
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-[1rem]/6" title={title}>
            {title}
          </h2>
          {lead && <div className="truncate text-muted text-table">{lead}</div>}
        </div>
        <Button variant="ghost" size="icon" aria-label={t('common.close')} onClick={onClose} className="self-start">
          <X className="size-4" aria-hidden />
        </Button>
      </header>
      <div className="flex flex-1 flex-col gap-5 overflow-y-auto px-5 py-4">{children}</div>
      {footer && <footer className="border-t px-5 py-3">{footer}</footer>}
    </Sheet>
  )
}
