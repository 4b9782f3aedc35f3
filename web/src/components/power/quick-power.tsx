import { useTranslation } from 'react-i18next'
import { powerIcons } from '@/components/power/power-icons'
import { PowerMenu } from '@/components/power/power-menu'
import { usePowerAction } from '@/components/power/use-power-action'
import { Button } from '@/components/ui/button'
import type { Action, Guest } from '@/lib/api/types'

/** What one wants most in each state; never what loses something. */
const WANTED: Action[] = ['start', 'resume', 'shutdown']

type QuickPowerProps = { tenant: string; guest: Guest; working?: boolean }

/** The one power action that a state asks for, and the others in a menu beside it; nothing for who may not switch it. */
export function QuickPower({ tenant, guest, working }: QuickPowerProps) {
  const { t } = useTranslation()
  const power = usePowerAction(tenant, guest)
  if (!guest.may.power) return null
  const action = WANTED.find(one => guest.actions.includes(one))
  if (!action) return <PowerMenu tenant={tenant} guest={guest} />
  const busy = power.busy || working
  return (
    <span className="inline-flex">
      <Button
        size="sm"
        busy={busy}
        onClick={() => power.choose(action)}
        className="rounded-r-none focus-visible:z-10 [&>svg]:size-4"
      >
        {!busy && powerIcons[action]}
        {t(`action.${action}`)}
        <span className="sr-only">{guest.name}</span>
      </Button>
      <PowerMenu tenant={tenant} guest={guest} look="split" />
    </span>
  )
}
