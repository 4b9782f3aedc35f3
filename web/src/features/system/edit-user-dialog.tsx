import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { z } from 'zod'
import { useConfirmed } from '@/components/confirm-sign-in'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { CheckField, TextField } from '@/components/ui/field'
import { FormError } from '@/features/system/form-error'
import { useReloadUser, useUpdateUser } from '@/features/system/queries'
import { SystemRoleChoice } from '@/features/system/role-choice'
import { asApiError } from '@/lib/api/error'
import type { Account, AccountIn } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

const form = z.object({
  full_name: z.string().trim().min(1).max(100),
  email: z.email(),
  system_role: z.enum(['user', 'admin']),
  is_active: z.boolean(),
  verified: z.boolean(),
})
type Form = z.infer<typeof form>

const valuesOf = ({ full_name, email, system_role, is_active, verified }: Account): Form => ({
  full_name,
  email,
  system_role,
  is_active,
  verified,
})

/** Only what was changed is sent, so that a second admin's other change stands. */
function changesOf(values: Form, stored: Account): AccountIn {
  const before = valuesOf(stored)
  const names = Object.keys(before) as (keyof Form)[]
  return Object.fromEntries(names.filter(name => values[name] !== before[name]).map(name => [name, values[name]]))
}

export function EditUserDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation()
  const [stored, setStored] = useState(account)
  const { confirmed, dialog } = useConfirmed()
  const update = useUpdateUser(confirmed)
  const reload = useReloadUser()
  const fields = useForm<Form>({ resolver: zodResolver(form), mode: 'onTouched', defaultValues: valuesOf(account) })
  const { errors, isDirty } = fields.formState
  const submit = fields.handleSubmit(values =>
    update.mutate(
      { user: stored.id, version: stored.version, body: changesOf(values, stored) },
      {
        onSuccess: saved => {
          toast.success(t('servers.saved', { name: saved.full_name }))
          onClose()
        },
        onError: error => {
          if (asApiError(error).code === 'email_taken')
            fields.setError('email', { type: 'server', message: t('problem.email_taken') }, { shouldFocus: true })
          applyFieldErrors(fields, error)
        },
      },
    ),
  )
  const loadAgain = () =>
    reload.mutate(stored.id, {
      onSuccess: fresh => {
        setStored(fresh)
        fields.reset(valuesOf(fresh), { keepDirtyValues: true })
        update.reset()
      },
    })
  return (
    <>
      <Dialog
        open
        onOpenChange={open => !open && onClose()}
        title={t('servers.edit_of', { name: stored.full_name })}
        footer={
          <>
            <Button variant="ghost" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" form="edit-user" variant="primary" busy={update.isPending} disabled={!isDirty}>
              {t('servers.save')}
            </Button>
          </>
        }
      >
        <form id="edit-user" onSubmit={submit} noValidate className="flex flex-col gap-4">
          <FormError
            error={update.error}
            fieldCodes={['email_taken']}
            onReload={loadAgain}
            reloading={reload.isPending}
            reloadError={reload.error}
          />
          <TextField
            label={t('set_up.full_name')}
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
          <CheckField label={t('system.verified')} help={t('system.verified_help')} {...fields.register('verified')} />
          <CheckField label={t('system.active')} help={t('system.active_help')} {...fields.register('is_active')} />
          <SystemRoleChoice register={fields.register('system_role')} />
        </form>
      </Dialog>
      {dialog}
    </>
  )
}
