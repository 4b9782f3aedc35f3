import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import type { Task } from '@/lib/api/types'
import { setDrawer } from '@/lib/task-drawer'
import { taskText } from '@/lib/task-text'

/**
 * Says when a task that was seen running has failed; success shows in the row and the drawer. Actions on many guests
 * say it once for all.
 */
export function useTaskToasts(tasks: Task[] | undefined): void {
  const { t } = useTranslation()
  const running = useRef(new Set<string>())
  useEffect(() => {
    for (const task of tasks ?? []) {
      if (task.state === 'running') running.current.add(task.id)
      else if (running.current.delete(task.id) && task.state === 'failed' && !task.bulk) {
        toast.error(t('tasks.toast_failed', { name: task.guest_name, action: taskText(t, task) }), {
          description: task.detail ?? undefined,
          action: { label: t('tasks.show'), onClick: () => setDrawer({ open: true, tab: 'tasks', task: task.id }) },
        })
      }
    }
  }, [tasks, t])
}
