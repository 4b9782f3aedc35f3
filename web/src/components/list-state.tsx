import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, useErrorText } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { cn } from '@/lib/cn'

/** The states that every list has: coming, failed, and more of it. */

/** Rows of the height of those that come. */
export function ListSkeleton({ rows = 6, round }: { rows?: number; round?: boolean }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="border-t">
      <span className="sr-only">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
        <div key={row} className="flex h-12 items-center gap-4 border-b px-6 max-md:px-4">
          {round && <Skeleton className="size-7 shrink-0 rounded-full" />}
          <Skeleton className="h-3.5 w-40" />
          <Skeleton className="h-3.5 w-24 max-md:hidden" />
          <Skeleton className="h-3.5 flex-1" />
        </div>
      ))}
    </div>
  )
}

type LoadFailedProps = { title: string; error: unknown; busy: boolean; onRetry: () => void }

export function LoadFailed({ title, error, busy, onRetry }: LoadFailedProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  return (
    <FullState
      icon={<CircleAlert aria-hidden />}
      title={title}
      hint={errorText(error)}
      action={
        <Button variant="primary" busy={busy} onClick={onRetry}>
          {t('common.try_again')}
        </Button>
      }
    />
  )
}

type LoadMoreProps = {
  query: {
    hasNextPage: boolean
    isFetchingNextPage: boolean
    isFetchNextPageError: boolean
    error: unknown
    fetchNextPage: () => unknown
  }
}

/** The end of a list that has more; nothing when it has not. */
export function LoadMore({ query }: LoadMoreProps) {
  const { t } = useTranslation()
  if (!query.hasNextPage) return null
  return (
    <div className="flex flex-col items-center gap-3 p-4">
      {query.isFetchNextPageError && <ErrorNote error={query.error} />}
      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t('list.more')}
      </Button>
    </div>
  )
}

type ScrollAreaProps = { label: string; className?: string; children: ReactNode }

/** What scrolls by itself: reachable by keyboard also where nothing inside of it can be. */
export function ScrollArea({ label, className, children }: ScrollAreaProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of anything, not of form fields
    <div
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll what has the focus
      tabIndex={0}
      // What is hidden from the eye lies in here, not under the whole page, which would scroll then.
      className={cn('relative min-h-0 flex-1 overflow-auto -outline-offset-2', className)}
    >
      {children}
    </div>
  )
}

/** What a table's head looks like on every page. */
const headRow = 'h-9 [&>th]:whitespace-nowrap [&>th]:px-2 [&>th]:font-medium [&>th]:first:pl-6 [&>th]:last:pr-6'
export const bodyRow = 'h-12 border-b hover:bg-hover/70 [&>td]:px-2 [&>td]:first:pl-6 [&>td]:last:pr-6'

type ListTableProps = { label: string; head: ReactNode; children: ReactNode; after?: ReactNode; className?: string }

/** A table whose head stays in sight; it scrolls by itself. `head` is its `th`s, the children are rows. */
export function ListTable({ label, head, children, after, className }: ListTableProps) {
  return (
    <ScrollArea label={label} className="border-t">
      <table aria-label={label} className={cn('w-full text-table', className)}>
        <thead className="sticky top-0 z-10 bg-background text-left text-muted shadow-[inset_0_-1px_0_var(--color-border)]">
          <tr className={headRow}>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      {after}
    </ScrollArea>
  )
}

/** The same on phones: cards under each other. The children are `li`s of the class `card`. */
export function ListCards({ label, children, after }: { label: string; children: ReactNode; after?: ReactNode }) {
  return (
    <ScrollArea label={label} className="border-t">
      <ul aria-label={label} className="flex flex-col gap-3 p-4">
        {children}
      </ul>
      {after}
    </ScrollArea>
  )
}

export const card = 'flex min-w-0 flex-col gap-2 rounded-card border bg-raised p-3 text-table'
