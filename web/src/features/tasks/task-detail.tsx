import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ArrowLeft, HeartPulse, ListChecks, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { GuestLink } from '@/components/guest-link'
import { StopTask } from '@/components/task/stop-task'
import { TaskLog } from '@/components/task/task-log'
import { TaskStateIcon } from '@/components/task/task-state'
import { Button } from '@/components/ui/button'
import { tasksQuery } from '@/lib/api/queries'
import { taskListQuery } from '@/lib/api/task-queries'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, Task } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatDuration, formatTime } from '@/lib/format'
import { guestKey, keyOf } from '@/lib/guest-key'
import { setDrawer } from '@/lib/task-drawer'
import { taskResult, taskText } from '@/lib/task-text'

type TaskDetailProps = { tenant: string; slug: string; id: string; task: Task | undefined; onClose: () => void }

/** One task: who, when, how it stands, and its log. */
export function TaskDetail({ tenant, slug, id, task: listed, onClose }: TaskDetailProps) {
  const { t } = useTranslation()
  // A filter may hide the task that shows; other lists know it.
  const newest = useQuery(tasksQuery(tenant)).data?.tasks
  const all = useInfiniteQuery({ ...taskListQuery(tenant, {}), enabled: !listed }).data
  const task =
    listed ?? newest?.find(one => one.id === id) ?? all?.pages.flatMap(page => page.tasks).find(one => one.id === id)
  return (
    <section
      aria-label={t('tasks.detail')}
      className="flex w-[44%] min-w-0 flex-col border-l max-md:w-full max-md:border-l-0"
    >
      {task ? (
        <Loaded tenant={tenant} slug={slug} task={task} onClose={onClose} />
      ) : (
        <div className="flex items-start justify-between gap-2 px-4 py-3">
          <p className="text-muted">{t('tasks.not_listed')}</p>
          <Close onClose={onClose} />
        </div>
      )}
    </section>
  )
}

function Close({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Button
      size="icon-sm"
      variant="ghost"
      aria-label={t('tasks.close_detail')}
      onClick={onClose}
      className="max-md:hidden"
    >
      <X className="size-4" aria-hidden />
    </Button>
  )
}

type LoadedProps = { tenant: string; slug: string; task: Task; onClose: () => void }

function Loaded({ tenant, slug, task, onClose }: LoadedProps) {
  const { t, i18n } = useTranslation()
  const now = useNow(1000)
  const start = Date.parse(task.created_at)
  const end = task.ended_at ? Date.parse(task.ended_at) : Math.max(now, start)
  const bad = task.state === 'failed'
  return (
    <>
      <header className="flex flex-col gap-1 border-b px-4 py-2 text-table">
        <div className="flex items-center gap-2">
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={t('tasks.back')}
            onClick={onClose}
            className="-ml-2 md:hidden"
          >
            <ArrowLeft className="size-4" aria-hidden />
          </Button>
          <TaskStateIcon state={task.state} silent />
          <h2 className="min-w-0 flex-1 truncate">
            <GuestLink slug={slug} guest={task.guest} className="font-semibold">
              {task.guest_name}
            </GuestLink>{' '}
            {taskText(t, task)}
          </h2>
          <StopTask tenant={tenant} task={task} wide />
          <Close onClose={onClose} />
        </div>
        <p className={bad ? 'break-words text-destructive-text' : 'break-words'}>{taskResult(t, task)}</p>
        <p className="nums flex flex-wrap gap-x-3 text-muted text-xs">
          <span>{task.user_name}</span>
          <span>{formatTime(start, i18n.language)}</span>
          <span>{formatDuration((end - start) / 1000)}</span>
          {task.upid && (
            <span className="min-w-0 select-all truncate font-mono" title={task.upid}>
              {task.upid}
            </span>
          )}
        </p>
        {task.bulk && (
          <button
            type="button"
            onClick={() => setDrawer({ tab: 'bulk', bulk: task.bulk ?? null })}
            className="flex min-h-6 w-fit items-center gap-1.5 rounded text-primary-text hover:underline"
          >
            <ListChecks className="size-4 shrink-0" aria-hidden />
            {t('tasks.part_of_bulk')}
          </button>
        )}
        {task.state === 'running' && <HaNote tenant={tenant} task={task} />}
      </header>
      <TaskLog tenant={tenant} task={task} className="flex-1" />
    </>
  )
}

/** Under HA the task of PVE ends at once; what counts is the state that the guest reaches. */
function HaNote({ tenant, task }: { tenant: string; task: Task }) {
  const { t } = useTranslation()
  const key = keyOf(task.guest)
  const { data: managed } = useQuery({
    ...guestsQuery(tenant),
    select: list => list.guests.some((guest: Guest) => guestKey(guest) === key && guest.ha_state != null),
  })
  if (!managed) return null
  return (
    <p className="flex items-start gap-1.5 text-muted">
      <HeartPulse className="mt-0.5 size-4 shrink-0" aria-hidden />
      {t('tasks.ha')}
    </p>
  )
}
