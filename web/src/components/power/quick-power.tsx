import { useTranslation } from 'react-i18next'
import { powerIcons } from '@/components/power/power-icons'
import { usePowerAction } from '@/components/power/use-power-action'
import { Button } from '@/components/ui/button'
import type { Action, Guest } from '@/lib/api/types'

/** What one wants most in each state; never what loses something. */
const WANTED: Action[] = ['start', 'resume', 'shutdown']

type QuickPowerProps = { tenant: string; guest: Guest; working?: boolean }

/** The one power action that a state asks for, without a menu; nothing where there is none. */
export function QuickPower({ tenant, guest, working }: QuickPowerProps) {
  const { t } = useTranslation()
  const power = usePowerAction(tenant, guest)
  const action = WANTED.find(one => guest.actions.includes(one))
  if (!action || !guest.may.power) return null
  const busy = power.busy || working
  return (
    <Button size="sm" busy={busy} onClick={() => power.choose(action)} className="[&>svg]:size-4">
      {!busy && powerIcons[action]}
      <span className="max-sm:sr-only">{t(`action.${action}`)}</span>
      <span className="sr-only">{guest.name}</span>
    </Button>
  )
}
