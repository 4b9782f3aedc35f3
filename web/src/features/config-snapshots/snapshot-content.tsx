import { useQuery } from '@tanstack/react-query'
import { ChevronRight, Download, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { JsonTree } from '@/components/json-tree'
import { LoadFailed } from '@/components/list-state'
import { SearchBox } from '@/components/search-box'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { failed, isScheduled } from '@/features/config-snapshots/compare'
import { BackButton, PartList, PartsSkeleton } from '@/features/config-snapshots/comparison'
import { Outcome } from '@/features/config-snapshots/part-diff'
import { snapshotQuery } from '@/features/config-snapshots/queries'
import type { ConfigPart, ConfigSnapshotDetail } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatTime } from '@/lib/format'
import { saveFile } from '@/lib/save-file'

type ContentProps = { tenant: string; server: string; snapshot: string; onBack: () => void }

/** What one snapshot holds, path by path. */
export function SnapshotContent({ tenant, server, snapshot, onBack }: ContentProps) {
  const { t } = useTranslation()
  const query = useQuery(snapshotQuery(tenant, server, snapshot))
  return (
    <div className="flex flex-col gap-4">
      <BackButton onBack={onBack} />
      {query.isPending && <PartsSkeleton />}
      {query.isError && !query.data && (
        <LoadFailed
          title={t('configuration.one_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data && <Content detail={query.data} />}
    </div>
  )
}

function Content({ detail: { snapshot, parts } }: { detail: ConfigSnapshotDetail }) {
  const { t, i18n } = useTranslation()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = wanted === '' ? parts : parts.filter(part => textOf(part).includes(wanted))
  const time = formatTime(snapshot.created_at, i18n.language)
  const save = () =>
    saveFile(
      `configuration-${snapshot.created_at.slice(0, 19).replaceAll(':', '-')}.json`,
      JSON.stringify(Object.fromEntries(parts.map(part => [part.path, part.data ?? null])), null, 2),
      'application/json',
    )
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="nums font-semibold">{t('configuration.of_time', { time })}</h2>
          <p className="nums text-muted text-table">
            {t('configuration.path_count', { count: parts.length })} ·{' '}
            {isScheduled(snapshot.taken_by) ? t('configuration.by_schedule') : snapshot.taken_by}
          </p>
        </div>
        <SearchBox text={search} onText={setSearch} label={t('configuration.search')} className="w-72" />
        <Button onClick={save}>
          <Download className="size-4" aria-hidden />
          {t('configuration.save')}
        </Button>
      </div>
      {found.length === 0 && (
        <FullState
          icon={<SearchX aria-hidden />}
          title={t('explorer.none_found')}
          action={<Button onClick={() => setSearch('')}>{t('list.clear')}</Button>}
          className="py-8"
        />
      )}
      <PartList label={t('configuration.content')}>
        {found.map(part => (
          <Part key={part.path} part={part} />
        ))}
      </PartList>
    </>
  )
}

const texts = new WeakMap<ConfigPart, string>()

/** What a search looks through; made once for each part. */
function textOf(part: ConfigPart): string {
  const known = texts.get(part) ?? `${part.path} ${JSON.stringify(part.data ?? null)}`.toLowerCase()
  texts.set(part, known)
  return known
}

function Part({ part }: { part: ConfigPart }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const nested = typeof part.data === 'object' && part.data !== null
  const empty = nested && Object.keys(part.data as object).length === 0
  return (
    <li className="min-w-0 overflow-hidden rounded-card border">
      <h3>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-10 w-full items-center gap-2 bg-surface px-3 py-1.5 text-left -outline-offset-2 hover:bg-hover"
        >
          <ChevronRight
            className={cn('size-4 shrink-0 text-muted transition-transform duration-[120ms]', open && 'rotate-90')}
            aria-hidden
          />
          <span className="min-w-0 flex-1 break-all font-mono text-table">{part.path}</span>
          {failed(part) && <Badge tone="warning">{t('configuration.kind_unread')}</Badge>}
        </button>
      </h3>
      {open && (
        <div className="border-t">
          {failed(part) ? (
            <div className="px-3 py-2.5 text-table">
              <Outcome part={part} />
            </div>
          ) : nested && !empty ? (
            <JsonTree label={part.path} value={part.data} className="max-h-96" />
          ) : (
            <p className="px-3 py-2.5 font-mono text-muted text-table">{JSON.stringify(part.data ?? null)}</p>
          )}
        </div>
      )}
    </li>
  )
}
