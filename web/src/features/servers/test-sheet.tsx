import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ServerTestResult } from '@/components/server-test/result'
import { SidePanel } from '@/components/side-panel'
import { Button } from '@/components/ui/button'
import { useTestServer } from '@/features/servers/queries'
import { addressesOf } from '@/features/servers/view'
import type { Server } from '@/lib/api/types'

type SheetProps = {
  tenant: string
  server: Server
  /** The person trusts this fingerprint from now on. */
  onTrust: (fingerprint: string) => void
  /** The recommended timeout is taken over. */
  onTimeout: (seconds: number) => void
  onClose: () => void
}

/** The check of a stored server, way by way and stage by stage, in a panel at the right. */
export function TestSheet({ tenant, server, onTrust, onTimeout, onClose }: SheetProps) {
  const { t } = useTranslation()
  const { mutate, data, error, isPending, isIdle } = useTestServer(tenant)
  useEffect(() => mutate(server.id), [mutate, server.id])
  const running = isPending || isIdle
  return (
    <SidePanel
      title={t('servers.test_of', { name: server.name })}
      lead={<span className="font-mono">{addressesOf(server).join(' · ')}</span>}
      wide
      onClose={onClose}
      footer={
        <Button busy={running} onClick={() => mutate(server.id)}>
          {t('servers.test_again')}
        </Button>
      }
    >
      <ServerTestResult
        test={data}
        error={error}
        running={running}
        onTrust={server.may.edit ? onTrust : undefined}
        onTimeout={server.may.edit ? onTimeout : undefined}
        timeout={server.connection?.connect_timeout_seconds}
      />
    </SidePanel>
  )
}
