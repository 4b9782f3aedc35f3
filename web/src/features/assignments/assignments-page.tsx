import { useInfiniteQuery } from '@tanstack/react-query'
import { FileUp, KeyRound, Plus, SearchX } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CsvImportDialog } from '@/components/csv-import'
import { FullState } from '@/components/full-state'
import { bodyRow, card, ListCards, ListSkeleton, ListTable, LoadFailed, LoadMore } from '@/components/list-state'
import { Page } from '@/components/page'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { AddAssignmentDialog } from '@/features/assignments/add-dialog'
import {
  AssignmentActions,
  RightChips,
  SubjectCell,
  TargetCell,
  UntilCell,
} from '@/features/assignments/assignment-parts'
import { assignmentsQuery, useImportAssignments } from '@/features/assignments/queries'
import { inState, type StateFilter } from '@/features/assignments/rights'
import { useAsking } from '@/features/assignments/use-asking'
import type { Assignment, Tenant } from '@/lib/api/types'
import { useMediaQuery } from '@/lib/use-media-query'

export const ASSIGNMENT_STATES = ['all', 'asleep', 'expired'] as const

type PageProps = {
  tenant: Tenant
  search: string
  state: StateFilter
  onSearch: (text: string) => void
  onState: (state: StateFilter) => void
}

const EXAMPLE =
  'email,server,vmid,pool,tag,permissions,until\nanna@example.org,Frankfurt,105,,,console power,2027-07-31\nben@example.org,,,class-a,,console,'

/** Everything that was given to anybody, in one table. */
export function AssignmentsPage({ tenant, search, state, onSearch, onState }: PageProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(assignmentsQuery(tenant.id, search ? { q: search } : {}))
  const [adding, setAdding] = useState(false)
  const [importing, setImporting] = useState(false)
  const run = useImportAssignments(tenant.id)
  const loaded = query.data?.pages.flatMap(page => page.assignments)
  const shown = loaded?.filter(assignment => inState(assignment, state))
  const manage = tenant.may.manage_members
  const filtered = search !== '' || state !== 'all'
  return (
    <Page
      title={t('assignments.title')}
      actions={
        manage && (
          <>
            <Button onClick={() => setImporting(true)}>
              <FileUp className="size-4" aria-hidden />
              <span className="max-sm:sr-only">{t('csv.open')}</span>
            </Button>
            <Button variant="primary" onClick={() => setAdding(true)}>
              <Plus className="size-4" aria-hidden />
              {t('assignments.add')}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-wrap items-center gap-2 px-6 pb-3 max-md:px-4">
        <SearchBox text={search} onText={onSearch} label={t('assignments.search')} />
        <select
          aria-label={t('assignments.state')}
          value={state}
          onChange={event => onState(event.target.value as StateFilter)}
          className="h-8 rounded-control border border-input bg-background px-2 text-table max-md:h-10"
        >
          {ASSIGNMENT_STATES.map(value => (
            <option key={value} value={value}>
              {t(`assignments.state_${value}`)}
            </option>
          ))}
        </select>
      </div>
      {query.isPending && <ListSkeleton round />}
      {query.isError && !loaded && (
        <LoadFailed
          title={t('assignments.load_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {shown?.length === 0 && filtered && (
        <FullState
          icon={<SearchX aria-hidden />}
          title={t('assignments.no_match')}
          hint={query.hasNextPage ? t('assignments.more_unseen') : undefined}
          action={
            <Button
              onClick={() => {
                onSearch('')
                onState('all')
              }}
            >
              {t('assignments.clear')}
            </Button>
          }
          className="border-t"
        />
      )}
      {shown?.length === 0 && !filtered && (
        <FullState
          icon={<KeyRound aria-hidden />}
          title={t('assignments.none')}
          hint={t('assignments.none_hint')}
          action={
            manage && (
              <Button variant="primary" onClick={() => setAdding(true)}>
                {t('assignments.add')}
              </Button>
            )
          }
          className="border-t"
        />
      )}
      {shown && shown.length > 0 && <List tenant={tenant} rows={shown} after={<LoadMore query={query} />} />}
      {shown?.length === 0 && <LoadMore query={query} />}
      {adding && <AddAssignmentDialog tenant={tenant.id} onClose={() => setAdding(false)} />}
      {importing && (
        <CsvImportDialog
          title={t('assignments.import')}
          description={t('assignments.import_text')}
          example={EXAMPLE}
          run={run}
          what={row => row.target}
          whatLabel={t('assignments.on_what')}
          onClose={() => setImporting(false)}
        />
      )}
    </Page>
  )
}

function List({ tenant, rows, after }: { tenant: Tenant; rows: Assignment[]; after: ReactNode }) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  const { dialog, ...ask } = useAsking(tenant.id)
  const manage = tenant.may.manage_members
  if (narrow) {
    return (
      <>
        <ListCards label={t('assignments.title')} after={after}>
          {rows.map(assignment => (
            <li key={assignment.id} className={card}>
              <div className="flex items-center gap-2">
                <div className="min-w-0 flex-1">
                  <SubjectCell subject={assignment.subject} />
                </div>
                {manage && <AssignmentActions assignment={assignment} {...ask} />}
              </div>
              <TargetCell assignment={assignment} slug={tenant.slug} />
              <div className="flex flex-wrap items-center justify-between gap-2">
                <RightChips rights={assignment.permissions} />
                <UntilCell assignment={assignment} />
              </div>
            </li>
          ))}
        </ListCards>
        {dialog}
      </>
    )
  }
  return (
    <>
      <ListTable
        label={t('assignments.title')}
        after={after}
        head={
          <>
            <th scope="col">{t('assignments.who')}</th>
            <th scope="col">{t('assignments.on_what')}</th>
            <th scope="col">{t('assignments.rights')}</th>
            <th scope="col">{t('assignments.column_until')}</th>
            {manage && (
              <th scope="col">
                <span className="sr-only">{t('column.actions')}</span>
              </th>
            )}
          </>
        }
      >
        {rows.map(assignment => (
          <tr key={assignment.id} className={bodyRow}>
            <td className="max-w-72">
              <SubjectCell subject={assignment.subject} />
            </td>
            <td className="max-w-80">
              <TargetCell assignment={assignment} slug={tenant.slug} />
            </td>
            <td>
              <RightChips rights={assignment.permissions} />
            </td>
            <td>
              <UntilCell assignment={assignment} />
            </td>
            {manage && (
              <td>
                <AssignmentActions assignment={assignment} {...ask} />
              </td>
            )}
          </tr>
        ))}
      </ListTable>
      {dialog}
    </>
  )
}
