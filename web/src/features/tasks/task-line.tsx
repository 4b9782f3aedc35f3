import { useTranslation } from 'react-i18next'
import { TaskStateIcon } from '@/components/task/task-state'
import type { Task } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatRelative } from '@/lib/format'
import { taskText } from '@/lib/task-text'

/** How many tasks the closed line names. */
const IN_LINE = 3

/** The newest tasks in the line of the closed drawer. */
export function TaskLine({ tasks }: { tasks: Task[] }) {
  const { t, i18n } = useTranslation()
  const now = useNow(5000)
  if (tasks.length === 0) return <span className="truncate text-muted">{t('tasks.none')}</span>
  return (
    <span className="flex min-w-0 gap-4 overflow-hidden" aria-live="polite">
      {tasks.slice(0, IN_LINE).map((task, index) => (
        <span key={task.id} className={cn('flex min-w-0 shrink items-center gap-1.5', index > 0 && 'max-lg:hidden')}>
          <TaskStateIcon state={task.state} />
          <span className="truncate">
            {task.guest_name} {taskText(t, task)}
          </span>
          <span className="shrink-0 text-muted">
            {formatRelative(Date.parse(task.ended_at ?? task.created_at), now, i18n.language)}
          </span>
        </span>
      ))}
    </span>
  )
}
