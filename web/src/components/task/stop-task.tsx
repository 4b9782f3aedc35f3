import { CircleStop } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { useStopTask } from '@/lib/api/task-queries'
import type { Task } from '@/lib/api/types'
import { taskText } from '@/lib/task-text'

/** Stops a running task, after a question; nothing where it has ended or may not be stopped. */
export function StopTask({ tenant, task, wide }: { tenant: string; task: Task; wide?: boolean }) {
  const { t } = useTranslation()
  const stop = useStopTask(tenant)
  const [asking, setAsking] = useState(false)
  if (task.state !== 'running' || !task.may.stop) return null
  const words = { action: taskText(t, task), name: task.guest_name }
  const label = t('tasks.stop_of', words)
  return (
    <>
      <Button
        size={wide ? 'sm' : 'icon-sm'}
        variant={wide ? 'secondary' : 'ghost'}
        aria-label={label}
        title={wide ? undefined : t('tasks.stop')}
        busy={stop.isPending}
        onClick={() => {
          stop.reset()
          setAsking(true)
        }}
      >
        {!stop.isPending && <CircleStop className="size-4" aria-hidden />}
        {wide && t('tasks.stop')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('tasks.ask_stop', words)}
        consequence={t('tasks.consequence_stop')}
        confirm={t('tasks.confirm_stop')}
        busy={stop.isPending}
        error={stop.error ? <ErrorNote error={stop.error} className="mt-3" /> : undefined}
        onConfirm={() => stop.mutate(task.id, { onSuccess: () => setAsking(false) })}
      />
    </>
  )
}
