import { Hourglass, Power } from 'lucide-react'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
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

type PowerMenuProps = {
  tenant: string
  guest: Guest
  /** With the word beside the icon, where there is room. */
  wide?: boolean
  onOpenChange?: (open: boolean) => void
}

/** All power actions of a guest; what cannot be done now is there with its reason. */
export function PowerMenu({ tenant, guest, wide, onOpenChange }: PowerMenuProps) {
  const { t } = useTranslation()
  const power = usePowerAction(tenant, guest)
  const label = t('power.menu_of', { name: guest.name })
  return (
    <>
      <Menu
        label={label}
        onOpenChange={onOpenChange}
        trigger={
          <Button
            size={wide ? 'md' : 'icon-sm'}
            variant={wide ? 'secondary' : 'ghost'}
            busy={power.busy}
            aria-label={label}
            title={wide ? undefined : t('power.menu')}
          >
            {!power.busy && <Power className="size-4" aria-hidden />}
            {wide && t('power.menu')}
          </Button>
        }
      >
        <PowerItems guest={guest} onChoose={power.choose} />
      </Menu>
      <PowerAsk power={power} />
    </>
  )
}

type ItemsProps = { guest: Guest; onChoose: (choice: PowerChoice) => void }

/** The entries alone, for menus that hold other things too. */
export function PowerItems({ guest, onChoose }: ItemsProps) {
  const { t } = useTranslation()
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
