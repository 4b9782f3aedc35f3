import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronUp, CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '@/components/ui/spinner'
import { useTaskToasts } from '@/features/tasks/use-task-toasts'
import { tasksQuery } from '@/lib/api/queries'
import type { Task } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDuration, formatRelative, formatTime } from '@/lib/format'

/** How many tasks the closed line names. */
const IN_LINE = 3

/** The tasks at the bottom of the frame, as in PVE: one line when closed, the list when open. */
export function TaskDrawer({ tenant }: { tenant: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { data, isError } = useQuery(tasksQuery(tenant))
  useTaskToasts(data?.tasks)
  const tasks = data?.tasks ?? []
  const running = tasks.filter(task => task.state === 'running').length
  const Chevron = open ? ChevronDown : ChevronUp
  return (
    <section aria-label={t('tasks.title')} className="shrink-0 border-t bg-surface">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-9 w-full items-center gap-3 overflow-hidden px-4 text-left text-table -outline-offset-2 hover:bg-hover"
      >
        <Chevron className="size-4 shrink-0 text-muted" aria-hidden />
        <span className="shrink-0 font-medium">{t('tasks.title')}</span>
        {running > 0 && <span className="nums shrink-0 text-muted">{t('tasks.running', { count: running })}</span>}
        {!open && <Line tasks={tasks.slice(0, IN_LINE)} />}
      </button>
      {open && (
        <div className="h-56 animate-fade-in overflow-y-auto border-t bg-background">
          {isError && <p className="px-4 py-3 text-muted">{t('tasks.failed_to_load')}</p>}
          {!isError && tasks.length === 0 && <p className="px-4 py-3 text-muted">{t('tasks.none')}</p>}
          {tasks.length > 0 && <TaskList tasks={tasks} />}
        </div>
      )}
    </section>
  )
}

function Line({ tasks }: { tasks: Task[] }) {
  const { t, i18n } = useTranslation()
  const now = useNow(5000)
  if (tasks.length === 0) return <span className="truncate text-muted">{t('tasks.none')}</span>
  return (
    <span className="flex min-w-0 gap-4 overflow-hidden" aria-live="polite">
      {tasks.map((task, index) => (
        <span key={task.id} className={cn('flex min-w-0 shrink items-center gap-1.5', index > 0 && 'max-lg:hidden')}>
          <StateIcon task={task} />
          <span className="truncate">
            {task.guest_name} {t(`action.${task.action}`)}
          </span>
          <span className="shrink-0 text-muted">
            {formatRelative(Date.parse(task.ended_at ?? task.created_at), now, i18n.language)}
          </span>
        </span>
      ))}
    </span>
  )
}

function StateIcon({ task }: { task: Task }) {
  const { t } = useTranslation()
  const label = t(`tasks.state_${task.state}`)
  if (task.state === 'running')
    return (
      <span role="img" aria-label={label} className="shrink-0">
        <Spinner className="text-primary-text" />
      </span>
    )
  if (task.state === 'ok') return <CircleCheck aria-label={label} className="size-4 shrink-0 text-success-text" />
  return <CircleX aria-label={label} className="size-4 shrink-0 text-destructive-text" />
}

function TaskList({ tasks }: { tasks: Task[] }) {
  const { t, i18n } = useTranslation()
  const now = useNow(1000)
  return (
    <table className="w-full text-table">
      <thead className="sticky top-0 bg-background text-left text-muted">
        <tr className="h-8 border-b [&>th]:px-4 [&>th]:font-medium">
          <th scope="col">{t('tasks.column_task')}</th>
          <th scope="col" className="max-md:hidden">
            {t('tasks.column_started')}
          </th>
          <th scope="col" className="max-sm:hidden">
            {t('tasks.column_duration')}
          </th>
          <th scope="col" className="max-md:hidden">
            {t('tasks.column_user')}
          </th>
          <th scope="col">{t('tasks.column_result')}</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map(task => {
          const start = Date.parse(task.created_at)
          const end = task.ended_at ? Date.parse(task.ended_at) : now
          return (
            <tr key={task.id} className="h-9 border-b last:border-0 [&>td]:px-4">
              <td title={task.upid ?? undefined}>
                <span className="flex items-center gap-2">
                  <StateIcon task={task} />
                  <span className="font-medium">{task.guest_name}</span> {t(`action.${task.action}`)}
                </span>
              </td>
              <td className="nums text-muted max-md:hidden" title={formatTime(start, i18n.language)}>
                {formatRelative(start, now, i18n.language)}
              </td>
              <td className="nums text-muted max-sm:hidden">{formatDuration((end - start) / 1000)}</td>
              <td className="text-muted max-md:hidden">{task.user_name}</td>
              <td className={task.state === 'failed' ? 'text-destructive-text' : 'text-muted'}>
                {task.state === 'failed' && task.detail ? task.detail : t(`tasks.state_${task.state}`)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
