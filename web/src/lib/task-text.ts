import type { ParseKeys, TFunction } from 'i18next'
import type { Task } from '@/lib/api/types'

/** What a task does: "Shut down", "Take snapshot “before-upgrade”". */
export function taskText(t: TFunction, { action, snapshot }: Pick<Task, 'action' | 'snapshot'>): string {
  const name = t(`action.${action}` satisfies ParseKeys)
  return snapshot ? t('tasks.with_snapshot', { action: name, snapshot }) : name
}

/** How it stands, or why it ended as it did. */
export function taskResult(t: TFunction, task: Pick<Task, 'state' | 'detail' | 'stopped_by'>): string {
  if (task.state === 'stopped' && task.stopped_by) return t('tasks.stopped_by', { name: task.stopped_by })
  if (task.state === 'failed' && task.detail) return task.detail
  return t(`tasks.state_${task.state}`)
}
