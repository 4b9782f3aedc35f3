import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ErrorNote, Note } from '@/components/error-note'
import { NewPasswordField } from '@/components/new-password-field'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import type { useAccept } from '@/features/links/queries'
import { asApiError } from '@/lib/api/error'
import type { InvitationLook } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'
import { MIN_PASSWORD } from '@/lib/strength'

const form = z.object({ full_name: z.string().trim().min(1).max(100), password: z.string().min(MIN_PASSWORD) })
type Form = z.infer<typeof form>

type NewAccountProps = {
  secret: string
  invitation: InvitationLook
  accept: ReturnType<typeof useAccept>
  onAccepted: (slug: string) => void
  onRefused: (error: unknown) => void
}

/** The account of a person who is new; its address is the one that was invited. */
export function NewAccountForm({ secret, invitation, accept, onAccepted, onRefused }: NewAccountProps) {
  const { t } = useTranslation()
  const fields = useForm<Form>({
    resolver: zodResolver(form),
    mode: 'onTouched',
    defaultValues: { full_name: '', password: '' },
  })
  const errors = fields.formState.errors
  const [name, password] = fields.watch(['full_name', 'password'])
  const submit = fields.handleSubmit(values =>
    accept.mutate(
      { secret, ...values },
      {
        onSuccess: ({ slug }) => onAccepted(slug),
        onError: error => {
          applyFieldErrors(fields, error)
          onRefused(error)
        },
      },
    ),
  )
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 pt-4">
      {accept.error && <AcceptError error={accept.error} />}
      {/* Password managers keep the new password under this name. */}
      <input type="email" name="username" autoComplete="username" value={invitation.email} readOnly hidden />
      <TextField
        label={t('set_up.full_name')}
        autoComplete="name"
        error={fieldError(errors.full_name, t('form.required'))}
        {...fields.register('full_name')}
      />
      <NewPasswordField
        label={t('set_up.password')}
        typed={password}
        own={[name, invitation.email, invitation.tenant_name]}
        error={errors.password}
        {...fields.register('password')}
      />
      <Button type="submit" variant="primary" size="lg" busy={accept.isPending} className="mt-1">
        {t('invite.create')}
      </Button>
    </form>
  )
}

function AcceptError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const { code, fields } = asApiError(error)
  if (code === 'sign_in_first') return <Note>{t('invite.has_account')}</Note>
  if (fields.length > 0) return <Note>{t('form.check_fields')}</Note>
  return <ErrorNote error={error} />
}
