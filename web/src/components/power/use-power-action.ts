import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useErrorText } from '@/components/error-note'
import { usePower } from '@/lib/api/queries'
import type { Action, Guest } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'

/** Actions in the order of the menu, by kind of guest. */
const QEMU: Action[] = ['start', 'resume', 'shutdown', 'reboot', 'suspend', 'reset', 'stop']
const LXC: Action[] = ['start', 'shutdown', 'reboot', 'stop']

export function actionsOf(guest: Guest): Action[] {
  return guest.type === 'qemu' ? QEMU : LXC
}

/** These may lose data, so they ask first. */
export function needsConfirmation(action: Action): action is 'stop' | 'reset' {
  return action === 'stop' || action === 'reset'
}

/** Why an action cannot be taken now, or undefined. The rights and states come with the row. */
export function usePowerReason(): (guest: Guest, action: Action) => string | undefined {
  const { t } = useTranslation()
  return (guest, action) => {
    if (!guest.may.power) return t('power.not_allowed')
    if (guest.actions.includes(action)) return undefined
    if (guest.lock) return t('power.locked', { lock: guest.lock })
    return t('power.not_in_state', { status: t(`status.${guest.status}`) })
  }
}

/** Runs actions on one guest and holds the one that waits for a yes. */
export function usePowerAction(tenant: string, guest: Guest) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const power = usePower(tenant)
  const [asking, setAsking] = useState<'stop' | 'reset' | null>(null)
  const run = (action: Action) =>
    power.mutate(
      { guest: refOf(guest), action },
      {
        onSuccess: () => setAsking(null),
        onError: error => {
          // The dialog shows the error itself; without one it is said where it can be seen.
          if (!needsConfirmation(action)) {
            toast.error(t('power.failed', { action: t(`action.${action}`), name: guest.name }), {
              description: errorText(error),
            })
          }
        },
      },
    )
  return {
    busy: power.isPending,
    error: power.error,
    asking,
    choose: (action: Action) => {
      if (!needsConfirmation(action)) return run(action)
      power.reset()
      setAsking(action)
    },
    confirm: () => asking && run(asking),
    cancel: () => setAsking(null),
  }
}
