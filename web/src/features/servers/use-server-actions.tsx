import { useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote } from '@/components/error-note'
import { ConfirmDialog } from '@/components/ui/dialog'
import { AddServerDialog } from '@/features/servers/add-server-dialog'
import { DeleteServerDialog } from '@/features/servers/delete-server-dialog'
import { EditServerDialog } from '@/features/servers/edit-server-dialog'
import { useUpdateServer } from '@/features/servers/queries'
import { SameClusterDialog } from '@/features/servers/same-cluster-dialog'
import { TestSheet } from '@/features/servers/test-sheet'
import type { Server, Tenant } from '@/lib/api/types'
import { problemText } from '@/lib/problem-text'
import { changeOf, duplicateOf } from '@/lib/server-form'

type What = 'test' | 'edit' | 'duplicate' | 'deactivate' | 'delete' | 'same'
type Asked = { what: What; server: Server; pin?: string }
type Slots = { used: number; limit: number }

/** What can be done with a server, from its row as from its own page. */
export type ServerActions = Record<
  'open' | 'test' | 'edit' | 'duplicate' | 'activate' | 'remove' | 'same',
  (server: Server) => void
> & { mayAdd: boolean; full: Slots | undefined }

/** The actions, and the dialog of the one that is under way. `onGone`: the server was deleted. */
export function useServerActions(tenant: Tenant, slots: Slots | undefined, onGone?: () => void) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { slug = '' } = useParams({ strict: false })
  const [asked, setAsked] = useState<Asked | null>(null)
  const update = useUpdateServer(tenant.id)
  const ask = (what: What) => (server: Server) => setAsked({ what, server })
  /** A change of one thing, from outside of the form. */
  const change = (server: Server, values: Parameters<typeof changeOf>[1], said: string) =>
    update.mutate(
      { server: server.id, etag: server.etag, body: changeOf(server, values) },
      { onSuccess: () => toast.success(said), onError: error => toast.error(problemText(error)) },
    )
  const actions: ServerActions = {
    open: server => void navigate({ to: '/t/$slug/servers/$server', params: { slug, server: server.id } }),
    test: ask('test'),
    edit: ask('edit'),
    duplicate: ask('duplicate'),
    activate: server => {
      if (server.is_active) setAsked({ what: 'deactivate', server })
      else change(server, { is_active: true }, t('servers.activated', { name: server.name }))
    },
    remove: ask('delete'),
    same: ask('same'),
    mayAdd: tenant.may.manage_servers,
    full: slots && slots.used >= slots.limit ? slots : undefined,
  }
  const close = () => setAsked(null)
  const dialog = asked && (
    <AskedDialog
      tenant={tenant.id}
      asked={asked}
      onAsk={setAsked}
      onTimeout={(server, seconds) => {
        change(server, { connect_timeout_seconds: String(seconds) }, t('servers.saved', { name: server.name }))
        close()
      }}
      onGone={onGone}
      onClose={close}
    />
  )
  return { actions, dialog }
}

type AskedProps = {
  tenant: string
  asked: Asked
  onAsk: (asked: Asked) => void
  onTimeout: (server: Server, seconds: number) => void
  onGone: (() => void) | undefined
  onClose: () => void
}

function AskedDialog({ tenant, asked, onAsk, onTimeout, onGone, onClose }: AskedProps): ReactNode {
  const { t } = useTranslation()
  const { what, server, pin } = asked
  switch (what) {
    case 'test':
      return (
        <TestSheet
          tenant={tenant}
          server={server}
          onTrust={fingerprint => onAsk({ what: 'edit', server, pin: fingerprint })}
          onTimeout={seconds => onTimeout(server, seconds)}
          onClose={onClose}
        />
      )
    case 'edit':
      return <EditServerDialog tenant={tenant} server={server} pin={pin ?? null} onClose={onClose} />
    case 'duplicate': {
      const like = duplicateOf(server, t('servers.copy_of', { name: server.name }))
      return <AddServerDialog tenant={tenant} like={like} onClose={onClose} />
    }
    case 'deactivate':
      return <Deactivate tenant={tenant} server={server} onClose={onClose} />
    case 'delete':
      return <DeleteServerDialog tenant={tenant} server={server} onGone={onGone} onClose={onClose} />
    case 'same':
      return <SameClusterDialog tenant={tenant} server={server} onGone={onGone} onClose={onClose} />
  }
}

function Deactivate({ tenant, server, onClose }: { tenant: string; server: Server; onClose: () => void }) {
  const { t } = useTranslation()
  const update = useUpdateServer(tenant)
  const change = { server: server.id, etag: server.etag, body: changeOf(server, { is_active: false }) }
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('servers.deactivate_ask', { name: server.name })}
      consequence={t('servers.deactivate_consequence')}
      confirm={t('servers.deactivate_confirm', { name: server.name })}
      busy={update.isPending}
      error={update.error ? <ErrorNote error={update.error} className="mt-3" /> : undefined}
      onConfirm={() => update.mutate(change, { onSuccess: onClose })}
    />
  )
}
