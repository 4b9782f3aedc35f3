import { HeartPulse, ScrollText } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StopTask } from '@/components/task/stop-task'
import { TaskLog } from '@/components/task/task-log'
import { TaskStateIcon } from '@/components/task/task-state'
import { TimeAgo } from '@/components/time-ago'
import { Button } from '@/components/ui/button'
import type { Task } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatDuration } from '@/lib/format'
import { taskResult, taskText } from '@/lib/task-text'

type TaskLineProps = {
  tenant: string
  task: Task
  /** The guest is under HA: its cluster does what is asked for. */
  managed: boolean
}

/** One task of a guest: what, how it went, who, when; and its log under it. */
export function TaskLine({ tenant, task, managed }: TaskLineProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const action = taskText(t, task)
  const quiet = task.state === 'ok' || task.state === 'running'
  return (
    <>
      <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-0.5 py-1.5 pr-2 pl-4">
        <TaskStateIcon state={task.state} />
        <span className="min-w-0 flex-1 basis-52">
          <span className="block [overflow-wrap:anywhere]">
            <span className="font-medium">{action}</span>
            <span className="text-muted"> · {task.user_name}</span>
          </span>
          {!quiet && (
            <span
              className={
                task.state === 'failed'
                  ? 'line-clamp-2 text-destructive-text [overflow-wrap:anywhere]'
                  : 'block text-muted'
              }
              title={task.detail ?? undefined}
            >
              {taskResult(t, task)}
            </span>
          )}
          {managed && task.state === 'running' && !task.snapshot && (
            <span className="flex items-center gap-1.5 text-muted">
              <HeartPulse className="size-3.5 shrink-0" aria-hidden />
              {t('tasks.ha')}
            </span>
          )}
        </span>
        <span className="ml-auto flex items-center gap-3 max-sm:w-full max-sm:pl-7">
          <Took task={task} />
          <TimeAgo at={task.created_at} never="" className="min-w-20 max-sm:flex-1 sm:text-right" />
          <span className="flex items-center gap-1">
            <StopTask tenant={tenant} task={task} />
            {task.may.log && (
              <Button
                size="icon-sm"
                variant="ghost"
                className="text-muted"
                aria-expanded={open}
                aria-label={t('guest_page.log_of', { action })}
                title={t('tasks.log')}
                onClick={() => setOpen(!open)}
              >
                <ScrollText className="size-4" aria-hidden />
              </Button>
            )}
          </span>
        </span>
      </div>
      {open && <TaskLog tenant={tenant} task={task} className="h-56 border-t" />}
    </>
  )
}

function Took({ task }: { task: Task }) {
  return task.ended_at ? <Lasted task={task} end={Date.parse(task.ended_at)} /> : <StillRuns task={task} />
}

function StillRuns({ task }: { task: Task }) {
  return <Lasted task={task} end={useNow(1000)} />
}

function Lasted({ task, end }: { task: Task; end: number }) {
  return (
    <span className="nums whitespace-nowrap text-muted">
      {formatDuration(Math.max(0, end - Date.parse(task.created_at)) / 1000)}
    </span>
  )
}
