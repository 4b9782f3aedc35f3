import { zodResolver } from '@hookform/resolvers/zod'
import { BadgeCheck, MailCheck } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote, Note } from '@/components/error-note'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { useChangeEmail, useSendVerification } from '@/features/profile/queries'
import { asApiError } from '@/lib/api/error'
import type { Me } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

/** The address, whether it is known to reach its owner, and the ways to another. */
export function EmailPart({ me }: { me: Me }) {
  const { t } = useTranslation()
  const [changing, setChanging] = useState(false)
  const [sentTo, setSentTo] = useState<string | null>(null)
  const verify = useSendVerification()
  const { email, verified } = me.user
  const send = () => verify.mutate(undefined, { onSuccess: () => setSentTo(email) })
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="min-w-0 break-all font-medium">{email}</span>
        <VerifiedBadge verified={verified} />
      </div>
      {!me.mail && <p className="text-muted">{t('profile.no_mail')}</p>}
      {verify.error && <ErrorNote error={verify.error} />}
      {sentTo && (
        <Sent email={sentTo} text={sentTo === email ? t('profile.verification_sent') : t('profile.email_sent')} />
      )}
      {me.mail && changing && (
        <ChangeForm
          onSent={address => {
            setSentTo(address)
            setChanging(false)
          }}
          onClose={() => setChanging(false)}
        />
      )}
      {me.mail && !changing && (
        <div className="flex flex-wrap gap-2">
          {!verified && (
            <Button variant="primary" busy={verify.isPending} onClick={send}>
              {t('profile.send_verification')}
            </Button>
          )}
          <Button onClick={() => setChanging(true)}>{t('profile.change_email')}</Button>
        </div>
      )}
    </>
  )
}

function VerifiedBadge({ verified }: { verified: boolean }) {
  const { t } = useTranslation()
  if (!verified) return <Badge tone="warning">{t('account.unverified')}</Badge>
  return (
    <Badge tone="success">
      <BadgeCheck className="size-3.5" aria-hidden />
      {t('account.verified')}
    </Badge>
  )
}

function Sent({ email, text }: { email: string; text: string }) {
  return (
    <div role="status" className="flex items-start gap-2.5 rounded-card border px-3 py-2.5">
      <MailCheck className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0">
        <div className="break-all font-medium">{email}</div>
        <div className="text-muted">{text}</div>
      </div>
    </div>
  )
}

const form = z.object({ email: z.email() })
type Form = z.infer<typeof form>

function ChangeForm({ onSent, onClose }: { onSent: (email: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const change = useChangeEmail(confirmed)
  const fields = useForm<Form>({ resolver: zodResolver(form), mode: 'onTouched', defaultValues: { email: '' } })
  const submit = fields.handleSubmit(({ email }) =>
    change.mutate(email, {
      onSuccess: () => onSent(email),
      onError: error => {
        if (asApiError(error).code === 'email_taken')
          fields.setError('email', { type: 'server', message: t('problem.email_taken') }, { shouldFocus: true })
        applyFieldErrors(fields, error)
      },
    }),
  )
  const { fields: refused, code } = asApiError(change.error)
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {change.error &&
        (refused.length > 0 || code === 'email_taken' ? (
          <Note>{t('form.check_fields')}</Note>
        ) : (
          <ErrorNote error={change.error} />
        ))}
      <TextField
        label={t('profile.new_email')}
        help={t('profile.new_email_help')}
        type="email"
        autoComplete="email"
        autoFocus
        error={fieldError(fields.formState.errors.email, t('form.email'))}
        {...fields.register('email')}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={change.isPending}>
          {t('forgot.submit')}
        </Button>
        <Button variant="ghost" onClick={onClose}>
          {t('common.cancel')}
        </Button>
      </div>
      {dialog}
    </form>
  )
}
