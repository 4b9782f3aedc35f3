import { useQuery } from '@tanstack/react-query'
import { Ban, CircleAlert, Plus, Server as ServerIcon } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, useErrorText } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { Reason } from '@/components/ui/tooltip'
import { AddServerDialog } from '@/features/servers/add-server-dialog'
import { EditServerDialog } from '@/features/servers/edit-server-dialog'
import { serversQuery, useDeleteServer } from '@/features/servers/queries'
import { ServerCards, ServerTable } from '@/features/servers/server-list'
import { TestSheet } from '@/features/servers/test-sheet'
import type { Server, Tenant } from '@/lib/api/types'
import { useMediaQuery } from '@/lib/use-media-query'

type ServersPageProps = {
  tenant: Tenant
  adding: boolean
  onAdding: (adding: boolean) => void
  /** Stands beside "Add server". */
  tools?: ReactNode
}

export function ServersPage({ tenant, adding, onAdding, tools }: ServersPageProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const servers = useQuery({ ...serversQuery(tenant.id), enabled: tenant.may.see_servers })
  const narrow = useMediaQuery('(max-width: 1023px)')
  const [testing, setTesting] = useState<Server | null>(null)
  const [editing, setEditing] = useState<{ server: Server; pin: string | null } | null>(null)
  const [deleting, setDeleting] = useState<Server | null>(null)
  const list = servers.data?.servers
  if (!tenant.may.see_servers) {
    return (
      <Page title={t('servers.title')}>
        <FullState icon={<Ban aria-hidden />} title={t('servers.forbidden')} hint={t('servers.forbidden_hint')} />
      </Page>
    )
  }
  const List = narrow ? ServerCards : ServerTable
  return (
    <Page
      title={t('servers.title')}
      count={list?.length}
      actions={<AddButton tenant={tenant} slots={servers.data?.slots} tools={tools} onAdd={() => onAdding(true)} />}
    >
      {servers.isPending && <ListSkeleton />}
      {servers.isError && !list && (
        <FullState
          icon={<CircleAlert aria-hidden />}
          title={t('servers.load_failed')}
          hint={errorText(servers.error)}
          action={
            <Button variant="primary" busy={servers.isFetching} onClick={() => void servers.refetch()}>
              {t('common.try_again')}
            </Button>
          }
        />
      )}
      {list?.length === 0 && (
        <FullState
          icon={<ServerIcon aria-hidden />}
          title={t('servers.none')}
          hint={t('servers.none_hint')}
          action={
            tenant.may.manage_servers && (
              <Button variant="primary" onClick={() => onAdding(true)}>
                {t('servers.add')}
              </Button>
            )
          }
        />
      )}
      {list && list.length > 0 && (
        <List
          servers={list}
          onTest={setTesting}
          onEdit={server => setEditing({ server, pin: null })}
          onDelete={setDeleting}
        />
      )}
      {adding && tenant.may.manage_servers && <AddServerDialog tenant={tenant.id} onClose={() => onAdding(false)} />}
      {testing && (
        <TestSheet
          tenant={tenant.id}
          server={testing}
          onTrust={pin => {
            setTesting(null)
            setEditing({ server: testing, pin })
          }}
          onClose={() => setTesting(null)}
        />
      )}
      {editing && <EditServerDialog tenant={tenant.id} {...editing} onClose={() => setEditing(null)} />}
      {deleting && <DeleteServer tenant={tenant.id} server={deleting} onClose={() => setDeleting(null)} />}
    </Page>
  )
}

type AddButtonProps = {
  tenant: Tenant
  slots: { used: number; limit: number } | undefined
  tools: ReactNode
  onAdd: () => void
}

function AddButton({ tenant, slots, tools, onAdd }: AddButtonProps) {
  const { t } = useTranslation()
  const full = slots !== undefined && slots.used >= slots.limit
  return (
    <>
      {slots && <span className="nums mr-2 text-muted max-sm:hidden">{t('servers.slots', slots)}</span>}
      {tools}
      {tenant.may.manage_servers && (
        <Reason text={full ? t('servers.slots_full', slots) : undefined}>
          <Button variant="primary" disabled={full} onClick={onAdd}>
            <Plus className="size-4" aria-hidden />
            {t('servers.add')}
          </Button>
        </Reason>
      )}
    </>
  )
}

function DeleteServer({ tenant, server, onClose }: { tenant: string; server: Server; onClose: () => void }) {
  const { t } = useTranslation()
  const remove = useDeleteServer(tenant)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('servers.delete_ask', { name: server.name })}
      consequence={t('servers.delete_consequence')}
      confirm={t('servers.delete_confirm', { name: server.name })}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() => remove.mutate(server.id, { onSuccess: onClose })}
    />
  )
}

function ListSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="border-t">
      <span className="sr-only">{t('common.loading')}</span>
      {[1, 2, 3].map(row => (
        <div key={row} className="flex h-12 items-center gap-6 border-b px-6 max-md:px-4">
          <Skeleton className="h-3.5 w-20" />
          <Skeleton className="h-3.5 w-40" />
          <Skeleton className="h-3.5 flex-1" />
        </div>
      ))}
    </div>
  )
}
