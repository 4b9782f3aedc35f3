import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useConfirmed } from '@/components/confirm-sign-in'
import { LinkDialog } from '@/components/link-dialog'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { FormError } from '@/features/system/form-error'
import { useCreateUser } from '@/features/system/queries'
import { SystemRoleChoice } from '@/features/system/role-choice'
import { asApiError } from '@/lib/api/error'
import type { OneTimeLink } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

const form = z.object({
  full_name: z.string().trim().min(1).max(100),
  email: z.email(),
  system_role: z.enum(['user', 'admin']),
})
type Form = z.infer<typeof form>

/** A new account; its owner chooses the password with the link that comes back. */
export function CreateUserDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const create = useCreateUser(confirmed)
  const [made, setMade] = useState<{ name: string; link: OneTimeLink } | null>(null)
  const fields = useForm<Form>({
    resolver: zodResolver(form),
    mode: 'onTouched',
    defaultValues: { full_name: '', email: '', system_role: 'user' },
  })
  const { errors } = fields.formState
  if (made) {
    return (
      <LinkDialog
        title={t('system.user_made', { name: made.name })}
        description={t('system.user_made_text')}
        link={made.link.link}
        expiresAt={made.link.expires_at}
        mailed={made.link.mailed}
        onClose={onClose}
      />
    )
  }
  const submit = fields.handleSubmit(values =>
    create.mutate(values, {
      onSuccess: ({ account, link }) => setMade({ name: account.full_name, link }),
      onError: error => {
        if (asApiError(error).code === 'email_taken')
          fields.setError('email', { type: 'server', message: t('problem.email_taken') }, { shouldFocus: true })
        applyFieldErrors(fields, error)
      },
    }),
  )
  return (
    <>
      <Dialog
        open
        onOpenChange={open => !open && onClose()}
        title={t('system.create_user')}
        footer={
          <>
            <Button variant="ghost" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" form="create-user" variant="primary" busy={create.isPending}>
              {t('system.create_user_submit')}
            </Button>
          </>
        }
      >
        <form id="create-user" onSubmit={submit} noValidate className="flex flex-col gap-4">
          <FormError error={create.error} fieldCodes={['email_taken']} />
          <TextField
            label={t('set_up.full_name')}
            autoFocus
            autoComplete="off"
            error={fieldError(errors.full_name, t('form.required'))}
            {...fields.register('full_name')}
          />
          <TextField
            label={t('set_up.email')}
            type="email"
            autoComplete="off"
            error={fieldError(errors.email, t('form.email'))}
            {...fields.register('email')}
          />
          <SystemRoleChoice register={fields.register('system_role')} />
        </form>
      </Dialog>
      {dialog}
    </>
  )
}
