import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useConfirmed } from '@/components/confirm-sign-in'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { FormError } from '@/features/system/form-error'
import { useReloadTenant, useUpdateTenant } from '@/features/system/queries'
import { applyTenantErrors, TenantFields, type TenantForm, tenantForm } from '@/features/system/tenant-form'
import type { Organisation } from '@/lib/api/types'

const valuesOf = ({ name, slug, description }: Organisation): TenantForm => ({ name, slug, description, admin: '' })

export function EditTenantDialog({ tenant, onClose }: { tenant: Organisation; onClose: () => void }) {
  const { t } = useTranslation()
  const [stored, setStored] = useState(tenant)
  const { confirmed, dialog } = useConfirmed()
  const update = useUpdateTenant(confirmed)
  const reload = useReloadTenant()
  const form = useForm<TenantForm>({
    resolver: zodResolver(tenantForm),
    mode: 'onTouched',
    defaultValues: valuesOf(tenant),
  })
  const submit = form.handleSubmit(({ name, slug, description }) =>
    update.mutate(
      { tenant: stored.id, version: stored.version, body: { name, description, slug: slug || stored.slug } },
      {
        onSuccess: saved => {
          toast.success(t('servers.saved', { name: saved.name }))
          onClose()
        },
        onError: error => applyTenantErrors(form, error, t('problem.slug_taken')),
      },
    ),
  )
  const loadAgain = () =>
    reload.mutate(
      { tenant: stored.id, slug: stored.slug },
      {
        onSuccess: fresh => {
          if (!fresh) return onClose()
          setStored(fresh)
          form.reset(valuesOf(fresh), { keepDirtyValues: true })
          update.reset()
        },
      },
    )
  return (
    <>
      <Dialog
        open
        onOpenChange={open => !open && onClose()}
        title={t('servers.edit_of', { name: stored.name })}
        footer={
          <>
            <Button variant="ghost" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              type="submit"
              form="edit-tenant"
              variant="primary"
              busy={update.isPending}
              disabled={!form.formState.isDirty}
            >
              {t('servers.save')}
            </Button>
          </>
        }
      >
        <form id="edit-tenant" onSubmit={submit} noValidate className="flex flex-col gap-4">
          <FormError
            error={update.error}
            fieldCodes={['slug_taken']}
            onReload={loadAgain}
            reloading={reload.isPending}
            reloadError={reload.error}
          />
          <TenantFields form={form} stored={stored.slug} />
        </form>
      </Dialog>
      {dialog}
    </>
  )
}
