import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { applyTask, type TaskFilter } from '@/lib/task-cache'

/** Tasks, newest first, page by page. Server-sent events keep the lists; nothing polls. */
export const taskListQuery = (tenant: string, { guest, own, state }: TaskFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.taskLists(tenant), { guest, own, state }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/tasks', {
          params: {
            path: { tenant },
            query: {
              limit: 50,
              ...guest,
              ...(own && { own }),
              ...(state && { state }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: page => page.next_cursor,
    // The old list stays while another filter is asked for: nothing jumps.
    placeholderData: old => old,
  })

/** Lines that one answer has at most. */
export const LOG_PART = 500

/** A part of a task's log, from the given number on. */
export function getTaskLog(tenant: string, task: string, from: number, signal: AbortSignal) {
  return unwrap(
    http.GET('/api/v1/tenants/{tenant}/tasks/{task}/log', {
      params: { path: { tenant, task }, query: { from, limit: LOG_PART } },
      signal,
    }),
  )
}

/** Asks for a running task to be stopped; its end comes as an event. */
export function useStopTask(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (task: string) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/tasks/{task}/stop', { params: { path: { tenant, task } } })),
    onSuccess: task => applyTask(client, tenant, task),
  })
}
