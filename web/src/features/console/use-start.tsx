import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import type { Start } from '@/features/console/console-state'
import { tasksQuery, usePower } from '@/lib/api/queries'
import type { Guest, GuestRef, Task } from '@/lib/api/types'
import { useNow } from '@/lib/clock'

/** After the task's end it is a moment until the inventory says running; then the page stops waiting. */
const SETTLE_MS = 20_000

function underWay(task: Task | undefined, now: number): boolean {
  if (!task || task.state === 'failed') return false
  return task.ended_at == null || now - Date.parse(task.ended_at) < SETTLE_MS
}

/** Starting the guest from its console page: may it be done, is it under way, did it fail. */
export function useStart(tenant: string, guest: Guest | undefined, ref: GuestRef): Start {
  const { t } = useTranslation()
  const { mutate, reset, data: started, error, isPending } = usePower(tenant)
  const { data: list } = useQuery({ ...tasksQuery(tenant), enabled: started !== undefined })
  const now = useNow(started ? 1000 : 3_600_000)
  const task = list?.tasks.find(other => other.id === started?.id) ?? started
  const runs = guest?.status === 'running'
  useEffect(() => {
    if (runs) reset()
  }, [runs, reset])

  let reason: string | undefined
  if (guest && !guest.may.power) reason = t('console.stopped_no_power')
  else if (guest && !runs && !guest.actions.includes('start')) reason = t('console.stopped_no_start')
  let problem = null
  if (error) problem = <ErrorNote error={error} className="mt-4 text-left" />
  else if (task?.state === 'failed')
    problem = <Note className="mt-4 text-left">{task.detail ?? t('console.start_failed')}</Note>
  return {
    reason,
    busy: isPending || (!runs && underWay(task, now)),
    problem,
    run: () => mutate({ guest: ref, action: 'start' }),
  }
}
