import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { GuestLink } from '@/components/guest-link'
import { Section } from '@/components/section'
import { Skeleton } from '@/components/ui/skeleton'
import { TaskLine } from '@/features/guest/task-line'
import { taskListQuery } from '@/lib/api/task-queries'
import type { Guest } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'

const SHOWN = 5

/** What was done with the guest last. */
export function RecentTasks({ tenant, slug, guest }: { tenant: string; slug: string; guest: Guest }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(taskListQuery(tenant, { guest: refOf(guest) }))
  const tasks = query.data?.pages.flatMap(page => page.tasks)
  return (
    <Section
      title={t('guest_page.recent_tasks')}
      aside={
        tasks &&
        tasks.length > SHOWN && (
          <GuestLink slug={slug} guest={refOf(guest)} tab="tasks" className="py-[3px] text-primary-text text-table">
            {t('guest_page.all_tasks')}
          </GuestLink>
        )
      }
    >
      <div className="rounded-card border bg-raised text-table">
        {query.isPending && (
          <div role="status" className="flex flex-col gap-3 p-4">
            <span className="sr-only">{t('common.loading')}</span>
            <Skeleton className="h-3.5 w-64" />
            <Skeleton className="h-3.5 w-48" />
          </div>
        )}
        {query.isError && !tasks && <ErrorNote error={query.error} className="m-3" />}
        {tasks?.length === 0 && <p className="px-4 py-3 text-muted">{t('guest_page.no_tasks_hint')}</p>}
        {tasks && tasks.length > 0 && (
          <ul className="divide-y">
            {tasks.slice(0, SHOWN).map(task => (
              <li key={task.id}>
                <TaskLine tenant={tenant} task={task} managed={guest.ha_state != null} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  )
}
