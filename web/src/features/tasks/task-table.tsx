import { useTranslation } from 'react-i18next'
import { GuestLink } from '@/components/guest-link'
import { StopTask } from '@/components/task/stop-task'
import { TaskStateIcon } from '@/components/task/task-state'
import type { Task } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDuration, formatRelative, formatTime } from '@/lib/format'
import { taskResult, taskText } from '@/lib/task-text'

type TaskTableProps = {
  tenant: string
  slug: string
  me: string
  tasks: Task[]
  chosen: string | null
  onChoose: (task: string) => void
}

export function TaskTable({ tasks, ...rest }: TaskTableProps) {
  const { t } = useTranslation()
  // The details beside the table say what it then leaves out.
  const { chosen } = rest
  return (
    <table aria-label={t('tasks.title')} className="w-full table-fixed text-table">
      <thead className="sticky top-0 z-10 bg-background text-left text-muted shadow-[inset_0_-1px_0_var(--color-border)]">
        <tr className="h-8 [&>th]:px-2 [&>th]:font-medium [&>th]:first:pl-4 [&>th]:last:pr-4">
          <th scope="col" className={cn('max-md:w-auto', chosen ? 'w-1/2' : 'w-1/3')}>
            {t('tasks.column_task')}
          </th>
          <th scope="col" className={cn('w-32 max-lg:hidden', chosen && 'hidden')}>
            {t('tasks.column_started')}
          </th>
          <th scope="col" className="w-24 max-md:hidden">
            {t('tasks.column_duration')}
          </th>
          <th scope="col" className={cn('w-40 max-lg:hidden', chosen && 'hidden')}>
            {t('tasks.column_user')}
          </th>
          <th scope="col" className="max-md:w-28">
            {t('tasks.column_result')}
          </th>
          <th scope="col" className="w-14">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tasks.map(task => (
          <Row key={task.id} task={task} {...rest} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ tenant, slug, me, task, chosen, onChoose }: Omit<TaskTableProps, 'tasks'> & { task: Task }) {
  const { t, i18n } = useTranslation()
  const now = useNow(task.state === 'running' ? 1000 : 30_000)
  const start = Date.parse(task.created_at)
  const end = task.ended_at ? Date.parse(task.ended_at) : Math.max(now, start)
  const result = taskResult(t, task)
  return (
    <tr
      className={cn(
        'h-9 border-b last:border-0 [&>td]:px-2 [&>td]:first:pl-4 [&>td]:last:pr-4',
        chosen === task.id ? 'bg-primary/12' : 'hover:bg-hover/70',
      )}
    >
      <td>
        <span className="flex min-w-0 items-center gap-2">
          <TaskStateIcon state={task.state} />
          <span className="flex min-w-0 items-center gap-x-2 max-md:flex-col max-md:items-start">
            <GuestLink slug={slug} guest={task.guest} className="min-w-0 max-w-full truncate py-[3px] font-medium">
              {task.guest_name}
            </GuestLink>
            <button
              type="button"
              aria-label={t('tasks.log_of_action', { action: taskText(t, task), name: task.guest_name })}
              aria-expanded={chosen === task.id}
              title={taskText(t, task)}
              onClick={() => onChoose(task.id)}
              className="min-h-6 min-w-0 max-w-full truncate rounded text-left hover:text-primary-text hover:underline"
            >
              {taskText(t, task)}
            </button>
          </span>
        </span>
      </td>
      <td
        className={cn('nums truncate text-muted max-lg:hidden', chosen && 'hidden')}
        title={formatTime(start, i18n.language)}
      >
        {formatRelative(start, Math.max(now, start), i18n.language)}
      </td>
      <td className="nums text-muted max-md:hidden">{formatDuration((end - start) / 1000)}</td>
      <td className={cn('truncate text-muted max-lg:hidden', chosen && 'hidden')} title={task.user_name}>
        {task.user_name === me ? t('tasks.you') : task.user_name}
      </td>
      <td className={cn('truncate', task.state === 'failed' ? 'text-destructive-text' : 'text-muted')} title={result}>
        {result}
      </td>
      <td className="text-right">
        <StopTask tenant={tenant} task={task} />
      </td>
    </tr>
  )
}
