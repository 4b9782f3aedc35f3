import { useTranslation } from 'react-i18next'
import { Skeleton } from '@/components/ui/skeleton'

const ROWS = Array.from({ length: 12 }, (_, index) => index)

/** The size of what comes: filter bar, head and rows, or cards. */
export function GuestsSkeleton({ cards }: { cards: boolean }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex min-h-0 flex-1 flex-col overflow-hidden">
      <span className="sr-only">{t('common.loading')}</span>
      <div className="flex gap-2 px-6 pb-3 max-md:px-4">
        <Skeleton className="h-8 w-80 max-w-full max-md:h-10" />
        <Skeleton className="h-8 w-24 max-md:hidden" />
        <Skeleton className="h-8 w-24 max-md:hidden" />
      </div>
      <div className={cards ? 'hidden' : 'border-t max-md:hidden'}>
        {ROWS.map(row => (
          <div key={row} className="flex h-9 items-center gap-6 border-b px-6">
            <Skeleton className="h-3.5 w-20" />
            <Skeleton className="h-3.5 w-48" />
            <Skeleton className="h-3.5 w-12" />
            <Skeleton className="h-3.5 flex-1" />
            <Skeleton className="h-3.5 w-32" />
            <Skeleton className="h-3.5 w-32" />
          </div>
        ))}
      </div>
      <div
        className={
          cards
            ? 'grid grid-cols-[repeat(auto-fill,minmax(290px,1fr))] gap-4 border-t p-6 max-md:p-4'
            : 'grid gap-4 border-t p-4 md:hidden'
        }
      >
        {ROWS.slice(0, 6).map(row => (
          <Skeleton key={row} className="h-36" />
        ))}
      </div>
    </div>
  )
}
