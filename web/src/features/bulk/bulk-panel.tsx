import { useInfiniteQuery } from '@tanstack/react-query'
import { ListChecks } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { LoadMore } from '@/components/list-state'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { Spinner } from '@/components/ui/spinner'
import { BulkDetail } from '@/features/bulk/bulk-detail'
import { BulkBar } from '@/features/bulk/bulk-state'
import { doneOf, totalOf } from '@/features/bulk/plan'
import { bulksQuery } from '@/features/bulk/queries'
import { useBulkText } from '@/features/bulk/use-bulk-text'
import type { BulkAction } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatRelative } from '@/lib/format'
import { setDrawer, useDrawer } from '@/lib/task-drawer'

/** Actions on many guests, and how each guest of the chosen one fares. */
export function BulkPanel({ tenant, slug }: { tenant: string; slug: string }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(bulksQuery(tenant))
  const { bulk: chosen } = useDrawer()
  const bulks = query.data?.pages.flatMap(page => page.bulks) ?? []
  return (
    <div className="flex min-h-0 flex-1">
      <div
        className={cn(
          'w-80 shrink-0 overflow-y-auto border-r max-md:w-full max-md:border-r-0',
          chosen && 'max-md:hidden',
        )}
      >
        {query.isPending && (
          <div role="status" className="flex flex-col gap-3 p-4">
            <span className="sr-only">{t('common.loading')}</span>
            <Skeleton className="h-8" />
            <Skeleton className="h-8" />
          </div>
        )}
        {query.isError && (
          <ErrorNote
            error={query.error}
            className="m-3"
            action={
              <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
                {t('common.try_again')}
              </Button>
            }
          />
        )}
        {query.isSuccess && bulks.length === 0 && (
          <p className="flex items-start gap-2 px-4 py-3 text-muted">
            <ListChecks className="mt-0.5 size-4 shrink-0" aria-hidden />
            {t('bulk.none_yet')}
          </p>
        )}
        <ul aria-label={t('bulk.title')}>
          {bulks.map(bulk => (
            <li key={bulk.id}>
              <Entry bulk={bulk} current={bulk.id === chosen} />
            </li>
          ))}
        </ul>
        <LoadMore query={query} />
      </div>
      {chosen ? (
        <BulkDetail key={chosen} tenant={tenant} slug={slug} bulk={chosen} />
      ) : (
        <p className="px-4 py-3 text-muted max-md:hidden">{bulks.length > 0 && t('bulk.choose')}</p>
      )}
    </div>
  )
}

function Entry({ bulk, current }: { bulk: BulkAction; current: boolean }) {
  const { t, i18n } = useTranslation()
  const text = useBulkText()
  const now = useNow(10_000)
  const running = bulk.state === 'running' || bulk.state === 'stopping'
  return (
    <button
      type="button"
      aria-current={current || undefined}
      onClick={() => setDrawer({ bulk: bulk.id })}
      className={cn(
        'flex w-full flex-col gap-1.5 border-b px-4 py-2 text-left text-table -outline-offset-2 hover:bg-hover',
        current && 'bg-primary/12',
      )}
    >
      <span className="flex w-full items-center gap-2">
        {running && <Spinner className="shrink-0 text-primary-text" />}
        <span className="min-w-0 flex-1 truncate font-medium">{text(bulk)}</span>
        <span className="nums shrink-0 text-muted">
          {doneOf(bulk.counts)} / {totalOf(bulk.counts)}
        </span>
      </span>
      <BulkBar counts={bulk.counts} label={text(bulk)} />
      <span className="truncate text-muted text-xs">
        {bulk.user_name} · {formatRelative(Date.parse(bulk.created_at), now, i18n.language)}
        {bulk.state === 'stopped' && ` · ${t('bulk.state_stopped')}`}
      </span>
    </button>
  )
}
