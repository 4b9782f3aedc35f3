import { useState } from 'react'
import { toast } from 'sonner'
import { useErrorText } from '@/components/error-note'
import { usePower } from '@/lib/api/queries'
import type { ActIn, Action, Guest } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'
import { useWords } from '@/lib/i18n'

/** What a menu offers: the actions, and a shutdown with a limit of time. */
export type PowerChoice = Action | 'shutdown_within'

/** In the order of the menu, by kind of guest. */
const QEMU: Action[] = ['start', 'resume', 'shutdown', 'reboot', 'suspend', 'reset', 'stop']
const LXC: Action[] = ['start', 'shutdown', 'reboot', 'stop']

export function actionsOf(guest: Guest): Action[] {
  return guest.type === 'qemu' ? QEMU : LXC
}

/** These may lose data, so they ask first. */
export function needsConfirmation(action: Action): action is 'stop' | 'reset' {
  return action === 'stop' || action === 'reset'
}

/** What is asked before it is done. */
type Question = 'stop' | 'reset' | 'shutdown_within'

function isQuestion(choice: PowerChoice): choice is Question {
  return choice === 'shutdown_within' || needsConfirmation(choice)
}

/** Why an action cannot be taken now, or undefined. The rights and states come with the row. */
export function usePowerReason(): (guest: Guest, action: Action) => string | undefined {
  const { t } = useWords()
  return (guest, action) => {
    if (!guest.may.power) return t('power.not_allowed')
    if (guest.actions.includes(action)) return undefined
    if (guest.template) return t('power.template')
    if (guest.lock) return t('power.locked', { lock: guest.lock })
    return t('power.not_in_state', { status: t(`status.${guest.status}`) })
  }
}

/** Runs actions on any guest of a tenant and holds the one that waits for a yes. */
export function usePowerOf(tenant: string) {
  const { t } = useWords()
  const errorText = useErrorText()
  const power = usePower(tenant)
  const [asking, setAsking] = useState<{ guest: Guest; choice: Question } | null>(null)
  const run = (guest: Guest, body: ActIn, asked: boolean) =>
    power.mutate(
      { guest: refOf(guest), ...body },
      {
        onSuccess: () => setAsking(null),
        onError: error => {
          // The dialog shows the error itself; without one it is said where it can be seen.
          if (asked) return
          toast.error(t('power.failed', { action: t(`action.${body.action}`), name: guest.name }), {
            description: errorText(error),
          })
        },
      },
    )
  return {
    busy: power.isPending,
    error: power.error,
    asking,
    choose: (guest: Guest, choice: PowerChoice) => {
      if (!isQuestion(choice)) return run(guest, { action: choice }, false)
      power.reset()
      setAsking({ guest, choice })
    },
    confirm: (limit?: Omit<ActIn, 'action'>) => {
      if (!asking) return
      const action = asking.choice === 'shutdown_within' ? 'shutdown' : asking.choice
      run(asking.guest, { action, ...limit }, true)
    },
    cancel: () => setAsking(null),
  }
}

/** The same for one guest. */
export function usePowerAction(tenant: string, guest: Guest) {
  const power = usePowerOf(tenant)
  return { ...power, choose: (choice: PowerChoice) => power.choose(guest, choice) }
}
