import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MailCheck } from 'lucide-react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote } from '@/components/error-note'
import { useDocumentTitle } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { Told, ToSignIn } from '@/features/links/link-state'
import { useRequestReset } from '@/features/links/queries'
import { setupStateQuery } from '@/lib/api/queries'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

const form = z.object({ email: z.email() })
type Form = z.infer<typeof form>

/** The answer is the same whether there is such an account or not. */
export function ForgotPage() {
  const { t } = useTranslation()
  useDocumentTitle(t('forgot.title'))
  const setup = useQuery(setupStateQuery)
  const request = useRequestReset()
  if (setup.data?.mail === false) {
    return (
      <EntryPage title={t('forgot.title')} lead={t('sign_in.forgot_no_mail')}>
        <ToSignIn />
      </EntryPage>
    )
  }
  if (request.isSuccess) {
    return (
      <EntryPage title={t('forgot.sent_title')}>
        <Told icon={<MailCheck aria-hidden />}>{t('forgot.sent', { email: request.variables })}</Told>
        <div className="mt-5 flex flex-wrap gap-2">
          <ToSignIn />
          <Button variant="ghost" size="lg" className="text-muted" onClick={() => request.reset()}>
            {t('forgot.other')}
          </Button>
        </div>
      </EntryPage>
    )
  }
  return (
    <EntryPage title={t('forgot.title')} lead={t('forgot.lead')}>
      <ForgotForm request={request} />
    </EntryPage>
  )
}

function ForgotForm({ request }: { request: ReturnType<typeof useRequestReset> }) {
  const { t } = useTranslation()
  const fields = useForm<Form>({ resolver: zodResolver(form), mode: 'onTouched', defaultValues: { email: '' } })
  const submit = fields.handleSubmit(({ email }) =>
    request.mutate(email, { onError: error => applyFieldErrors(fields, error) }),
  )
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {request.error && <ErrorNote error={request.error} />}
      <TextField
        label={t('sign_in.email')}
        type="email"
        autoComplete="username"
        autoFocus
        error={fieldError(fields.formState.errors.email, t('form.email'))}
        {...fields.register('email')}
      />
      <div className="mt-1 flex flex-wrap gap-2">
        <Button type="submit" variant="primary" size="lg" busy={request.isPending}>
          {t('forgot.submit')}
        </Button>
        <Link to="/sign-in" className={buttonClass('ghost', 'lg')}>
          {t('common.back')}
        </Link>
      </div>
    </form>
  )
}
