import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote, Note } from '@/components/error-note'
import { NewPasswordField } from '@/components/new-password-field'
import { useDocumentTitle } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { isVoid, Told, ToSignIn, VoidLink } from '@/features/links/link-state'
import { useReset } from '@/features/links/queries'
import { asApiError } from '@/lib/api/error'
import { setupStateQuery } from '@/lib/api/queries'
import { applyFieldErrors } from '@/lib/form-errors'
import { MIN_PASSWORD } from '@/lib/strength'

const form = z.object({ password: z.string().min(MIN_PASSWORD) })
type Form = z.infer<typeof form>

/** A new password by a link; whether the link is still good is known only when it is used. */
export function ResetPage({ secret }: { secret: string }) {
  const { t } = useTranslation()
  useDocumentTitle(t('reset.title'))
  const reset = useReset()
  const fields = useForm<Form>({ resolver: zodResolver(form), mode: 'onTouched', defaultValues: { password: '' } })
  if (reset.isSuccess) {
    return (
      <EntryPage title={t('reset.done_title')}>
        <Told>{t('reset.done')}</Told>
        <Link to="/sign-in" className={`${buttonClass('primary', 'lg')} mt-5`}>
          {t('set_up.to_sign_in')}
        </Link>
      </EntryPage>
    )
  }
  if (secret === '' || isVoid(reset.error)) return <VoidReset />
  const submit = fields.handleSubmit(({ password }) =>
    reset.mutate({ secret, password }, { onError: error => applyFieldErrors(fields, error) }),
  )
  return (
    <EntryPage title={t('reset.title')} lead={t('reset.lead')}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {reset.error && <ResetError error={reset.error} />}
        <NewPasswordField
          label={t('password.new')}
          typed={fields.watch('password')}
          own={[]}
          autoFocus
          error={fields.formState.errors.password}
          {...fields.register('password')}
        />
        <Button type="submit" variant="primary" size="lg" busy={reset.isPending} className="mt-1">
          {t('reset.submit')}
        </Button>
      </form>
    </EntryPage>
  )
}

function ResetError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (asApiError(error).fields.length > 0) return <Note>{t('form.check_fields')}</Note>
  return <ErrorNote error={error} />
}

function VoidReset() {
  const { t } = useTranslation()
  const setup = useQuery(setupStateQuery)
  return (
    <VoidLink
      title={t('reset.title')}
      hint={setup.data?.mail ? t('reset.void_mail') : t('sign_in.forgot_no_mail')}
      action={
        <>
          {setup.data?.mail && (
            <Link to="/forgot" className={buttonClass('primary', 'lg')}>
              {t('reset.again')}
            </Link>
          )}
          <ToSignIn />
        </>
      }
    />
  )
}
