import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Spinner } from '@/components/ui/spinner'
import { doneOf, totalOf } from '@/features/bulk/plan'
import { bulksQuery } from '@/features/bulk/queries'
import { useBulkText } from '@/features/bulk/use-bulk-text'
import { useBulkToasts } from '@/features/bulk/use-bulk-toasts'
import type { BulkAction } from '@/lib/api/types'
import { setDrawer } from '@/lib/task-drawer'

/** The action on many guests that runs, in the line of the closed drawer. Says when one has ended with failures. */
export function BulkLine({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  const text = useBulkText()
  const { data } = useInfiniteQuery(bulksQuery(tenant))
  const bulks = data?.pages[0]?.bulks
  useBulkToasts(bulks)
  const bulk = bulks?.find((one: BulkAction) => !one.ended_at)
  if (!bulk) return null
  return (
    <button
      type="button"
      onClick={() => setDrawer({ open: true, tab: 'bulk', bulk: bulk.id })}
      className="mr-2 flex h-7 min-w-0 shrink-0 items-center gap-2 rounded-control bg-primary/12 px-2.5 text-primary-text text-table hover:bg-primary/20"
    >
      <Spinner className="shrink-0" />
      <span className="max-w-56 truncate font-medium max-md:sr-only">{text(bulk)}</span>
      <span className="nums shrink-0">
        {t('bulk.progress', { done: doneOf(bulk.counts), total: totalOf(bulk.counts) })}
      </span>
    </button>
  )
}
