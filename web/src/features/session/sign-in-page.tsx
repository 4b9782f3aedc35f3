import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { PasswordField, TextField } from '@/components/ui/field'
import { useSignIn } from '@/features/session/queries'
import { asApiError } from '@/lib/api/error'
import { setupStateQuery } from '@/lib/api/queries'

const form = z.object({ email: z.string().trim().min(1), password: z.string().min(1) })
type Form = z.infer<typeof form>

/** One column; nothing here tells whether an account exists. */
export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useTranslation()
  const setup = useQuery(setupStateQuery)
  const signIn = useSignIn()
  const { register, handleSubmit, formState, setFocus, resetField } = useForm<Form>({
    resolver: zodResolver(form),
    defaultValues: { email: '', password: '' },
  })
  const submit = handleSubmit(values =>
    signIn.mutate(values, {
      onSuccess: onSignedIn,
      onError: () => {
        resetField('password')
        setFocus('password')
      },
    }),
  )
  return (
    <EntryPage title={t('sign_in.title')} lead={t('sign_in.lead')}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {setup.data?.required && <SetupHint />}
        <SignInError error={signIn.error} />
        <TextField
          label={t('sign_in.email')}
          type="email"
          autoComplete="username"
          autoFocus
          error={formState.errors.email && t('form.required')}
          {...register('email')}
        />
        <PasswordField
          label={t('sign_in.password')}
          autoComplete="current-password"
          error={formState.errors.password && t('form.required')}
          {...register('password')}
        />
        <Button type="submit" variant="primary" size="lg" busy={signIn.isPending} className="mt-1">
          {t('sign_in.submit')}
        </Button>
        <Forgotten mail={setup.data?.mail} />
      </form>
    </EntryPage>
  )
}

function SignInError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (!error) return null
  if (asApiError(error).code === 'invalid_credentials') return <Note>{t('sign_in.invalid')}</Note>
  return <ErrorNote error={error} />
}

/** The way to another password; its place is there from the start, so that nothing jumps. */
function Forgotten({ mail }: { mail: boolean | undefined }) {
  const { t } = useTranslation()
  return (
    <div className="min-h-10 text-center text-muted text-table">
      {mail === true && (
        <Link to="/forgot" className="inline-flex min-h-8 items-center text-primary-text hover:underline">
          {t('sign_in.forgot')}
        </Link>
      )}
      {mail === false && t('sign_in.forgot_no_mail')}
    </div>
  )
}

function SetupHint() {
  const { t } = useTranslation()
  return (
    <div className="rounded-card border border-primary/40 bg-primary/8 px-3 py-2.5">
      <div className="font-medium">{t('sign_in.not_set_up')}</div>
      <div className="text-muted">{t('sign_in.not_set_up_hint')}</div>
    </div>
  )
}
