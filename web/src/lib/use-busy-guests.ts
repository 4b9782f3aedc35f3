import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { tasksQuery } from '@/lib/api/queries'
import { keyOf } from '@/lib/guest-key'

/** Keys of the guests on which a task runs now, for the spinner in place of the state. */
export function useBusyGuests(tenant: string): ReadonlySet<string> {
  const { data } = useQuery(tasksQuery(tenant))
  return useMemo(
    () => new Set((data?.tasks ?? []).filter(task => task.state === 'running').map(task => keyOf(task.guest))),
    [data],
  )
}
