import { useInfiniteQuery } from '@tanstack/react-query'
import { ListTodo } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, LoadMore, ScrollArea } from '@/components/list-state'
import { TaskLine } from '@/features/guest/task-line'
import { taskListQuery } from '@/lib/api/task-queries'
import type { Guest } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'

/** Everything that was done with the guest through Nexus. */
export function TasksTab({ tenant, guest }: { tenant: string; guest: Guest }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(taskListQuery(tenant, { guest: refOf(guest) }))
  const tasks = query.data?.pages.flatMap(page => page.tasks)
  return (
    <>
      {query.isPending && <ListSkeleton />}
      {query.isError && !tasks && (
        <LoadFailed
          title={t('guest_page.tasks_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {tasks?.length === 0 && (
        <FullState icon={<ListTodo aria-hidden />} title={t('tasks.none')} hint={t('guest_page.no_tasks_hint')} />
      )}
      {tasks && tasks.length > 0 && (
        <ScrollArea label={t('tasks.title')}>
          <ul aria-label={t('tasks.title')} className="divide-y text-table">
            {tasks.map(task => (
              <li key={task.id} className="px-2 max-md:px-0">
                <TaskLine tenant={tenant} task={task} managed={guest.ha_state != null} />
              </li>
            ))}
          </ul>
          <LoadMore query={query} />
        </ScrollArea>
      )}
    </>
  )
}
