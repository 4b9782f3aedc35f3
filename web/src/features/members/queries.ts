import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { etagOf } from '@/lib/api/etag'
import { keys } from '@/lib/api/keys'
import type { Confirmed } from '@/lib/api/queries'
import type { Group, GroupIn, Member, MemberIn, Roster, TenantRole } from '@/lib/api/types'

/** From how many letters on people are looked for. */
export const PEOPLE_FROM = 2

/** People whom one may find and who are no members yet. */
export const peopleQuery = (tenant: string, q: string) =>
  queryOptions({
    queryKey: [...keys.members(tenant), 'people', q],
    enabled: q.length >= PEOPLE_FROM,
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/people', { params: { path: { tenant }, query: { q } }, signal })),
    placeholderData: old => old,
  })

export const invitationsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.invitations(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/invitations', { params: { path: { tenant } }, signal })),
  })

/** After a change of somebody's place everything that shows people or their rights is asked for again. */
function useAskAgain(tenant: string) {
  const client = useQueryClient()
  return () => {
    for (const key of [keys.members, keys.invitations, keys.groups, keys.assignments]) {
      void client.invalidateQueries({ queryKey: key(tenant) })
    }
  }
}

export function useAddMember(tenant: string, confirmed: Confirmed) {
  return useMutation({
    mutationFn: (body: { email: string; role: TenantRole }) =>
      confirmed(() => unwrap(http.POST('/api/v1/tenants/{tenant}/members', { params: { path: { tenant } }, body }))),
    onSettled: useAskAgain(tenant),
  })
}

/** Changes a member, if it is still the one that is shown. */
export function useUpdateMember(tenant: string, confirmed: Confirmed) {
  return useMutation({
    mutationFn: ({ member, body }: { member: Member; body: MemberIn }) =>
      confirmed(() =>
        unwrap(
          http.PATCH('/api/v1/tenants/{tenant}/members/{user}', {
            params: { path: { tenant, user: member.user.id }, header: { 'if-match': etagOf(member) } },
            body,
          }),
        ),
      ),
    onSettled: useAskAgain(tenant),
  })
}

export function useRemoveMember(tenant: string, confirmed: Confirmed) {
  return useMutation({
    mutationFn: (user: string) =>
      confirmed(() =>
        unwrap(http.DELETE('/api/v1/tenants/{tenant}/members/{user}', { params: { path: { tenant, user } } })),
      ),
    onSettled: useAskAgain(tenant),
  })
}

export function useResetLink(tenant: string, confirmed: Confirmed) {
  return useMutation({
    mutationFn: (user: string) =>
      confirmed(() =>
        unwrap(http.POST('/api/v1/tenants/{tenant}/members/{user}/reset-link', { params: { path: { tenant, user } } })),
      ),
  })
}

export function useRenewInvitation(tenant: string, confirmed: Confirmed) {
  return useMutation({
    mutationFn: (invitation: string) =>
      confirmed(() =>
        unwrap(
          http.POST('/api/v1/tenants/{tenant}/invitations/{invitation}/renew', {
            params: { path: { tenant, invitation } },
          }),
        ),
      ),
    onSettled: useAskAgain(tenant),
  })
}

export function useDeleteInvitation(tenant: string) {
  return useMutation({
    mutationFn: (invitation: string) =>
      unwrap(
        http.DELETE('/api/v1/tenants/{tenant}/invitations/{invitation}', { params: { path: { tenant, invitation } } }),
      ),
    onSettled: useAskAgain(tenant),
  })
}

/** Makes a group, or changes the one that was opened. */
export function useSaveGroup(tenant: string, group: Group | null) {
  return useMutation({
    mutationFn: (body: GroupIn) =>
      unwrap(
        group === null
          ? http.POST('/api/v1/tenants/{tenant}/groups', { params: { path: { tenant } }, body })
          : http.PUT('/api/v1/tenants/{tenant}/groups/{group}', {
              params: { path: { tenant, group: group.id }, header: { 'if-match': etagOf(group) } },
              body,
            }),
      ),
    onSettled: useAskAgain(tenant),
  })
}

export function useDeleteGroup(tenant: string) {
  return useMutation({
    mutationFn: (group: string) =>
      unwrap(http.DELETE('/api/v1/tenants/{tenant}/groups/{group}', { params: { path: { tenant, group } } })),
    onSettled: useAskAgain(tenant),
  })
}

/** Looks at a roster, or takes it over. */
export function useImportRoster(tenant: string, confirmed: Confirmed) {
  const askAgain = useAskAgain(tenant)
  return async (csv: string, dry_run: boolean): Promise<Roster> => {
    const roster = await confirmed(() =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/members/import', { params: { path: { tenant } }, body: { csv, dry_run } }),
      ),
    )
    if (!dry_run) askAgain()
    return roster
  }
}
