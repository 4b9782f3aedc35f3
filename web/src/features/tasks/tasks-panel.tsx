import { useInfiniteQuery } from '@tanstack/react-query'
import { ListTodo } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { LoadMore } from '@/components/list-state'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { Skeleton } from '@/components/ui/skeleton'
import { TaskDetail } from '@/features/tasks/task-detail'
import { TaskTable } from '@/features/tasks/task-table'
import { taskListQuery } from '@/lib/api/task-queries'
import type { TaskState } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { setDrawer, useDrawer } from '@/lib/task-drawer'

type Filter = { own: 'all' | 'own'; state: TaskState | 'any' }

const STATES = ['any', 'running', 'failed', 'stopped', 'ok'] as const
const FIRST: Filter = { own: 'all', state: 'any' }

type PanelProps = { tenant: string; slug: string; me: string; tabs: ReactNode }

/** Running and past tasks, and the log of the chosen one beside them. */
export function TasksPanel({ tenant, slug, me, tabs }: PanelProps) {
  const { t } = useTranslation()
  const [filter, setFilter] = useState(FIRST)
  const query = useInfiniteQuery(
    taskListQuery(tenant, {
      own: filter.own === 'own' || undefined,
      state: filter.state === 'any' ? undefined : filter.state,
    }),
  )
  const { task: chosen } = useDrawer()
  const tasks = query.data?.pages.flatMap(page => page.tasks) ?? []
  const filtered = filter !== FIRST && (filter.own !== FIRST.own || filter.state !== FIRST.state)
  return (
    <>
      <div className={cn('flex flex-wrap items-center gap-2 border-b px-4 py-1.5', chosen && 'max-md:hidden')}>
        {tabs}
        <span className="flex flex-wrap items-center gap-2 md:ml-auto">
          <Choices
            label={t('tasks.whose')}
            value={filter.own}
            onChange={own => setFilter({ ...filter, own })}
            choices={[
              { value: 'all', label: t('tasks.whose_all') },
              { value: 'own', label: t('tasks.whose_own') },
            ]}
          />
          <select
            aria-label={t('tasks.state')}
            value={filter.state}
            onChange={event => setFilter({ ...filter, state: event.target.value as Filter['state'] })}
            className="h-8 rounded-control border border-input bg-background px-2 text-table max-md:h-10"
          >
            {STATES.map(state => (
              <option key={state} value={state}>
                {t(state === 'any' ? 'tasks.state_any' : `tasks.state_${state}`)}
              </option>
            ))}
          </select>
        </span>
      </div>
      <div className="flex min-h-0 flex-1">
        <div className={cn('relative min-w-0 flex-1 overflow-y-auto', chosen && 'max-md:hidden')}>
          {query.isPending && (
            <div role="status" className="flex flex-col gap-4 px-4 py-3">
              <span className="sr-only">{t('common.loading')}</span>
              {['a', 'b', 'c', 'd'].map(row => (
                <Skeleton key={row} className="h-4" />
              ))}
            </div>
          )}
          {query.isError && !query.data && (
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
          {query.isSuccess && tasks.length === 0 && (
            <p className="flex flex-wrap items-center gap-2 px-4 py-3 text-muted">
              <ListTodo className="size-4 shrink-0" aria-hidden />
              {filtered ? t('tasks.none_matching') : t('tasks.none_hint')}
              {filtered && (
                <Button size="sm" onClick={() => setFilter(FIRST)}>
                  {t('tasks.show_all')}
                </Button>
              )}
            </p>
          )}
          {tasks.length > 0 && (
            <TaskTable
              tenant={tenant}
              slug={slug}
              me={me}
              tasks={tasks}
              chosen={chosen}
              onChoose={task => setDrawer({ task })}
            />
          )}
          <LoadMore query={query} />
        </div>
        {chosen && (
          <TaskDetail
            key={chosen}
            tenant={tenant}
            slug={slug}
            id={chosen}
            task={tasks.find(task => task.id === chosen)}
            onClose={() => setDrawer({ task: null })}
          />
        )}
      </div>
    </>
  )
}
