import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { z } from 'zod'
import { ErrorNote, Note } from '@/components/error-note'
import { NewPasswordField } from '@/components/new-password-field'
import { Button } from '@/components/ui/button'
import { PasswordField } from '@/components/ui/field'
import { useSetPassword } from '@/features/profile/queries'
import { asApiError } from '@/lib/api/error'
import type { Me } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'
import { MIN_PASSWORD } from '@/lib/strength'

const form = z.object({ current_password: z.string().min(1), password: z.string().min(MIN_PASSWORD) })
type Form = z.infer<typeof form>

export function PasswordPart({ user }: { user: Me['user'] }) {
  const { t } = useTranslation()
  const set = useSetPassword()
  const fields = useForm<Form>({
    resolver: zodResolver(form),
    // A hint while leaving the field would accuse people who have typed nothing yet.
    mode: 'onSubmit',
    defaultValues: { current_password: '', password: '' },
  })
  const { errors } = fields.formState
  const submit = fields.handleSubmit(values =>
    set.mutate(values, {
      onSuccess: () => {
        fields.reset()
        toast.success(t('profile.password_set'))
      },
      onError: error => {
        if (asApiError(error).code === 'invalid_credentials')
          fields.setError(
            'current_password',
            { type: 'server', message: t('confirm_sign_in.wrong') },
            { shouldFocus: true },
          )
        applyFieldErrors(fields, error)
      },
    }),
  )
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {set.error && <PasswordError error={set.error} />}
      {/* Tells password managers whose password it is. */}
      <input type="email" name="username" autoComplete="username" value={user.email} readOnly hidden />
      <PasswordField
        label={t('profile.current_password')}
        autoComplete="current-password"
        error={fieldError(errors.current_password, t('form.required'))}
        {...fields.register('current_password')}
      />
      <NewPasswordField
        label={t('password.new')}
        typed={fields.watch('password')}
        own={[user.full_name, user.email, user.company]}
        error={errors.password}
        {...fields.register('password')}
      />
      <div>
        <Button type="submit" variant="primary" busy={set.isPending}>
          {t('profile.change_password')}
        </Button>
      </div>
    </form>
  )
}

function PasswordError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const { code, fields } = asApiError(error)
  if (fields.length > 0 || code === 'invalid_credentials') return <Note>{t('form.check_fields')}</Note>
  return <ErrorNote error={error} />
}
