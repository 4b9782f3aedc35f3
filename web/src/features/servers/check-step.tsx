import { RotateCw, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { CertificateBox, Findings, Stages } from '@/features/servers/test-report'
import type { TestReport } from '@/lib/api/types'

type CheckStepProps = {
  report: TestReport | undefined
  error: unknown
  running: boolean
  insecure: boolean
  /** The person trusts this fingerprint from now on. */
  onPin: (fingerprint: string) => void
  onAgain: () => void
}

/** The stages as they ran, the certificate to confirm, and what the token is enough for. */
export function CheckStep({ report, error, running, insecure, onPin, onAgain }: CheckStepProps) {
  const { t } = useTranslation()
  if (error) {
    return (
      <>
        <ErrorNote error={error} />
        <Again busy={running} onAgain={onAgain} />
      </>
    )
  }
  const certificate = running ? null : report?.certificate
  const tlsFailed = report?.stages.some(stage => stage.stage === 'tls' && !stage.ok && !stage.skipped)
  return (
    <>
      <Stages report={report} running={running} />
      {certificate && tlsFailed && (
        <div className="flex flex-col gap-3">
          <p>{t('servers.confirm_certificate')}</p>
          <CertificateBox certificate={certificate} />
          <Button variant="primary" className="self-start" onClick={() => onPin(certificate.fingerprint)}>
            {t('servers.trust_certificate')}
          </Button>
        </div>
      )}
      {insecure && (
        <p className="flex gap-2 rounded-card border border-warning/40 bg-warning/8 px-3 py-2 text-table">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning-text" aria-hidden />
          {t('servers.insecure_warning')}
        </p>
      )}
      {report && !running && !tlsFailed && <Findings report={report} />}
      {report && !running && !report.ok && !tlsFailed && <Again busy={running} onAgain={onAgain} />}
    </>
  )
}

function Again({ busy, onAgain }: { busy: boolean; onAgain: () => void }) {
  const { t } = useTranslation()
  return (
    <Button busy={busy} onClick={onAgain} className="self-start">
      {!busy && <RotateCw className="size-4" aria-hidden />}
      {t('servers.test_again')}
    </Button>
  )
}
