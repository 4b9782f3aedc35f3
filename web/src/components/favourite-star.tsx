import { useQuery } from '@tanstack/react-query'
import { Star } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useErrorText } from '@/components/error-note'
import { favouriteKeys, favouritesQuery, useFavourite } from '@/lib/api/favourite-queries'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { guestKey } from '@/lib/guest-key'

type StarProps = { label: string; on: boolean; onToggle: () => void; className?: string | undefined }

/** The mark alone. It keeps its name; whether it is on is said by its state. */
export function StarButton({ label, on, onToggle, className }: StarProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={on}
      onClick={onToggle}
      className={cn(
        'grid size-7 shrink-0 place-items-center rounded-control hover:bg-hover max-md:size-10',
        on ? 'text-warning-text' : 'text-muted/70 hover:text-text',
        className,
      )}
    >
      <Star className={cn('size-4', on && 'fill-warning')} aria-hidden />
    </button>
  )
}

/** Marks guests as favourites, and says where it did not work. */
export function useToggleFavourite(tenant: string): (guest: Guest, on: boolean) => void {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { mutate } = useFavourite(tenant)
  return (guest, on) =>
    mutate(
      { guest, on },
      {
        onError: error =>
          toast.error(t(on ? 'favourite.add_failed' : 'favourite.remove_failed', { name: guest.name }), {
            description: errorText(error),
          }),
      },
    )
}

type FavouriteProps = { tenant: string; guest: Guest; className?: string }

/** Whether this guest is one of the person's favourites, to be changed with a click. */
export function FavouriteStar({ tenant, guest, className }: FavouriteProps) {
  const { t } = useTranslation()
  const { data: on } = useQuery({
    ...favouritesQuery(tenant),
    select: guests => favouriteKeys(guests).has(guestKey(guest)),
  })
  const toggle = useToggleFavourite(tenant)
  return (
    <StarButton
      label={t('favourite.of', { name: guest.name })}
      on={on ?? false}
      onToggle={() => toggle(guest, !on)}
      className={className}
    />
  )
}
