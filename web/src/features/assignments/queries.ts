import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { etagOf } from '@/lib/api/etag'
import { keys } from '@/lib/api/keys'
import type { Assignment, AssignmentChangeIn, AssignmentImport, AssignmentIn, GuestRef } from '@/lib/api/types'

/** Whose assignments: all, those that reach a person, a group's, or those on a guest. */
export type AssignmentFilter = { q?: string; user?: string; group?: string } & Partial<GuestRef>

export const assignmentsQuery = (tenant: string, filter: AssignmentFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.assignments(tenant), filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/assignments', {
          params: { path: { tenant }, query: { ...filter, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: page => page.next_cursor,
    placeholderData: old => old,
  })

/** Rights show on members, groups and, as what one may do oneself, on guests. */
function useAskAgain(tenant: string) {
  const client = useQueryClient()
  return () => {
    for (const key of [keys.assignments, keys.members, keys.groups]) {
      void client.invalidateQueries({ queryKey: key(tenant) })
    }
  }
}

export function useCreateAssignment(tenant: string) {
  return useMutation({
    mutationFn: (body: AssignmentIn) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/assignments', { params: { path: { tenant } }, body })),
    onSettled: useAskAgain(tenant),
  })
}

export function useUpdateAssignment(tenant: string, shown: Assignment) {
  return useMutation({
    mutationFn: (body: AssignmentChangeIn) =>
      unwrap(
        http.PUT('/api/v1/tenants/{tenant}/assignments/{assignment}', {
          params: { path: { tenant, assignment: shown.id }, header: { 'if-match': etagOf(shown) } },
          body,
        }),
      ),
    onSettled: useAskAgain(tenant),
  })
}

export function useWakeAssignment(tenant: string) {
  return useMutation({
    mutationFn: (assignment: string) =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/assignments/{assignment}/wake', {
          params: { path: { tenant, assignment } },
        }),
      ),
    onSettled: useAskAgain(tenant),
  })
}

export function useDeleteAssignment(tenant: string) {
  return useMutation({
    mutationFn: (assignment: string) =>
      unwrap(
        http.DELETE('/api/v1/tenants/{tenant}/assignments/{assignment}', { params: { path: { tenant, assignment } } }),
      ),
    onSettled: useAskAgain(tenant),
  })
}

/** Looks at a list of rights, or takes it over. */
export function useImportAssignments(tenant: string) {
  const askAgain = useAskAgain(tenant)
  return async (csv: string, dry_run: boolean): Promise<AssignmentImport> => {
    const result = await unwrap(
      http.POST('/api/v1/tenants/{tenant}/assignments/import', {
        params: { path: { tenant } },
        body: { csv, dry_run },
      }),
    )
    if (!dry_run) askAgain()
    return result
  }
}
