import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { z } from 'zod'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import { asApiError } from '@/lib/api/error'
import { useUpdateMe } from '@/lib/api/queries'
import type { Me } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

const form = z.object({
  full_name: z.string().trim().min(1).max(100),
  user_name: z.string().trim().max(100),
  company: z.string().trim().max(100),
})
type Form = z.infer<typeof form>

const valuesOf = (user: Me['user']): Form => ({
  full_name: user.full_name,
  user_name: user.user_name ?? '',
  company: user.company,
})

export function PersonPart({ user }: { user: Me['user'] }) {
  const { t } = useTranslation()
  const update = useUpdateMe()
  const fields = useForm<Form>({ resolver: zodResolver(form), mode: 'onTouched', defaultValues: valuesOf(user) })
  const { errors, isDirty } = fields.formState
  const submit = fields.handleSubmit(values =>
    update.mutate(values, {
      onSuccess: me => {
        fields.reset(valuesOf(me.user))
        toast.success(t('profile.saved'))
      },
      onError: error => {
        if (asApiError(error).code === 'user_name_taken')
          fields.setError('user_name', { type: 'server', message: t('problem.user_name_taken') }, { shouldFocus: true })
        applyFieldErrors(fields, error)
      },
    }),
  )
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {update.error && <PersonError error={update.error} />}
      <TextField
        label={t('set_up.full_name')}
        autoComplete="name"
        error={fieldError(errors.full_name, t('form.required'))}
        {...fields.register('full_name')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t('profile.user_name')}
          help={t('profile.user_name_help')}
          autoComplete="nickname"
          spellCheck={false}
          error={fieldError(errors.user_name, t('field_error.too_long'))}
          {...fields.register('user_name')}
        />
        <TextField
          label={t('profile.company')}
          autoComplete="organization"
          error={fieldError(errors.company, t('field_error.too_long'))}
          {...fields.register('company')}
        />
      </div>
      <div>
        <Button type="submit" variant="primary" busy={update.isPending} disabled={!isDirty}>
          {t('profile.save')}
        </Button>
      </div>
    </form>
  )
}

function PersonError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const { code, fields } = asApiError(error)
  if (fields.length > 0 || code === 'user_name_taken') return <Note>{t('form.check_fields')}</Note>
  return <ErrorNote error={error} />
}
