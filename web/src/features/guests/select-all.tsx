import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Guest } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'
import { guestKey } from '@/lib/guest-key'

type SelectAllProps = { guests: Guest[]; selected: ReadonlySet<string>; onAll: () => void }

/** Takes in all that match, also those that are far out of sight. */
export function SelectAll({ guests, selected, onAll }: SelectAllProps) {
  const { t, i18n } = useTranslation()
  const { all, some } = useMemo(() => {
    const count = selected.size === 0 ? 0 : guests.filter(guest => selected.has(guestKey(guest))).length
    return { all: count > 0 && count === guests.length, some: count > 0 && count < guests.length }
  }, [guests, selected])
  return (
    <label className="flex h-9 cursor-pointer items-center justify-center pl-1.5 max-md:h-10">
      <input
        ref={box => {
          if (box) box.indeterminate = some
        }}
        type="checkbox"
        aria-label={t('selection.all', { count: guests.length, number: formatNumber(guests.length, i18n.language) })}
        checked={all}
        onChange={onAll}
        className="size-4 cursor-pointer accent-primary-solid"
      />
    </label>
  )
}
