import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { useEndConsole } from '@/lib/api/console-session-queries'
import type { ConsoleSession } from '@/lib/api/types'

const REASON_LENGTH = 100

/** Asks for a reason, which the person reads, and ends the console. */
export function EndDialog({
  place,
  session,
  onClose,
}: {
  place: string | null
  session: ConsoleSession
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const end = useEndConsole(place)
  const name = session.user?.full_name ?? session.user_name
  const submit = () =>
    end.mutate(
      { session: session.id, reason: reason.trim() },
      {
        onSuccess: () => {
          toast.success(t('consoles.ended', { guest: session.guest_name, name }))
          onClose()
        },
      },
    )
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('consoles.end_ask', { guest: session.guest_name, name })}
      description={t('consoles.end_consequence')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="destructive" type="submit" form="end-console" busy={end.isPending}>
            {t('consoles.end_confirm')}
          </Button>
        </>
      }
    >
      <form
        id="end-console"
        onSubmit={event => {
          event.preventDefault()
          submit()
        }}
        className="flex flex-col gap-4"
      >
        {end.error && <ErrorNote error={end.error} />}
        <TextField
          label={t('consoles.reason')}
          help={t('consoles.reason_help')}
          value={reason}
          maxLength={REASON_LENGTH}
          autoComplete="off"
          onChange={event => setReason(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
