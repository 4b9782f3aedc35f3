import { Check, RotateCw, X } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { CertificateBox, ConfirmCertificate } from '@/components/server-test/certificate'
import { DoctorReport } from '@/components/server-test/doctor'
import { isFailed, Stages } from '@/components/server-test/stages'
import { Button } from '@/components/ui/button'
import type { ServerTest, TestReport } from '@/lib/api/types'
import { formatMilliseconds } from '@/lib/format'

type ResultProps = {
  test: ServerTest | undefined
  error?: unknown
  running: boolean
  /** The person trusts this fingerprint from now on; left out where they may not decide it. */
  onTrust?: ((fingerprint: string) => void) | undefined
  /** The recommended timeout is taken over. */
  onTimeout?: ((seconds: number) => void) | undefined
  /** The timeout in force, in seconds. */
  timeout?: number | undefined
  onAgain?: (() => void) | undefined
}

/** What a test found, on each of the ways to the server. */
export function ServerTestResult({ test, error, running, onAgain, ...decisions }: ResultProps) {
  const { t } = useTranslation()
  const again = onAgain && !running && (
    <Button onClick={onAgain} className="self-start">
      <RotateCw className="size-4" aria-hidden />
      {t('servers.test_again')}
    </Button>
  )
  if (error && !running)
    return (
      <>
        <ErrorNote error={error} />
        {again}
      </>
    )
  const reports = test?.reports ?? []
  if (running || reports.length === 0) return <Stages report={undefined} running={running} />
  return (
    <>
      {reports.length > 1 ? (
        <ByWay reports={reports} {...decisions} />
      ) : (
        reports.map(one => <Report key={one.way} report={one} {...decisions} />)
      )}
      {!test?.ok && !needsTrust(test) && again}
    </>
  )
}

type Decisions = Pick<ResultProps, 'onTrust' | 'onTimeout' | 'timeout'>

/** The certificate that stands between this test and the next, if there is one. */
function untrusted(report: TestReport): TestReport['certificate'] {
  return report.stages.some(stage => stage.stage === 'tls' && isFailed(stage)) ? report.certificate : null
}

function needsTrust(test: ServerTest | undefined): boolean {
  return test?.reports.some(report => untrusted(report)) ?? false
}

function ByWay({ reports, ...decisions }: { reports: TestReport[] } & Decisions) {
  const { t } = useTranslation()
  // The way that needs somebody comes first to the eye.
  const [way, setWay] = useState<string>((reports.find(report => !report.ok) ?? reports[0])?.way ?? 'direct')
  return (
    <Tabs.Root value={way} onValueChange={setWay} className="flex flex-col gap-4">
      <Tabs.List aria-label={t('servers.ways')} className="flex gap-1 border-b">
        {reports.map(report => (
          <Tabs.Trigger
            key={report.way}
            value={report.way}
            className="-mb-px flex h-9 items-center gap-1.5 border-transparent border-b-2 px-2 font-medium text-muted -outline-offset-2 hover:text-text data-[state=active]:border-primary data-[state=active]:text-text max-md:h-11"
          >
            {report.ok ? (
              <Check aria-label={t('stage.ok')} className="size-4 text-success-text" strokeWidth={2.5} />
            ) : (
              <X aria-label={t('stage.failed')} className="size-4 text-destructive-text" strokeWidth={2.5} />
            )}
            {t(`way.${report.way}`)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {reports.map(report => (
        <Tabs.Content
          key={report.way}
          value={report.way}
          className="flex flex-col gap-5 focus:outline-none"
          tabIndex={-1}
        >
          <Report report={report} {...decisions} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}

function Report({ report, onTrust, ...timeout }: { report: TestReport } & Decisions) {
  const asked = untrusted(report)
  return (
    <>
      <Stages report={report} running={false} />
      {asked && <ConfirmCertificate certificate={asked} onTrust={onTrust} />}
      <Findings report={report} {...timeout} />
      {report.doctor && <DoctorReport doctor={report.doctor} />}
      {report.certificate && !asked && <CertificateBox certificate={report.certificate} />}
    </>
  )
}

function Findings({ report, onTimeout, timeout }: { report: TestReport } & Omit<Decisions, 'onTrust'>) {
  const { t, i18n } = useTranslation()
  const total = report.stages.reduce((sum, stage) => sum + (stage.milliseconds ?? 0), 0)
  const seconds = report.recommended_timeout_seconds
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-table">
      {report.version && (
        <Fact name={t('findings.version_name')}>{t('findings.version', { version: report.version })}</Fact>
      )}
      {report.nodes != null && <Fact name={t('findings.nodes_name')}>{report.nodes}</Fact>}
      {report.address && (
        <Fact name={t('findings.address')}>
          <span className="select-all break-all font-mono">{report.address}</span>
        </Fact>
      )}
      <Fact name={t('findings.way')}>
        {t(`way.${report.way}`)} · {t('findings.attempts', { count: report.attempts })}
      </Fact>
      <Fact name={t('findings.total')}>{formatMilliseconds(total, i18n.language)}</Fact>
      {seconds != null && (
        <Fact name={t('findings.timeout')}>
          <span className="flex flex-wrap items-center gap-2">
            {t('findings.seconds', { count: seconds })}
            {onTimeout &&
              (timeout === seconds ? (
                <span className="inline-flex items-center gap-1 text-success-text">
                  <Check className="size-4" aria-hidden />
                  {t('findings.timeout_used')}
                </span>
              ) : (
                <Button size="sm" onClick={() => onTimeout(seconds)}>
                  {t('findings.use_timeout')}
                </Button>
              ))}
          </span>
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="nums min-w-0">{children}</dd>
    </>
  )
}
