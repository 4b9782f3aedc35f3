import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { StatusIcon } from '@/components/guest/guest-status'
import type { Guest } from '@/lib/api/types'

/** The guest that is acted on. */
export function GuestChip({ guest, onRemove }: { guest: Guest; onRemove: () => void }) {
  const { t } = useTranslation()
  return (
    <span className="flex h-7 min-w-0 max-w-[50%] shrink-0 items-center gap-1.5 rounded-control bg-hover pl-2">
      <StatusIcon status={guest.status} locked={guest.lock != null} />
      <span className="truncate font-medium">{guest.name}</span>
      <button
        type="button"
        aria-label={t('palette.back')}
        onClick={onRemove}
        className="grid size-7 shrink-0 place-items-center rounded-control text-muted hover:text-text"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  )
}
