import { useInfiniteQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { LoadMore } from '@/components/list-state'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { AssignmentActions, RightChips, UntilCell } from '@/features/assignments/assignment-parts'
import { type AssignmentFilter, assignmentsQuery } from '@/features/assignments/queries'
import { useAsking } from '@/features/assignments/use-asking'
import type { Assignment, Tenant } from '@/lib/api/types'

type PanelProps = {
  tenant: Tenant
  filter: AssignmentFilter
  title: string
  empty: string
  onAdd: () => void
  /** What a row is called: the guest of a person's rights, the person of a guest's. */
  face: (assignment: Assignment) => ReactNode
  /** Why it holds here although it was given elsewhere; it is changed where it was given. */
  through: (assignment: Assignment) => string | null
}

/** The assignments of one person or one guest, in a panel. */
export function AccessPanel({ tenant, filter, title, empty, onAdd, face, through }: PanelProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(assignmentsQuery(tenant.id, filter))
  const { dialog, ...ask } = useAsking(tenant.id)
  const list = query.data?.pages.flatMap(page => page.assignments)
  const manage = tenant.may.manage_members
  return (
    <section aria-label={title}>
      <div className="mb-2 flex min-h-8 items-center justify-between gap-2">
        <h3 className="font-medium">{title}</h3>
        {manage && (
          <Button size="sm" onClick={onAdd}>
            <Plus className="size-4" aria-hidden />
            {t('assignments.add')}
          </Button>
        )}
      </div>
      {query.isPending && (
        <div role="status" className="flex flex-col gap-2">
          <span className="sr-only">{t('common.loading')}</span>
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
        </div>
      )}
      {query.isError && !list && (
        <ErrorNote
          error={query.error}
          action={
            <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
              {t('common.try_again')}
            </Button>
          }
        />
      )}
      {list?.length === 0 && <p className="rounded-card border border-dashed px-3 py-4 text-muted">{empty}</p>}
      {list && list.length > 0 && (
        <ul className="flex flex-col gap-2">
          {list.map(assignment => {
            const reason = through(assignment)
            return (
              <li key={assignment.id} className="rounded-card border bg-raised px-3 py-2.5 text-table">
                <div className="flex items-start gap-2">
                  <div className="min-w-0 flex-1">{face(assignment)}</div>
                  {manage && !reason && <AssignmentActions assignment={assignment} {...ask} />}
                </div>
                <div className="mt-2 flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5">
                  <RightChips rights={assignment.permissions} />
                  {(assignment.until || assignment.asleep) && <UntilCell assignment={assignment} />}
                </div>
                {reason && <p className="mt-1.5 text-muted text-xs">{reason}</p>}
              </li>
            )
          })}
        </ul>
      )}
      <LoadMore query={query} />
      {dialog}
    </section>
  )
}
