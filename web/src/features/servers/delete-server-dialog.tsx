import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote } from '@/components/error-note'
import { ConfirmDialog } from '@/components/ui/dialog'
import { attachedQuery, useDeleteServer } from '@/features/servers/queries'
import type { Server } from '@/lib/api/types'

type DeleteProps = {
  tenant: string
  server: Server
  /** It was deleted, and not only let be. */
  onGone?: (() => void) | undefined
  onClose: () => void
}

/** Asks before a server is deleted, and names what goes with it. */
export function DeleteServerDialog({ tenant, server, onGone, onClose }: DeleteProps) {
  const { t } = useTranslation()
  const remove = useDeleteServer(tenant)
  const attached = useAttached(tenant, server)
  const gone = () => {
    toast.success(t('servers.deleted', { name: server.name }))
    onClose()
    onGone?.()
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('servers.delete_ask', { name: server.name })}
      consequence={`${attached} ${t('servers.delete_consequence')}`}
      confirm={t('servers.delete_confirm', { name: server.name })}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() => remove.mutate(server.id, { onSuccess: gone })}
    />
  )
}

/** "12 assignments of 5 people and 2 open consoles go with it." */
function useAttached(tenant: string, server: Server): string {
  const { t, i18n } = useTranslation()
  const { data, isError } = useQuery(attachedQuery(tenant, server.id))
  if (isError) return t('servers.attached_unknown')
  if (!data) return t('servers.attached_asked')
  const people = t('servers.attached_people', { count: data.people })
  const parts = [
    data.assignments > 0 && t('servers.attached_assignments', { count: data.assignments, people }),
    data.open_consoles > 0 && t('servers.attached_consoles', { count: data.open_consoles }),
    data.running_tasks > 0 && t('servers.attached_tasks', { count: data.running_tasks }),
  ].filter(part => part !== false)
  if (parts.length === 0) return t('servers.attached_nothing')
  return t('servers.attached', { what: new Intl.ListFormat(i18n.language).format(parts) })
}
