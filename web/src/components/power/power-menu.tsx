import { Pause, Play, Power, PowerOff, RotateCcw, RotateCw } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { actionsOf, needsConfirmation, usePowerAction, usePowerReason } from '@/components/power/use-power-action'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import type { Action, Guest } from '@/lib/api/types'

const icons: Record<Action, ReactNode> = {
  start: <Play aria-hidden />,
  resume: <Play aria-hidden />,
  shutdown: <Power aria-hidden />,
  reboot: <RotateCw aria-hidden />,
  suspend: <Pause aria-hidden />,
  reset: <RotateCcw aria-hidden />,
  stop: <PowerOff aria-hidden />,
}

type PowerMenuProps = { tenant: string; guest: Guest; onOpenChange?: (open: boolean) => void }

/** All power actions of a guest; what cannot be done now is there with its reason. */
export function PowerMenu({ tenant, guest, onOpenChange }: PowerMenuProps) {
  const { t } = useTranslation()
  const power = usePowerAction(tenant, guest)
  const label = t('power.menu_of', { name: guest.name })
  return (
    <>
      <Menu
        label={label}
        onOpenChange={onOpenChange}
        trigger={
          <Button size="icon-sm" variant="ghost" busy={power.busy} aria-label={label} title={t('power.menu')}>
            {!power.busy && <Power className="size-4" aria-hidden />}
          </Button>
        }
      >
        <PowerItems guest={guest} onChoose={power.choose} />
      </Menu>
      {power.asking && <PowerConfirm guest={guest} power={power} />}
    </>
  )
}

function PowerItems({ guest, onChoose }: { guest: Guest; onChoose: (action: Action) => void }) {
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
          icon={icons[action]}
          destructive={hard}
          disabledReason={reason(guest, action)}
          onSelect={() => onChoose(action)}
        >
          {t(`action.${action}`)}
        </MenuItem>
      </Fragment>
    )
  })
}

type ConfirmProps = { guest: Guest; power: ReturnType<typeof usePowerAction> }

function PowerConfirm({ guest, power }: ConfirmProps) {
  const { t } = useTranslation()
  const action = power.asking
  if (!action) return null
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && power.cancel()}
      title={t(`power.ask_${action}`, { name: guest.name })}
      consequence={t(`power.consequence_${action}`)}
      confirm={t(`power.confirm_${action}`, { name: guest.name })}
      busy={power.busy}
      error={power.error ? <ErrorNote error={power.error} className="mt-3" /> : undefined}
      onConfirm={power.confirm}
    />
  )
}
