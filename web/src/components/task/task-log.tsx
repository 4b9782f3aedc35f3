import { ArrowDownToLine, Copy, Lock } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote } from '@/components/error-note'
import { useTaskLog } from '@/components/task/use-task-log'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { Spinner } from '@/components/ui/spinner'
import type { Task } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'

/** How near to the end counts as the end. */
const NEAR = 24

/** A task's log in PVE's words, live while it runs; it follows the end until somebody scrolls up. */
export function TaskLog({ tenant, task, className }: { tenant: string; task: Task; className?: string }) {
  const { t } = useTranslation()
  if (task.may.log) return <Lines key={task.id} tenant={tenant} task={task} className={className} />
  return (
    <p className={cn('flex items-start gap-2 px-4 py-3 text-muted', className)}>
      <Lock className="mt-0.5 size-4 shrink-0" aria-hidden />
      {t('tasks.log_not_allowed')}
    </p>
  )
}

function Lines({ tenant, task, className }: { tenant: string; task: Task; className?: string | undefined }) {
  const { t, i18n } = useTranslation()
  const log = useTaskLog(tenant, task.id, true)
  const box = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  const last = log.lines.at(-1)?.number
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [last, following])
  const copy = async () => {
    await navigator.clipboard.writeText(log.lines.map(line => line.text).join('\n'))
    toast.success(t('tasks.log_copied'))
  }
  return (
    <div className={cn('relative flex min-h-0 flex-col', className)}>
      <div
        ref={box}
        role="log"
        aria-label={t('tasks.log_of', { name: task.guest_name })}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll what has the focus
        tabIndex={0}
        onScroll={event => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget
          setFollowing(scrollHeight - scrollTop - clientHeight < NEAR)
        }}
        className="min-h-0 flex-1 overflow-auto bg-surface px-4 py-2 font-mono text-xs/5 -outline-offset-2"
      >
        {!log.loaded && log.error === null && (
          <div role="status" className="flex flex-col gap-2 py-1">
            <span className="sr-only">{t('common.loading')}</span>
            <Skeleton className="h-3 w-2/3" />
            <Skeleton className="h-3 w-1/2" />
            <Skeleton className="h-3 w-3/5" />
          </div>
        )}
        {log.dropped > 0 && (
          <p className="text-muted italic">
            {t('tasks.log_dropped', { count: log.dropped, shown: formatNumber(log.dropped, i18n.language) })}
          </p>
        )}
        {log.loaded && log.lines.length === 0 && (
          <p className="text-muted">{t(log.complete ? 'tasks.log_empty' : 'tasks.log_waiting')}</p>
        )}
        {log.lines.map(line => (
          <div key={line.number} className="whitespace-pre-wrap break-words [content-visibility:auto]">
            {line.text || ' '}
          </div>
        ))}
        {log.loaded && !log.complete && log.error === null && task.state === 'running' && (
          <Spinner className="mt-1 size-3 text-muted" />
        )}
      </div>
      {log.error !== null && (
        <ErrorNote
          error={log.error}
          className="m-2"
          action={
            <Button size="sm" onClick={log.retry}>
              {t('common.try_again')}
            </Button>
          }
        />
      )}
      {log.lines.length > 0 && (
        <div className="absolute top-1.5 right-4 flex gap-1">
          {!following && (
            <Button size="sm" onClick={() => setFollowing(true)}>
              <ArrowDownToLine className="size-3.5" aria-hidden />
              {t('tasks.log_follow')}
            </Button>
          )}
          <Button
            size="icon-sm"
            aria-label={t('tasks.log_copy')}
            title={t('tasks.log_copy')}
            onClick={() => void copy()}
          >
            <Copy className="size-3.5" aria-hidden />
          </Button>
        </div>
      )}
    </div>
  )
}
