import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Reason } from '@/components/ui/tooltip'
import { DeleteServerDialog } from '@/features/servers/delete-server-dialog'
import { serverQuery, useUpdateServer } from '@/features/servers/queries'
import type { Server } from '@/lib/api/types'
import { changeOf } from '@/lib/server-form'

type SameProps = { tenant: string; server: Server; onGone: (() => void) | undefined; onClose: () => void }

/** Two servers of one cluster: the second is better a fall-back of the first. Two steps, of which each may be left out. */
export function SameClusterDialog({ tenant, server, onGone, onClose }: SameProps) {
  const { t } = useTranslation()
  const [deleting, setDeleting] = useState(false)
  const update = useUpdateServer(tenant)
  const other = useQuery({ ...serverQuery(tenant, server.same_cluster_as?.id ?? ''), refetchInterval: false })
  const first = other.data
  const name = server.same_cluster_as?.name ?? ''
  if (deleting) return <DeleteServerDialog tenant={tenant} server={server} onGone={onGone} onClose={onClose} />
  const done = first?.connection?.use_fallbacks ?? false
  const inOrder = done ? undefined : t('servers.same_first')
  const blocked = server.may.delete ? inOrder : t('servers.delete_forbidden')
  const turnOn = () => {
    if (!first) return
    const body = changeOf(first, { use_fallbacks: true })
    update.mutate({ server: first.id, etag: first.etag, body }, { onSuccess: () => void other.refetch() })
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('servers.same_title', { name: server.name, other: name })}
      footer={<Button onClick={onClose}>{t('common.close')}</Button>}
    >
      <div className="flex flex-col gap-4">
        <p className="text-muted">{t('servers.same_text')}</p>
        {other.error && <ErrorNote error={other.error} />}
        {update.error && <ErrorNote error={update.error} />}
        <ol className="flex flex-col gap-3">
          <Step
            number={1}
            done={done}
            text={done ? t('servers.same_fallback_done', { name }) : t('servers.same_fallback', { name })}
          >
            {!done && (
              <Reason text={first && !first.may.edit ? t('servers.edit_forbidden') : undefined}>
                <Button
                  variant="primary"
                  disabled={!first?.may.edit}
                  busy={update.isPending || other.isPending}
                  onClick={turnOn}
                >
                  {t('servers.same_turn_on')}
                </Button>
              </Reason>
            )}
          </Step>
          <Step number={2} done={false} text={t('servers.same_delete', { name: server.name })}>
            <Reason text={blocked}>
              <Button variant="destructive" disabled={blocked !== undefined} onClick={() => setDeleting(true)}>
                {t('servers.delete')} …
              </Button>
            </Reason>
          </Step>
        </ol>
      </div>
    </Dialog>
  )
}

function Step({ number, done, text, children }: { number: number; done: boolean; text: string; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3 rounded-card border p-3">
      <span className="grid size-5 shrink-0 place-items-center rounded-full bg-hover text-xs">
        {done ? <Check className="size-3.5 text-success-text" strokeWidth={3} aria-hidden /> : number}
      </span>
      <div className="flex min-w-0 flex-1 flex-col items-start gap-2.5">
        <p className="break-words">{text}</p>
        {children}
      </div>
    </li>
  )
}
