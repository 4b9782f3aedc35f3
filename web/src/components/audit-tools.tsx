import { useMutation, useQuery } from '@tanstack/react-query'
import { Download, ShieldAlert, ShieldCheck } from 'lucide-react'
import { type ReactNode, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useAuditActionText } from '@/components/audit-entries'
import { ErrorNote } from '@/components/error-note'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Menu, MenuItem } from '@/components/ui/menu'
import { type AuditPlace, auditActionsQuery, auditExportUrl, verifyAudit } from '@/lib/api/audit-queries'
import type { AuditVerified } from '@/lib/api/types'
import {
  AUDIT_OUTCOMES,
  AUDIT_RANGES,
  type AuditFilter,
  type AuditRange,
  DEFAULT_RANGE,
  hasAuditFilter,
  trimFilter,
} from '@/lib/audit-filter'
import { formatNumber } from '@/lib/format'

type BarProps = { place: AuditPlace; filter: AuditFilter; onFilter: (filter: AuditFilter) => void }

const select =
  'h-8 max-w-full rounded-control border border-input bg-background px-2 text-table max-md:h-10 max-md:flex-1 max-md:basis-36'

export function AuditFilterBar({ place, filter, onFilter }: BarProps) {
  const { t } = useTranslation()
  const change = useCallback(
    (values: Partial<AuditFilter>) => onFilter(trimFilter({ ...filter, ...values })),
    [filter, onFilter],
  )
  const onText = useCallback((q: string) => change({ q }), [change])
  const onActor = useCallback((actor: string) => change({ actor }), [change])
  const range = filter.range ?? DEFAULT_RANGE
  return (
    <div className="flex flex-wrap items-center gap-2 px-6 pb-3 max-md:px-4">
      <SearchBox text={filter.q ?? ''} onText={onText} label={t('audit.search')} className="w-60" />
      <SearchBox text={filter.actor ?? ''} onText={onActor} label={t('audit.person')} className="w-44" />
      <select
        aria-label={t('audit.range')}
        value={range}
        onChange={event => change({ range: event.target.value as AuditRange, from: undefined, to: undefined })}
        className={select}
      >
        {AUDIT_RANGES.map(value => (
          <option key={value} value={value}>
            {t(`audit.range_${value}`)}
          </option>
        ))}
      </select>
      {range === 'custom' && <Days filter={filter} change={change} />}
      <ActionSelect place={place} filter={filter} change={change} />
      <select
        aria-label={t('audit.outcome')}
        value={filter.outcome ?? ''}
        onChange={event => change({ outcome: (event.target.value || undefined) as AuditFilter['outcome'] })}
        className={select}
      >
        <option value="">{t('audit.outcome_any')}</option>
        {AUDIT_OUTCOMES.map(value => (
          <option key={value} value={value}>
            {t(`audit.outcome_${value}`)}
          </option>
        ))}
      </select>
      {hasAuditFilter(filter) && (
        <Button size="sm" variant="ghost" onClick={() => onFilter(trimFilter({ range: filter.range }))}>
          {t('audit.clear')}
        </Button>
      )}
    </div>
  )
}

type ChangeProps = { filter: AuditFilter; change: (values: Partial<AuditFilter>) => void }

function Days({ filter, change }: ChangeProps) {
  const { t } = useTranslation()
  return (
    <>
      <input
        type="date"
        aria-label={t('audit.from')}
        value={filter.from ?? ''}
        max={filter.to}
        onChange={event => change({ from: event.target.value || undefined })}
        className={select}
      />
      <span aria-hidden className="text-muted max-md:hidden">
        –
      </span>
      <input
        type="date"
        aria-label={t('audit.to')}
        value={filter.to ?? ''}
        min={filter.from}
        onChange={event => change({ to: event.target.value || undefined })}
        className={select}
      />
    </>
  )
}

function ActionSelect({ place, filter, change }: ChangeProps & { place: AuditPlace }) {
  const { t } = useTranslation()
  const actionText = useAuditActionText()
  const { data } = useQuery(auditActionsQuery(place))
  const actions = new Set(data?.actions)
  if (filter.action) actions.add(filter.action)
  return (
    <select
      aria-label={t('audit.action')}
      value={filter.action ?? ''}
      onChange={event => change({ action: event.target.value })}
      className={select}
    >
      <option value="">{t('audit.action_any')}</option>
      {[...actions].map(action => (
        <option key={action} value={action}>
          {actionText(action)}
        </option>
      ))}
    </select>
  )
}

/** Files with all that the filter shows. The browser downloads them by itself, however long they are. */
export function AuditExport({ place, filter }: { place: AuditPlace; filter: AuditFilter }) {
  const { t } = useTranslation()
  const go = (format: 'csv' | 'jsonl') => {
    const link = document.createElement('a')
    link.href = auditExportUrl(place, filter, format, Date.now())
    link.download = ''
    link.click()
  }
  return (
    <Menu
      label={t('audit.export')}
      trigger={
        <Button>
          <Download className="size-4" aria-hidden />
          {t('audit.export')}
        </Button>
      }
    >
      <MenuItem onSelect={() => go('csv')}>{t('audit.export_csv')}</MenuItem>
      <MenuItem onSelect={() => go('jsonl')}>{t('audit.export_jsonl')}</MenuItem>
    </Menu>
  )
}

/** Follows the chain of the log, and says whether it is whole. */
export function VerifyAudit({ place }: { place: AuditPlace }) {
  const { t } = useTranslation()
  const verify = useMutation({ mutationFn: () => verifyAudit(place) })
  return (
    <>
      <Button busy={verify.isPending} onClick={() => verify.mutate()}>
        {!verify.isPending && <ShieldCheck className="size-4" aria-hidden />}
        {t('audit.verify')}
      </Button>
      <Dialog
        open={verify.isSuccess || verify.isError}
        onOpenChange={open => !open && verify.reset()}
        title={t('audit.verify_title')}
        footer={<Button onClick={verify.reset}>{t('common.close')}</Button>}
      >
        {verify.error && <ErrorNote error={verify.error} />}
        {verify.data && <Verified result={verify.data} />}
      </Dialog>
    </>
  )
}

function Verified({ result }: { result: AuditVerified }) {
  const { t, i18n } = useTranslation()
  const count = formatNumber(result.entries, i18n.language)
  const words: ReactNode = (
    <>
      <p>{t('audit.verified_entries', { count: result.entries, shown: count })}</p>
      {result.checkpoint != null && (
        <p className="mt-1 text-muted">
          {t('audit.verified_checkpoint', { entry: formatNumber(result.checkpoint, i18n.language) })}
        </p>
      )}
    </>
  )
  if (result.whole) {
    return (
      <div className="flex gap-3">
        <ShieldCheck className="size-5 shrink-0 text-success-text" aria-hidden />
        <div>
          <p className="font-medium">{t('audit.whole')}</p>
          {words}
        </div>
      </div>
    )
  }
  return (
    <div role="alert" className="flex gap-3">
      <ShieldAlert className="size-5 shrink-0 text-destructive-text" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium text-destructive-text">{t('audit.broken')}</p>
        {result.problem && <p className="mt-1 break-words">{result.problem}</p>}
        <div className="mt-2 text-muted">{words}</div>
        <p className="mt-2">{t('audit.broken_hint')}</p>
      </div>
    </div>
  )
}
