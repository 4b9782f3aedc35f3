import { useInfiniteQuery } from '@tanstack/react-query'
import { Building2, Plus, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, LoadMore } from '@/components/list-state'
import { Page } from '@/components/page'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { CreateTenantDialog } from '@/features/system/create-tenant-dialog'
import { EditTenantDialog } from '@/features/system/edit-tenant-dialog'
import { tenantsQuery, useDeleteTenant, useUpdateTenant } from '@/features/system/queries'
import { type TenantAction, TenantCards, TenantTable } from '@/features/system/tenant-list'
import { TypedDelete } from '@/features/system/typed-delete'
import type { Organisation } from '@/lib/api/types'
import { useMediaQuery } from '@/lib/use-media-query'

type TenantsPageProps = { q: string; onSearch: (q: string) => void }
type Open = { action: TenantAction | 'create'; tenant: Organisation | null } | null

/** All tenants of the installation. */
export function TenantsPage({ q, onSearch }: TenantsPageProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)')
  const [open, setOpen] = useState<Open>(null)
  const tenants = useInfiniteQuery(tenantsQuery(q))
  const rows = tenants.data?.pages.flatMap(page => page.tenants)
  const List = narrow ? TenantCards : TenantTable
  const create = () => setOpen({ action: 'create', tenant: null })
  return (
    <Page
      title={t('system.tenants')}
      count={tenants.data?.pages[0]?.total}
      actions={
        <Button variant="primary" onClick={create}>
          <Plus className="size-4" aria-hidden />
          {t('system.create_tenant')}
        </Button>
      }
    >
      <div className="px-6 pb-3 max-md:px-4">
        <SearchBox text={q} onText={onSearch} label={t('system.search_tenants')} />
      </div>
      {tenants.isPending && <ListSkeleton rows={8} />}
      {tenants.isError && !rows && (
        <LoadFailed
          title={t('system.tenants_failed')}
          error={tenants.error}
          busy={tenants.isFetching}
          onRetry={() => void tenants.refetch()}
        />
      )}
      {rows?.length === 0 && <NoTenants q={q} onSearch={onSearch} onCreate={create} />}
      {rows && rows.length > 0 && (
        <List
          tenants={rows}
          onAction={(action, tenant) => setOpen({ action, tenant })}
          after={<LoadMore query={tenants} />}
        />
      )}
      {open && <OpenDialog open={open} onClose={() => setOpen(null)} />}
    </Page>
  )
}

function NoTenants({ q, onSearch, onCreate }: TenantsPageProps & { onCreate: () => void }) {
  const { t } = useTranslation()
  if (q) {
    return (
      <FullState
        icon={<SearchX aria-hidden />}
        title={t('system.no_match', { text: q })}
        action={<Button onClick={() => onSearch('')}>{t('list.clear')}</Button>}
        className="border-t"
      />
    )
  }
  return (
    <FullState
      icon={<Building2 aria-hidden />}
      title={t('tenants.none')}
      hint={t('system.no_tenants_hint')}
      action={
        <Button variant="primary" onClick={onCreate}>
          {t('system.create_tenant')}
        </Button>
      }
      className="border-t"
    />
  )
}

function OpenDialog({ open, onClose }: { open: NonNullable<Open>; onClose: () => void }) {
  const { action, tenant } = open
  if (!tenant) return <CreateTenantDialog onClose={onClose} />
  if (action === 'edit') return <EditTenantDialog tenant={tenant} onClose={onClose} />
  if (action === 'delete') return <DeleteTenant tenant={tenant} onClose={onClose} />
  return <SwitchTenant tenant={tenant} onClose={onClose} />
}

type TenantDialogProps = { tenant: Organisation; onClose: () => void }

/** Deactivates or activates; both say what follows. */
function SwitchTenant({ tenant, onClose }: TenantDialogProps) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const update = useUpdateTenant(confirmed)
  const { name } = tenant
  const off = tenant.is_active
  const done = () => {
    toast.success(off ? t('system.deactivated', { name }) : t('system.activated', { name }))
    onClose()
  }
  return (
    <>
      <ConfirmDialog
        open
        onOpenChange={next => !next && onClose()}
        title={off ? t('system.deactivate_ask', { name }) : t('system.activate_ask', { name })}
        consequence={off ? t('system.deactivate_consequence') : t('system.activate_consequence')}
        confirm={off ? t('system.deactivate_confirm', { name }) : t('system.activate_confirm', { name })}
        harmless={!off}
        busy={update.isPending}
        error={update.error ? <ErrorNote error={update.error} className="mt-3" /> : undefined}
        onConfirm={() =>
          update.mutate({ tenant: tenant.id, version: tenant.version, body: { is_active: !off } }, { onSuccess: done })
        }
      />
      {dialog}
    </>
  )
}

function DeleteTenant({ tenant, onClose }: TenantDialogProps) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const remove = useDeleteTenant(confirmed)
  const { name, members, servers } = tenant
  return (
    <>
      <TypedDelete
        title={t('servers.delete_ask', { name })}
        consequence={
          <>
            <p>
              {t('system.delete_tenant_what', {
                members: t('system.members_count', { count: members }),
                servers: t('system.servers_count', { count: servers }),
              })}
            </p>
            <p className="mt-2">{t('system.delete_tenant_consequence')}</p>
          </>
        }
        name={tenant.slug}
        label={t('system.type_slug')}
        confirm={t('servers.delete_confirm', { name })}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(tenant.id, {
            onSuccess: () => {
              toast.success(t('system.tenant_deleted', { name }))
              onClose()
            },
          })
        }
        onClose={onClose}
      >
        {remove.error && <ErrorNote error={remove.error} />}
      </TypedDelete>
      {dialog}
    </>
  )
}
