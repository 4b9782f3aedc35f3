import { EllipsisVertical, KeyRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import type { Guest } from '@/lib/api/types'

type RowMenuProps = { guest: Guest; onAccess: (guest: Guest) => void }

/** What else can be done with a guest. */
export function RowMenu({ guest, onAccess }: RowMenuProps) {
  const { t } = useTranslation()
  const label = t('guest.more_of', { name: guest.name })
  return (
    <Menu
      label={label}
      trigger={
        <Button size="icon-sm" variant="ghost" aria-label={label}>
          <EllipsisVertical className="size-4" aria-hidden />
        </Button>
      }
    >
      <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => onAccess(guest)}>
        {t('guest.access')}
      </MenuItem>
    </Menu>
  )
}
