import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { FIRST_LIMIT, ShutdownLimit } from '@/components/power/shutdown-limit'
import type { usePowerOf } from '@/components/power/use-power-action'
import { ConfirmDialog } from '@/components/ui/dialog'

type AskProps = { power: Pick<ReturnType<typeof usePowerOf>, 'asking' | 'busy' | 'error' | 'confirm' | 'cancel'> }

/** The question before an action that needs one; nothing while there is none. */
export function PowerAsk({ power }: AskProps) {
  const { t } = useTranslation()
  if (!power.asking) return null
  const { guest, choice } = power.asking
  if (choice === 'shutdown_within') return <ShutdownAsk power={power} name={guest.name} />
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && power.cancel()}
      title={t(`power.ask_${choice}`, { name: guest.name })}
      consequence={t(`power.consequence_${choice}`)}
      confirm={t(`power.confirm_${choice}`, { name: guest.name })}
      busy={power.busy}
      error={power.error ? <ErrorNote error={power.error} className="mt-3" /> : undefined}
      onConfirm={() => power.confirm()}
    />
  )
}

function ShutdownAsk({ power, name }: AskProps & { name: string }) {
  const { t } = useTranslation()
  const [limit, setLimit] = useState(FIRST_LIMIT)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && power.cancel()}
      title={t('power.ask_shutdown', { name })}
      consequence={t('power.consequence_shutdown')}
      confirm={t('power.confirm_shutdown', { name })}
      harmless={!limit.force_stop}
      busy={power.busy}
      error={power.error ? <ErrorNote error={power.error} className="mt-3" /> : undefined}
      onConfirm={() => power.confirm(limit)}
    >
      <ShutdownLimit limit={limit} onLimit={setLimit} />
    </ConfirmDialog>
  )
}
