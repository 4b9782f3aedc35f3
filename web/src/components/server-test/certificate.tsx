import { ShieldAlert, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { Button } from '@/components/ui/button'
import type { Certificate } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDate } from '@/lib/format'

/** The certificate that the server showed. */
export function CertificateBox({ certificate }: { certificate: Certificate }) {
  const { t } = useTranslation()
  const Icon = certificate.trusted ? ShieldCheck : ShieldAlert
  return (
    <section className="flex flex-col gap-2 rounded-card border bg-surface p-3 text-table">
      <h3 className="flex items-center gap-2 font-medium">
        <Icon className={cn('size-4', certificate.trusted ? 'text-success-text' : 'text-warning-text')} aria-hidden />
        {certificate.trusted ? t('certificate.trusted') : t('certificate.untrusted')}
      </h3>
      <Facts certificate={certificate}>
        <dt className="text-muted">{t('certificate.fingerprint')}</dt>
        <dd className="select-all break-all font-mono text-xs/[1.125rem]">{certificate.fingerprint}</dd>
      </Facts>
    </section>
  )
}

/** A certificate that nobody has confirmed yet, or that is another than before: the person compares and decides. */
export function ConfirmCertificate({
  certificate,
  onTrust,
}: {
  certificate: Certificate
  onTrust: ((fingerprint: string) => void) | undefined
}) {
  const { t } = useTranslation()
  const { changed, expected_fingerprint: expected, fingerprint } = certificate
  return (
    <section className="flex flex-col gap-3 rounded-card border border-warning/50 bg-warning/8 p-4">
      <h3 className="flex items-center gap-2 font-semibold">
        <ShieldAlert className="size-4 shrink-0 text-warning-text" aria-hidden />
        {changed ? t('certificate.changed') : t('certificate.unknown')}
      </h3>
      <p className="text-table">{changed ? t('certificate.changed_text') : t('certificate.unknown_text')}</p>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        {expected && <Fingerprint label={t('certificate.expected')} text={expected} quiet />}
        <Fingerprint label={expected ? t('certificate.shown') : t('certificate.fingerprint')} text={fingerprint} />
        <div className="min-w-0 flex-1 basis-56">
          <Facts certificate={certificate} />
        </div>
      </div>
      <div className="flex flex-col gap-1.5 text-table">
        {t('certificate.compare')}
        <Commands text="pvenode cert info" label={t('servers.copy_command', { command: 'pvenode cert info' })} />
      </div>
      {onTrust ? (
        <Button variant="primary" className="self-start" onClick={() => onTrust(fingerprint)}>
          {changed ? t('servers.trust_new_certificate') : t('servers.trust_certificate')}
        </Button>
      ) : (
        <p className="text-muted text-table">{t('certificate.trust_forbidden')}</p>
      )}
    </section>
  )
}

/** Four lines of eight pairs, large enough to be compared with another screen. */
function Fingerprint({ label, text, quiet }: { label: string; text: string; quiet?: boolean }) {
  return (
    <div className={cn('rounded-card border bg-raised px-3 py-2.5', quiet && 'text-muted')}>
      <div className="mb-1 text-muted text-xs">{label}</div>
      <div className="w-[24ch] max-w-full select-all break-all font-mono text-[0.9375rem]/6">{text}</div>
    </div>
  )
}

function Facts({ certificate, children }: { certificate: Certificate; children?: ReactNode }) {
  const { t, i18n } = useTranslation()
  const now = useNow(60_000)
  const over = Date.parse(certificate.not_after) < now
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 text-table">
      <dt className="text-muted">{t('certificate.subject')}</dt>
      <dd className="break-words">{certificate.subject}</dd>
      <dt className="text-muted">{t('certificate.issuer')}</dt>
      <dd className="break-words">{certificate.issuer}</dd>
      <dt className="text-muted">{t('certificate.until')}</dt>
      <dd className={cn(over && 'font-medium text-destructive-text')}>
        {formatDate(certificate.not_after, i18n.language)}
        {over && ` · ${t('certificate.expired')}`}
      </dd>
      {children}
    </dl>
  )
}
