import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, ArrowLeftRight, CircleCheck, SearchX } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { LoadFailed } from '@/components/list-state'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { SelectField } from '@/components/ui/field'
import { Skeleton } from '@/components/ui/skeleton'
import {
  compareParts,
  countKinds,
  isScheduled,
  type PartDiff,
  type PartKind,
} from '@/features/config-snapshots/compare'
import { PartChange } from '@/features/config-snapshots/part-diff'
import { snapshotQuery } from '@/features/config-snapshots/queries'
import type { ConfigSnapshot } from '@/lib/api/types'
import { formatTime } from '@/lib/format'

type ComparisonProps = {
  tenant: string
  server: string
  from: string
  to: string
  /** What can be chosen instead. */
  snapshots: readonly ConfigSnapshot[]
  onCompare: (from: string, to: string) => void
  onBack: () => void
}

/** So many paths are open at first; with more of them one looks for a path. */
const OPEN = 12
/** And so many are there without asking. */
const SHOWN = 100

/** What is otherwise in one snapshot than in another. */
export function Comparison({ tenant, server, from, to, snapshots, onCompare, onBack }: ComparisonProps) {
  const { t } = useTranslation()
  const before = useQuery(snapshotQuery(tenant, server, from))
  const after = useQuery(snapshotQuery(tenant, server, to))
  const parts = useMemo(
    () => before.data && after.data && compareParts(before.data.parts, after.data.parts),
    [before.data, after.data],
  )
  const failing = before.isError ? before : after
  return (
    <div className="flex flex-col gap-4">
      <BackButton onBack={onBack} />
      <h2 className="font-semibold">{t('configuration.comparison')}</h2>
      <div className="flex flex-wrap items-end gap-3">
        <Side label={t('configuration.before')} value={from} snapshots={snapshots} onChange={id => onCompare(id, to)} />
        <Button
          size="icon"
          variant="ghost"
          aria-label={t('configuration.swap')}
          title={t('configuration.swap')}
          className="mb-0.5"
          onClick={() => onCompare(to, from)}
        >
          <ArrowLeftRight className="size-4" aria-hidden />
        </Button>
        <Side label={t('configuration.after')} value={to} snapshots={snapshots} onChange={id => onCompare(from, id)} />
      </div>
      {failing.isError ? (
        <LoadFailed
          title={t('configuration.one_failed')}
          error={failing.error}
          busy={failing.isFetching}
          onRetry={() => void failing.refetch()}
        />
      ) : parts ? (
        <Parts key={`${from} ${to}`} parts={parts} />
      ) : (
        <PartsSkeleton />
      )}
    </div>
  )
}

export function BackButton({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation()
  return (
    <Button variant="ghost" size="sm" className="-ml-2 w-fit" onClick={onBack}>
      <ArrowLeft className="size-4" aria-hidden />
      {t('configuration.all')}
    </Button>
  )
}

type SideProps = { label: string; value: string; snapshots: readonly ConfigSnapshot[]; onChange: (id: string) => void }

function Side({ label, value, snapshots, onChange }: SideProps) {
  const { t, i18n } = useTranslation()
  return (
    <div className="min-w-0 flex-1 basis-60 sm:max-w-80">
      <SelectField label={label} value={value} onChange={event => onChange(event.target.value)}>
        {!snapshots.some(one => one.id === value) && <option value={value}>{t('configuration.older')}</option>}
        {snapshots.map(({ id, created_at, taken_by, changed }) => (
          <option key={id} value={id}>
            {[
              formatTime(created_at, i18n.language),
              isScheduled(taken_by) ? t('configuration.by_schedule') : taken_by,
              ...(changed ? [t('configuration.changed')] : []),
            ].join(' · ')}
          </option>
        ))}
      </SelectField>
    </div>
  )
}

const TOLD: readonly PartKind[] = ['changed', 'added', 'removed', 'unread', 'same']

function Parts({ parts }: { parts: PartDiff[] }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [all, setAll] = useState(false)
  const [same, setSame] = useState(false)
  const counts = countKinds(parts)
  const told = TOLD.filter(kind => counts[kind] > 0).map(kind =>
    t(`configuration.count_${kind}`, { count: counts[kind] }),
  )
  const wanted = search.trim().toLowerCase()
  const fits = ({ path, lines }: PartDiff) =>
    path.toLowerCase().includes(wanted) ||
    lines.some(line => line.kind !== 'same' && line.text.toLowerCase().includes(wanted))
  const found = wanted === '' ? parts : parts.filter(fits)
  const changed = found.filter(part => part.kind !== 'same')
  const rest = found.filter(part => part.kind === 'same')
  const shown = all ? changed : changed.slice(0, SHOWN)
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p role="status" className="nums text-muted">
          {told.join(' · ')}
        </p>
        {parts.length > 8 && (
          <div className="ml-auto max-md:w-full">
            <SearchBox text={search} onText={setSearch} label={t('configuration.search')} className="w-72" />
          </div>
        )}
      </div>
      {parts.every(part => part.kind === 'same') && (
        <FullState
          icon={<CircleCheck aria-hidden />}
          title={t('configuration.no_change')}
          hint={t('configuration.no_change_hint')}
          className="py-8"
        />
      )}
      {found.length === 0 && (
        <FullState
          icon={<SearchX aria-hidden />}
          title={t('explorer.none_found')}
          action={<Button onClick={() => setSearch('')}>{t('list.clear')}</Button>}
          className="py-8"
        />
      )}
      <PartList label={t('configuration.changes')}>
        {shown.map((part, index) => (
          <PartChange key={part.path} part={part} open={index < OPEN} />
        ))}
      </PartList>
      {shown.length < changed.length && (
        <Button className="w-fit" onClick={() => setAll(true)}>
          {t('configuration.show_rest', { count: changed.length - shown.length })}
        </Button>
      )}
      {rest.length > 0 && (
        <Button variant="ghost" className="w-fit" aria-expanded={same} onClick={() => setSame(!same)}>
          {t(same ? 'configuration.hide_same' : 'configuration.show_same', { count: rest.length })}
        </Button>
      )}
      {same && (
        <PartList label={t('configuration.kind_same')}>
          {rest.map(part => (
            <PartChange key={part.path} part={part} open={false} />
          ))}
        </PartList>
      )}
    </>
  )
}

export function PartList({ label, children }: { label: string; children: ReactNode[] }) {
  if (children.length === 0) return null
  return (
    <ul aria-label={label} className="flex min-w-0 flex-col gap-2">
      {children}
    </ul>
  )
}

export function PartsSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col gap-2">
      <span className="sr-only">{t('common.loading')}</span>
      <Skeleton className="h-5 w-64" />
      <Skeleton className="h-40 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  )
}
