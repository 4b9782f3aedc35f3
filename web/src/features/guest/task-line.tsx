import { CircleCheck, CircleSlash, CircleX, ScrollText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '@/components/time-ago'
import { Button } from '@/components/ui/button'
import { Spinner } from '@/components/ui/spinner'
import type { Task } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatDuration } from '@/lib/format'
import { setDrawer } from '@/lib/task-drawer'

/** One task of a guest in one line: what, how it went, who, when. Its log opens in the drawer. */
export function TaskLine({ task }: { task: Task }) {
  const { t } = useTranslation()
  const action = t(`action.${task.action}`)
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 py-1.5 pr-2 pl-4">
      <TaskState task={task} />
      <span className="min-w-0 flex-1 basis-52">
        <span className="block [overflow-wrap:anywhere]">
          <span className="font-medium">{action}</span>
          {task.snapshot && <span className="font-mono text-xs"> {task.snapshot}</span>}
          <span className="text-muted"> · {task.user_name}</span>
        </span>
        {task.detail && task.state !== 'ok' && (
          <span className="line-clamp-2 text-destructive-text [overflow-wrap:anywhere]" title={task.detail}>
            {task.detail}
          </span>
        )}
        {task.stopped_by && (
          <span className="block text-muted">{t('guest_page.stopped_by', { name: task.stopped_by })}</span>
        )}
      </span>
      <span className="ml-auto flex items-center gap-3 max-sm:w-full max-sm:pl-7">
        <Took task={task} />
        <TimeAgo at={task.created_at} never="" className="min-w-20 max-sm:flex-1 sm:text-right" />
        {task.may.log ? (
          <Button
            size="icon-sm"
            variant="ghost"
            className="text-muted"
            aria-label={t('guest_page.log_of', { action })}
            title={t('guest_page.log')}
            onClick={() => setDrawer({ open: true, tab: 'tasks', task: task.id })}
          >
            <ScrollText className="size-4" aria-hidden />
          </Button>
        ) : (
          <span aria-hidden className="w-2" />
        )}
      </span>
    </div>
  )
}

function TaskState({ task }: { task: Task }) {
  const { t } = useTranslation()
  const label = t(`tasks.state_${task.state}`)
  if (task.state === 'running')
    return (
      <span role="img" aria-label={label} className="shrink-0">
        <Spinner className="text-primary-text" />
      </span>
    )
  if (task.state === 'ok') return <CircleCheck aria-label={label} className="size-4 shrink-0 text-success-text" />
  if (task.state === 'stopped') return <CircleSlash aria-label={label} className="size-4 shrink-0 text-muted" />
  return <CircleX aria-label={label} className="size-4 shrink-0 text-destructive-text" />
}

function Took({ task }: { task: Task }) {
  const now = useNow(1000)
  const end = task.ended_at ? Date.parse(task.ended_at) : now
  return (
    <span className="nums whitespace-nowrap text-muted">
      {formatDuration(Math.max(0, end - Date.parse(task.created_at)) / 1000)}
    </span>
  )
}
