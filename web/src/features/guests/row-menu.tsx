import { KeyRound } from 'lucide-react'
import { MoreMenu } from '@/components/more-menu'
import { MenuItem } from '@/components/ui/menu'
import type { Guest } from '@/lib/api/types'
import { useWords } from '@/lib/i18n'

type RowMenuProps = { guest: Guest; onAccess: (guest: Guest) => void }

/** What else can be done with a guest. */
export function RowMenu({ guest, onAccess }: RowMenuProps) {
  const { t } = useWords()
  return (
    <MoreMenu label={t('guest.more_of', { name: guest.name })}>
      <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => onAccess(guest)}>
        {t('guest.access')}
      </MenuItem>
    </MoreMenu>
  )
}
