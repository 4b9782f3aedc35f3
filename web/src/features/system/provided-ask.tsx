import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote } from '@/components/error-note'
import { ServerTestResult } from '@/components/server-test/result'
import { SidePanel } from '@/components/side-panel'
import { ConfirmDialog } from '@/components/ui/dialog'
import { attachedQuery, useDeleteProvided, useTestProvided } from '@/features/system/queries'
import type { AnyServer } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'

type AskProps = { server: AnyServer; onClose: () => void }

/** Asks before a provided server is taken back, with what the tenant loses by it. */
export function DeleteProvided({ server, onClose }: AskProps) {
  const { t, i18n } = useTranslation()
  const { name, tenant } = server
  const { confirmed, dialog } = useConfirmed()
  const remove = useDeleteProvided(confirmed)
  const attached = useQuery(attachedQuery(tenant.id, server.id)).data
  const number = (value: number) => formatNumber(value, i18n.language)
  const hangs = attached && attached.assignments + attached.open_consoles > 0
  return (
    <>
      <ConfirmDialog
        open
        onOpenChange={open => !open && onClose()}
        title={t('system.take_back_ask', { name, tenant: tenant.name })}
        consequence={[
          t('system.take_back_text', { tenant: tenant.name }),
          hangs
            ? t('system.take_back_hangs', {
                assignments: number(attached.assignments),
                people: number(attached.people),
                consoles: number(attached.open_consoles),
              })
            : '',
        ].join(' ')}
        confirm={t('servers.delete_confirm', { name })}
        busy={remove.isPending}
        error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
        onConfirm={() =>
          remove.mutate(
            { server: server.id, tenant: tenant.id },
            {
              onSuccess: () => {
                toast.success(t('system.taken_back', { name }))
                onClose()
              },
            },
          )
        }
      />
      {dialog}
    </>
  )
}

type TestProps = AskProps & { onTrust: (fingerprint: string) => void }

/** The check of a provided server as it is stored. */
export function ProvidedTest({ server, onTrust, onClose }: TestProps) {
  const { t } = useTranslation()
  const { mutate, data, error, isPending, isIdle } = useTestProvided()
  useEffect(() => mutate(server.id), [mutate, server.id])
  return (
    <SidePanel
      title={t('servers.test_of', { name: server.name })}
      lead={`${server.host}:${server.port}`}
      onClose={onClose}
    >
      <ServerTestResult
        test={data}
        error={error}
        running={isPending || isIdle}
        onTrust={onTrust}
        onAgain={() => mutate(server.id)}
      />
    </SidePanel>
  )
}
