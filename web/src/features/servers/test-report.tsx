import { Check, CircleDashed, ShieldAlert, ShieldCheck, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/ui/badge'
import { Spinner } from '@/components/ui/spinner'
import type { TestReport, TestStage } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatDate, formatNumber } from '@/lib/format'

const STAGES: TestStage['stage'][] = ['resolve', 'connect', 'tls', 'api', 'permissions']

/** The stages of a check: under way (without a report) or as measured. */
export function Stages({ report, running }: { report: TestReport | undefined; running: boolean }) {
  const { t } = useTranslation()
  return (
    <ol aria-busy={running} className="flex flex-col gap-2.5">
      {STAGES.map(name => {
        const stage = running ? undefined : report?.stages.find(other => other.stage === name)
        return (
          <li key={name} className="flex gap-3">
            <span className="mt-0.5 grid size-4 shrink-0 place-items-center">
              <StageIcon stage={stage} running={running} />
            </span>
            <StageText stage={stage} label={t(`stage.${name}`)} />
          </li>
        )
      })}
    </ol>
  )
}

function StageIcon({ stage, running }: { stage: TestStage | undefined; running: boolean }) {
  const { t } = useTranslation()
  if (running) return <Spinner className="size-4 text-muted" />
  if (!stage || stage.skipped) return <CircleDashed aria-label={t('stage.skipped')} className="size-4 text-muted" />
  if (stage.ok) return <Check aria-label={t('stage.ok')} className="size-4 text-success-text" strokeWidth={2.5} />
  return <X aria-label={t('stage.failed')} className="size-4 text-destructive-text" strokeWidth={2.5} />
}

function StageText({ stage, label }: { stage: TestStage | undefined; label: string }) {
  const { i18n } = useTranslation()
  const failed = stage && !stage.ok && !stage.skipped
  return (
    <div className="min-w-0 flex-1">
      <div className="flex items-baseline justify-between gap-3">
        <span className={cn(stage?.skipped && 'text-muted', 'font-medium')}>{label}</span>
        {stage?.milliseconds != null && !stage.skipped && (
          <span className="nums shrink-0 text-muted text-table">
            {formatNumber(Math.max(1, Math.round(stage.milliseconds)), i18n.language)} ms
          </span>
        )}
      </div>
      {stage && !stage.skipped && stage.detail && (
        <div className={cn('break-words text-table', failed ? 'text-destructive-text' : 'text-muted')}>
          {stage.detail}
        </div>
      )}
      {failed && stage.remedy && <div className="break-words text-table">{stage.remedy}</div>}
    </div>
  )
}

/** The certificate that the server showed. */
export function CertificateBox({ certificate }: { certificate: NonNullable<TestReport['certificate']> }) {
  const { t, i18n } = useTranslation()
  const Icon = certificate.trusted ? ShieldCheck : ShieldAlert
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 rounded-card border bg-surface p-3 text-table">
      <dt className="col-span-2 flex items-center gap-2 font-medium">
        <Icon className={cn('size-4', certificate.trusted ? 'text-success-text' : 'text-warning-text')} aria-hidden />
        {certificate.trusted ? t('certificate.trusted') : t('certificate.untrusted')}
      </dt>
      <dt className="text-muted">{t('certificate.subject')}</dt>
      <dd className="break-words">{certificate.subject}</dd>
      <dt className="text-muted">{t('certificate.issuer')}</dt>
      <dd className="break-words">{certificate.issuer}</dd>
      <dt className="text-muted">{t('certificate.until')}</dt>
      <dd>{formatDate(certificate.not_after, i18n.language)}</dd>
      <dt className="text-muted">{t('certificate.fingerprint')}</dt>
      <dd className="select-all break-all font-mono text-xs/[1.125rem]">{certificate.fingerprint}</dd>
    </dl>
  )
}

/** What was found, and which features the token is enough for. */
export function Findings({ report }: { report: TestReport }) {
  const { t } = useTranslation()
  const facts = [
    report.version && t('findings.version', { version: report.version }),
    report.nodes != null && t('findings.nodes', { count: report.nodes }),
    report.address,
  ].filter(Boolean)
  return (
    <div className="flex flex-col gap-2 text-table">
      {facts.length > 0 && <p className="nums">{facts.join(' · ')}</p>}
      <ul className="flex flex-wrap gap-1.5">
        {report.doctor?.features.map(feature => (
          <li key={feature.feature}>
            <Badge tone={feature.missing.length === 0 ? 'success' : 'warning'}>
              {feature.missing.length === 0 ? (
                <Check className="size-3.5" aria-hidden />
              ) : (
                <X className="size-3.5" aria-hidden />
              )}
              {t(`feature.${feature.feature}`)}
            </Badge>
          </li>
        ))}
      </ul>
      {report.doctor?.features
        .filter(feature => feature.missing.length > 0)
        .map(feature => (
          <p key={feature.feature} className="text-muted">
            {t('findings.missing', {
              feature: t(`feature.${feature.feature}`),
              privileges: feature.missing.join(', '),
            })}
          </p>
        ))}
    </div>
  )
}
