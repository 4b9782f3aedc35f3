import { CircleCheck, CircleSlash, CircleX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '@/components/ui/spinner'
import type { Task } from '@/lib/api/types'
import { cn } from '@/lib/cn'

/** Shape and colour of a task's state. `silent` where the words stand beside it. */
export function TaskStateIcon({
  state,
  silent,
  className,
}: Pick<Task, 'state'> & { silent?: boolean; className?: string }) {
  const { t } = useTranslation()
  return (
    <span className={cn('relative inline-flex shrink-0', className)}>
      {state === 'running' && <Spinner className="text-primary-text" />}
      {state === 'ok' && <CircleCheck className="size-4 text-success-text" aria-hidden />}
      {state === 'failed' && <CircleX className="size-4 text-destructive-text" aria-hidden />}
      {state === 'stopped' && <CircleSlash className="size-4 text-warning-text" aria-hidden />}
      {!silent && <span className="sr-only">{t(`tasks.state_${state}`)}</span>}
    </span>
  )
}
