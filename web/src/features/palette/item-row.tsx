import { ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { StatusIcon } from '@/components/guest/guest-status'
import { Keys } from '@/components/kbd'
import { powerIcons } from '@/components/power/power-icons'
import { needsConfirmation } from '@/components/power/use-power-action'
import type { Item } from '@/features/palette/items'
import { cn } from '@/lib/cn'

const icon = 'grid size-4 shrink-0 place-items-center [&_svg]:size-4'

/** What one line of the palette says. */
export function ItemRow({ item, plain }: { item: Item; plain: boolean }) {
  const { t } = useTranslation()
  if (item.kind === 'command') {
    const { command } = item
    return (
      <>
        <span className={cn(icon, 'text-muted')}>{command.icon}</span>
        <span className="min-w-0 flex-1 truncate">{command.label}</span>
        {command.keys && (
          <span className="max-md:hidden" aria-hidden>
            <Keys keys={command.keys} />
          </span>
        )}
      </>
    )
  }
  const { guest } = item
  const place = plain ? t(`status.${guest.status}`) : `${guest.vmid} · ${guest.server.name}`
  if (item.kind === 'act') {
    const hard = needsConfirmation(item.action) && !item.reason
    return (
      <>
        <span className={cn(icon, hard ? 'text-destructive-text' : 'text-muted')}>{powerIcons[item.action]}</span>
        <span className={cn('min-w-0 flex-1 truncate', item.reason && 'text-muted')}>
          {t(`action.${item.action}`)}
          {item.named && (
            <>
              : <span className="font-medium">{guest.name}</span>
            </>
          )}
        </span>
        <span className="max-w-[60%] shrink-0 truncate text-muted text-table">
          {item.reason ?? (item.named && place)}
        </span>
      </>
    )
  }
  return (
    <>
      <StatusIcon status={guest.status} locked={guest.lock != null} className="size-3.5" />
      <span className="min-w-0 truncate font-medium">{guest.name}</span>
      {!plain && <span className="sr-only">{t(`status.${guest.status}`)}</span>}
      <span className="nums min-w-0 flex-1 truncate text-muted text-table">
        {place}
        {guest.template && ` · ${t('palette.template')}`}
      </span>
      <ChevronRight className="size-3.5 shrink-0 text-muted" aria-hidden />
    </>
  )
}
