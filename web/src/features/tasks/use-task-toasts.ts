import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import type { Task } from '@/lib/api/types'

/** Says when a task that was seen running has failed; success shows in the row and the drawer. */
export function useTaskToasts(tasks: Task[] | undefined): void {
  const { t } = useTranslation()
  const running = useRef(new Set<string>())
  useEffect(() => {
    for (const task of tasks ?? []) {
      if (task.state === 'running') running.current.add(task.id)
      else if (running.current.delete(task.id) && task.state === 'failed') {
        toast.error(t('tasks.toast_failed', { name: task.guest_name, action: t(`action.${task.action}`) }), {
          description: task.detail ?? undefined,
        })
      }
    }
  }, [tasks, t])
}
