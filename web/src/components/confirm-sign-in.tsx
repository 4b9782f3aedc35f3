import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { PasswordField } from '@/components/ui/field'
import { ApiError, asApiError, CANCELLED } from '@/lib/api/error'
import { type Confirmed, useConfirmSignIn } from '@/lib/api/queries'

type Waiting = { go: () => void; stop: (why: ApiError) => void }

/**
 * Runs what may need a recent sign-in. When the server asks for it, the password is asked for, and it runs again.
 * Whoever closes that dialog gets an `ApiError` with the code `cancelled`, of which no page says anything.
 */
export function useConfirmed(): { confirmed: Confirmed; dialog: ReactNode } {
  const [waiting, setWaiting] = useState<Waiting | null>(null)
  const confirmed: Confirmed = useCallback(async run => {
    try {
      return await run()
    } catch (error) {
      if (asApiError(error).code !== 'confirm_required') throw error
      await new Promise<void>((go, stop) => setWaiting({ go, stop }))
      return run()
    }
  }, [])
  const dialog = waiting && (
    <ConfirmSignIn
      onDone={() => {
        setWaiting(null)
        waiting.go()
      }}
      onCancel={() => {
        setWaiting(null)
        waiting.stop(new ApiError(0, { code: CANCELLED }))
      }}
    />
  )
  return { confirmed, dialog }
}

function ConfirmSignIn({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState(false)
  const confirm = useConfirmSignIn()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // The dialog may be opened from within another form: React would carry the event up to it.
    event.stopPropagation()
    setMissing(password === '')
    if (password === '') return
    confirm.mutate(password, { onSuccess: onDone, onError: () => setPassword('') })
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onCancel()}
      title={t('confirm_sign_in.title')}
      description={t('confirm_sign_in.text')}
      footer={
        <>
          <Button variant="ghost" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="confirm-sign-in" variant="primary" busy={confirm.isPending}>
            {t('confirm_sign_in.submit')}
          </Button>
        </>
      }
    >
      <form id="confirm-sign-in" onSubmit={submit} noValidate className="flex flex-col gap-4">
        <ConfirmError error={confirm.error} />
        <PasswordField
          label={t('confirm_sign_in.password')}
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={event => setPassword(event.target.value)}
          error={missing && password === '' ? t('form.required') : undefined}
        />
      </form>
    </Dialog>
  )
}

function ConfirmError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (!error) return null
  const { code, fields } = asApiError(error)
  if (code === 'invalid_credentials' || fields.length > 0) return <Note>{t('confirm_sign_in.wrong')}</Note>
  return <ErrorNote error={error} />
}
