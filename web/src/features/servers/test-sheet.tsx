import { X } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Sheet } from '@/components/ui/dialog'
import { useTestServer } from '@/features/servers/queries'
import { CertificateBox, Findings, Stages } from '@/features/servers/test-report'
import type { Server } from '@/lib/api/types'

type SheetProps = {
  tenant: string
  server: Server
  /** The person trusts this fingerprint from now on. */
  onTrust: (fingerprint: string) => void
  onClose: () => void
}

/** The check of a stored server, stage by stage, in a panel at the right. */
export function TestSheet({ tenant, server, onTrust, onClose }: SheetProps) {
  const { t } = useTranslation()
  const { mutate, data: test, error, isPending, isIdle } = useTestServer(tenant)
  useEffect(() => mutate(server.id), [mutate, server.id])
  const data = test?.reports[0]
  const certificate = isPending ? null : data?.certificate
  const tlsFailed = data?.stages.some(stage => stage.stage === 'tls' && !stage.ok && !stage.skipped)
  return (
    <Sheet
      open
      onOpenChange={open => !open && onClose()}
      title={t('servers.test_of', { name: server.name })}
      className="w-[440px] max-w-full"
    >
      <header className="flex items-start justify-between gap-3 border-b px-5 py-4">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-[1rem]/6">{t('servers.test_of', { name: server.name })}</h2>
          <p className="truncate font-mono text-muted text-table">
            {server.connection?.host}:{server.connection?.port}
          </p>
        </div>
        <Button variant="ghost" size="icon" aria-label={t('common.close')} onClick={onClose}>
          <X className="size-4" aria-hidden />
        </Button>
      </header>
      <div className="flex flex-1 flex-col gap-5 overflow-y-auto px-5 py-4">
        {error ? <ErrorNote error={error} /> : <Stages report={data} running={isPending || isIdle} />}
        {data && !isPending && <Findings report={data} />}
        {certificate && <CertificateBox certificate={certificate} />}
        {certificate && tlsFailed && server.may.edit && (
          <div className="flex flex-col gap-3">
            <p>{t('servers.confirm_certificate')}</p>
            <Button variant="primary" className="self-start" onClick={() => onTrust(certificate.fingerprint)}>
              {t('servers.trust_certificate')}
            </Button>
          </div>
        )}
      </div>
      <footer className="border-t px-5 py-3">
        <Button busy={isPending} onClick={() => mutate(server.id)}>
          {t('servers.test_again')}
        </Button>
      </footer>
    </Sheet>
  )
}
