import { ChevronDown, Hourglass, Power } from 'lucide-react'
import { Fragment } from 'react'
import { PowerAsk } from '@/components/power/power-ask'
import { powerIcons } from '@/components/power/power-icons'
import {
  actionsOf,
  needsConfirmation,
  type PowerChoice,
  usePowerAction,
  usePowerReason,
} from '@/components/power/use-power-action'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { useWords } from '@/lib/i18n'

type PowerMenuProps = {
  tenant: string
  guest: Guest
  /** With the word beside the icon, where there is room; or as the right end of another button. */
  look?: 'icon' | 'wide' | 'split'
  onOpenChange?: (open: boolean) => void
}

/** All power actions of a guest; what cannot be done now is there with its reason. */
export function PowerMenu({ tenant, guest, look = 'icon', onOpenChange }: PowerMenuProps) {
  const { t } = useWords()
  const power = usePowerAction(tenant, guest)
  const label = t('power.menu_of', { name: guest.name })
  return (
    <>
      <Menu
        label={label}
        onOpenChange={onOpenChange}
        trigger={
          <Button
            size={look === 'wide' ? 'md' : look === 'split' ? 'sm' : 'icon-sm'}
            variant={look === 'icon' ? 'ghost' : 'secondary'}
            busy={power.busy}
            aria-label={label}
            title={look === 'wide' ? undefined : t('power.menu')}
            className={cn(look === 'split' && '-ml-px rounded-l-none px-1.5!')}
          >
            {!power.busy && look === 'split' && <ChevronDown className="size-3.5" aria-hidden />}
            {!power.busy && look !== 'split' && <Power className="size-4" aria-hidden />}
            {look === 'wide' && t('power.menu')}
          </Button>
        }
      >
        <PowerItems guest={guest} onChoose={power.choose} />
      </Menu>
      {power.asking && <PowerAsk power={power} />}
    </>
  )
}

type ItemsProps = { guest: Guest; onChoose: (choice: PowerChoice) => void }

/** The entries alone, for menus that hold other things too. */
export function PowerItems({ guest, onChoose }: ItemsProps) {
  const { t } = useWords()
  const reason = usePowerReason()
  const actions = actionsOf(guest)
  return actions.map((action, index) => {
    const hard = needsConfirmation(action)
    const first = hard && !needsConfirmation(actions[index - 1] ?? action)
    return (
      <Fragment key={action}>
        {first && <MenuSeparator />}
        <MenuItem
          icon={powerIcons[action]}
          destructive={hard}
          disabledReason={reason(guest, action)}
          onSelect={() => onChoose(action)}
        >
          {t(`action.${action}`)}
        </MenuItem>
        {action === 'shutdown' && (
          <MenuItem
            icon={<Hourglass aria-hidden />}
            disabledReason={reason(guest, action)}
            onSelect={() => onChoose('shutdown_within')}
          >
            {t('power.shutdown_within')}
          </MenuItem>
        )}
      </Fragment>
    )
  })
}
