import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useConfirmed } from '@/components/confirm-sign-in'
import { LinkDialog } from '@/components/link-dialog'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { FormError } from '@/features/system/form-error'
import { useCreateTenant } from '@/features/system/queries'
import { applyTenantErrors, TenantFields, type TenantForm, tenantForm } from '@/features/system/tenant-form'
import type { InvitationMade, OrganisationNewIn } from '@/lib/api/types'
import { fieldError } from '@/lib/form-errors'

/** What is left empty is not sent: the server then decides. */
function toTenant({ name, slug, description, admin }: TenantForm): OrganisationNewIn {
  return { name, ...(slug && { slug }), ...(description && { description }), ...(admin && { admin }) }
}

export function CreateTenantDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const create = useCreateTenant(confirmed)
  const [invited, setInvited] = useState<{ name: string; invitation: InvitationMade } | null>(null)
  const form = useForm<TenantForm>({
    resolver: zodResolver(tenantForm),
    mode: 'onTouched',
    defaultValues: { name: '', slug: '', description: '', admin: '' },
  })
  if (invited) {
    const { name, invitation } = invited
    return (
      <LinkDialog
        title={t('system.tenant_made', { name })}
        description={t('system.tenant_made_text', { email: invitation.email })}
        link={invitation.link}
        expiresAt={invitation.expires_at}
        mailed={invitation.mailed}
        onClose={onClose}
      />
    )
  }
  const submit = form.handleSubmit(values =>
    create.mutate(toTenant(values), {
      onSuccess: ({ tenant, invitation }) => {
        if (invitation) return setInvited({ name: tenant.name, invitation })
        toast.success(t('system.tenant_made', { name: tenant.name }))
        onClose()
      },
      onError: error => applyTenantErrors(form, error, t('problem.slug_taken')),
    }),
  )
  return (
    <>
      <Dialog
        open
        onOpenChange={open => !open && onClose()}
        title={t('system.create_tenant')}
        footer={
          <>
            <Button variant="ghost" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" form="create-tenant" variant="primary" busy={create.isPending}>
              {t('system.create_user_submit')}
            </Button>
          </>
        }
      >
        <form id="create-tenant" onSubmit={submit} noValidate className="flex flex-col gap-4">
          <FormError error={create.error} fieldCodes={['slug_taken']} />
          <TenantFields form={form} />
          <TextField
            label={t('system.first_admin')}
            help={t('system.first_admin_help')}
            type="email"
            autoComplete="off"
            error={fieldError(form.formState.errors.admin, t('form.email'))}
            {...form.register('admin')}
          />
        </form>
      </Dialog>
      {dialog}
    </>
  )
}
