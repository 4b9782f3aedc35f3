import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { isSignedOut } from '@/lib/api/error'
import { keys } from '@/lib/api/keys'
import type { ActIn, GuestRef, Me, MeIn } from '@/lib/api/types'
import { applyTask } from '@/lib/task-cache'

/** Queries that more than one feature needs. What only one feature asks for is in that feature's queries.ts. */

/** Who is signed in, or null. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await unwrap(http.GET('/api/v1/me', { signal }))
    } catch (error) {
      if (isSignedOut(error)) return null
      throw error
    }
  },
})

/** Whether this Nexus still waits for its first administrator, and whether it can send mail. */
export const setupStateQuery = queryOptions({
  queryKey: ['setup'],
  staleTime: 60_000,
  retry: false,
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/setup', { signal })),
})

export const tenantQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.tenant(tenant),
    staleTime: 60_000,
    queryFn: ({ signal }) => unwrap(http.GET('/api/v1/tenants/{tenant}', { params: { path: { tenant } }, signal })),
  })

/** The newest tasks. Server-sent events keep the list; nothing polls. */
export const tasksQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.tasks(tenant),
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/tasks', { params: { path: { tenant }, query: { limit: 50 } }, signal }),
      ),
  })

export const guestQuery = (tenant: string, guest: GuestRef) =>
  queryOptions({
    queryKey: keys.guest(tenant, guest),
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}', {
          params: { path: { tenant, ...guest } },
          signal,
        }),
      ),
  })

/** Starts a power action; the answer is a task, whose end comes as an event. */
export function usePower(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ guest, ...body }: ActIn & { guest: GuestRef }) =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/actions', {
          params: { path: { tenant, ...guest } },
          body,
        }),
      ),
    onSuccess: task => applyTask(client, tenant, task),
  })
}

/** Changes the own profile, language or theme; the latter two the page itself has changed already. */
export function useUpdateMe() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: MeIn) => unwrap(http.PATCH('/api/v1/me', { body })),
    onSuccess: me => client.setQueryData(keys.me, me),
  })
}

/** Runs a delicate change, and asks for the password first where the server wants it (components/confirm-sign-in). */
export type Confirmed = <T>(run: () => Promise<T>) => Promise<T>

/** Says the password once more; delicate changes are then possible for a while. */
export function useConfirmSignIn() {
  return useMutation({
    mutationFn: (password: string) => unwrap(http.POST('/api/v1/me/confirm', { body: { password } })),
  })
}
