import { zodResolver } from '@hookform/resolvers/zod'
import { Link } from '@tanstack/react-router'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote, Note } from '@/components/error-note'
import { NewPasswordField } from '@/components/new-password-field'
import { Button, buttonClass } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { useSetUp } from '@/features/setup/queries'
import { asApiError } from '@/lib/api/error'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'
import { MIN_PASSWORD } from '@/lib/strength'

const setUpForm = z.object({
  full_name: z.string().trim().min(1),
  email: z.email(),
  password: z.string().min(MIN_PASSWORD),
  tenant_name: z.string().trim().min(1).max(100),
})
type Form = z.infer<typeof setUpForm>

/** `secret` comes from the fragment of the link that the server printed; the browser sends it nowhere by itself. */
export function SetUpPage({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation()
  if (secret === '') return <NoSecret />
  return (
    <EntryPage title={t('set_up.title')} lead={t('set_up.lead')}>
      <SetUpForm secret={secret} onDone={onDone} />
    </EntryPage>
  )
}

function SetUpForm({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation()
  const setUp = useSetUp()
  const form = useForm<Form>({
    resolver: zodResolver(setUpForm),
    mode: 'onTouched',
    defaultValues: { full_name: '', email: '', password: '', tenant_name: '' },
  })
  const errors = form.formState.errors
  const submit = form.handleSubmit(values =>
    setUp.mutate({ secret, ...values }, { onSuccess: onDone, onError: error => applyFieldErrors(form, error) }),
  )
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {setUp.error && <SetUpError error={setUp.error} />}
      <TextField
        label={t('set_up.full_name')}
        autoComplete="name"
        autoFocus
        error={fieldError(errors.full_name, t('form.required'))}
        {...form.register('full_name')}
      />
      <TextField
        label={t('set_up.email')}
        type="email"
        autoComplete="username"
        error={fieldError(errors.email, t('form.email'))}
        {...form.register('email')}
      />
      <PasswordWithHint form={form} />
      <TextField
        label={t('set_up.tenant_name')}
        help={t('set_up.tenant_name_help')}
        autoComplete="organization"
        error={fieldError(errors.tenant_name, t('form.required'))}
        {...form.register('tenant_name')}
      />
      <Button type="submit" variant="primary" size="lg" busy={setUp.isPending} className="mt-1">
        {t('set_up.submit')}
      </Button>
    </form>
  )
}

function PasswordWithHint({ form }: { form: UseFormReturn<Form> }) {
  const { t } = useTranslation()
  const [password, name, email, tenant] = form.watch(['password', 'full_name', 'email', 'tenant_name'])
  return (
    <NewPasswordField
      label={t('set_up.password')}
      typed={password}
      own={[name, email, tenant]}
      error={form.formState.errors.password}
      {...form.register('password')}
    />
  )
}

function SetUpError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const { code, fields } = asApiError(error)
  if (code === 'setup_link_invalid') return <Note>{t('set_up.link_invalid')}</Note>
  if (code === 'already_set_up') return <Note>{t('set_up.already')}</Note>
  if (fields.length > 0) return <Note>{t('form.check_fields')}</Note>
  return <ErrorNote error={error} />
}

function NoSecret() {
  const { t } = useTranslation()
  return (
    <EntryPage title={t('set_up.title')} lead={t('set_up.no_secret')}>
      <Link to="/sign-in" className={buttonClass('secondary', 'lg')}>
        {t('set_up.to_sign_in')}
      </Link>
    </EntryPage>
  )
}
