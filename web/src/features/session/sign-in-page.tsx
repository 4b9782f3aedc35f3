import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { BrandStyle, Logo } from '@/components/brand'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote, Note } from '@/components/error-note'
import { useDocumentTitle } from '@/components/page'
import { Button } from '@/components/ui/button'
import { PasswordField, TextField } from '@/components/ui/field'
import { useSignIn } from '@/features/session/queries'
import { asApiError } from '@/lib/api/error'
import { setupStateQuery } from '@/lib/api/queries'
import type { SignInLook } from '@/lib/api/types'

const form = z.object({ email: z.string().trim().min(1), password: z.string().min(1) })
type Form = z.infer<typeof form>

type SignInPageProps = {
  onSignedIn: () => void
  /** The tenant that one comes from, as far as it shows itself to strangers. */
  tenant?: { slug: string; look: SignInLook } | undefined
}

/** One column; nothing here tells whether an account exists. */
export function SignInPage({ onSignedIn, tenant }: SignInPageProps) {
  const { t } = useTranslation()
  const name = tenant?.look.name
  const title = name ? t('sign_in.title_of', { name }) : t('sign_in.title')
  useDocumentTitle(title)
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
    <EntryPage
      title={title}
      lead={t('sign_in.lead')}
      mark={tenant?.look.brand.logo && <TenantLogo slug={tenant.slug} logo={tenant.look.brand.logo} />}
    >
      {tenant && <BrandStyle brand={tenant.look.brand} />}
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

/** Has its place from the start, so that the form does not move when the picture comes. */
function TenantLogo({ slug, logo }: { slug: string; logo: string }) {
  const [broken, setBroken] = useState(false)
  if (broken) return <Logo className="size-10" />
  return (
    <img
      src={`/api/v1/sign-in/${encodeURIComponent(slug)}/logo?v=${encodeURIComponent(logo)}`}
      alt=""
      onError={() => setBroken(true)}
      className="h-14 max-w-full object-contain object-left"
    />
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
