import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Confirmed } from '@/lib/api/queries'
import type { AccountIn, AccountNewIn, OrganisationIn, OrganisationNewIn, ProvidedServerIn } from '@/lib/api/types'

const USERS = ['system', 'users'] as const
const TENANTS = ['system', 'tenants'] as const

/** `If-Match` of a row. */
const etag = (version: number) => `"${version}"`

/** All accounts whose name or address has the text, page by page. */
export const usersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...USERS, { q }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = { ...(q && { q }), ...(pageParam && { cursor: pageParam }) }
      return unwrap(http.GET('/api/v1/users', { params: { query }, signal }))
    },
    getNextPageParam: page => page.next_cursor,
    placeholderData: old => old,
  })

export const tenantsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...TENANTS, { q }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = { ...(q && { q }), ...(pageParam && { cursor: pageParam }) }
      return unwrap(http.GET('/api/v1/tenants', { params: { query }, signal }))
    },
    getNextPageParam: page => page.next_cursor,
    placeholderData: old => old,
  })

/** Nobody tells of these by an event. */
const EVERY = 10_000

export const allServersQuery = queryOptions({
  queryKey: ['system', 'servers'],
  refetchInterval: EVERY,
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/servers', { signal })),
})

export const systemQuery = queryOptions({
  queryKey: ['system', 'health'],
  refetchInterval: EVERY,
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/system', { signal })),
})

/** Sends a mail to oneself while one waits, and says what the mail server answered. */
export function useTestMail() {
  return useMutation({ mutationFn: () => unwrap(http.POST('/api/v1/system/test-mail')) })
}

/** An account changes what others may do: every list that shows people is asked for again. */
function usersChanged(client: QueryClient) {
  void client.invalidateQueries({ queryKey: keys.me })
  void client.invalidateQueries({ queryKey: ['tenant'] })
  return client.invalidateQueries({ queryKey: ['system'] })
}

export function useCreateUser(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: AccountNewIn) => confirmed(() => unwrap(http.POST('/api/v1/users', { body }))),
    onSuccess: () => void usersChanged(client),
  })
}

type UserChange = { user: string; version: number; body: AccountIn }

/** Changes an account, if it is still the one that `version` names. */
export function useUpdateUser(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ user, version, body }: UserChange) =>
      confirmed(() =>
        unwrap(
          http.PATCH('/api/v1/users/{user}', {
            params: { path: { user }, header: { 'if-match': etag(version) } },
            body,
          }),
        ),
      ),
    onSuccess: () => void usersChanged(client),
  })
}

export function useReloadUser() {
  return useMutation({
    mutationFn: (user: string) => unwrap(http.GET('/api/v1/users/{user}', { params: { path: { user } } })),
  })
}

/** `successor` takes the place where the account is a tenant's last admin. */
export function useDeleteUser(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ user, successor }: { user: string; successor: string | null }) =>
      confirmed(() =>
        unwrap(
          http.DELETE('/api/v1/users/{user}', {
            params: { path: { user }, query: successor ? { successor } : {} },
          }),
        ),
      ),
    onSuccess: () => void usersChanged(client),
  })
}

export function useUserResetLink(confirmed: Confirmed) {
  return useMutation({
    mutationFn: (user: string) =>
      confirmed(() => unwrap(http.POST('/api/v1/users/{user}/reset-link', { params: { path: { user } } }))),
  })
}

export function useEndUserSessions(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (user: string) =>
      confirmed(() => unwrap(http.POST('/api/v1/users/{user}/end-sessions', { params: { path: { user } } }))),
    onSuccess: () => void usersChanged(client),
  })
}

/** A system admin can enter every tenant, so the list of the own ones changes too. */
function tenantsChanged(client: QueryClient, tenant?: string) {
  void client.invalidateQueries({ queryKey: keys.me })
  if (tenant) void client.invalidateQueries({ queryKey: keys.tenant(tenant) })
  return client.invalidateQueries({ queryKey: ['system'] })
}

export function useCreateTenant(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: OrganisationNewIn) => confirmed(() => unwrap(http.POST('/api/v1/tenants', { body }))),
    onSuccess: () => void tenantsChanged(client),
  })
}

type TenantChange = { tenant: string; version: number; body: OrganisationIn }

export function useUpdateTenant(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ tenant, version, body }: TenantChange) =>
      confirmed(() =>
        unwrap(
          http.PATCH('/api/v1/tenants/{tenant}', {
            params: { path: { tenant }, header: { 'if-match': etag(version) } },
            body,
          }),
        ),
      ),
    onSuccess: (_, { tenant }) => void tenantsChanged(client, tenant),
  })
}

/** One tenant as it is now; the list is the only place that has its version. */
export function useReloadTenant() {
  return useMutation({
    mutationFn: async ({ tenant, slug }: { tenant: string; slug: string }) => {
      const list = await unwrap(http.GET('/api/v1/tenants', { params: { query: { q: slug } } }))
      return list.tenants.find(row => row.id === tenant) ?? null
    },
  })
}

export function useDeleteTenant(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (tenant: string) =>
      confirmed(() => unwrap(http.DELETE('/api/v1/tenants/{tenant}', { params: { path: { tenant } } }))),
    onSuccess: (_, tenant) => {
      client.removeQueries({ queryKey: keys.tenant(tenant) })
      void tenantsChanged(client)
    },
  })
}

/** A provided server with its connection, as it is now. */
export const providedServerQuery = (server: string) =>
  queryOptions({
    queryKey: ['system', 'servers', server],
    // What a form starts from must be what is stored.
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => unwrap(http.GET('/api/v1/servers/{server}', { params: { path: { server } }, signal })),
  })

/** What hangs on a server, in the tenant that has it. */
export const attachedQuery = (tenant: string, server: string) =>
  queryOptions({
    queryKey: [...keys.servers(tenant), server, 'attached'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/servers/{server}/attached', {
          params: { path: { tenant, server } },
          signal,
        }),
      ),
  })

/** The tenant sees another server now, or other guests of it. */
function providedChanged(client: QueryClient, tenant: string) {
  void client.invalidateQueries({ queryKey: keys.servers(tenant) })
  void client.invalidateQueries({ queryKey: keys.guests(tenant) })
  return client.invalidateQueries({ queryKey: ['system'] })
}

export function useProvideServer(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ProvidedServerIn) => confirmed(() => unwrap(http.POST('/api/v1/servers', { body }))),
    onSuccess: (_, { tenant }) => void providedChanged(client, tenant),
  })
}

type ProvidedChange = { server: string; etag: string; body: ProvidedServerIn }

/** Changes a provided server, if it is still the one that `etag` names. */
export function useUpdateProvided(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ server, etag, body }: ProvidedChange) =>
      confirmed(() =>
        unwrap(
          http.PUT('/api/v1/servers/{server}', { params: { path: { server }, header: { 'if-match': etag } }, body }),
        ),
      ),
    onSuccess: (_, { body }) => void providedChanged(client, body.tenant),
  })
}

export function useDeleteProvided(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ server }: { server: string; tenant: string }) =>
      confirmed(() => unwrap(http.DELETE('/api/v1/servers/{server}', { params: { path: { server } } }))),
    onSuccess: (_, { tenant }) => void providedChanged(client, tenant),
  })
}

/** Runs the check with values that are not stored. */
export function useTestProvidedValues() {
  return useMutation({
    mutationFn: (body: ProvidedServerIn) => unwrap(http.POST('/api/v1/servers/test', { body })),
  })
}

/** Runs the check with what is stored. */
export function useTestProvided() {
  return useMutation({
    mutationFn: (server: string) =>
      unwrap(http.POST('/api/v1/servers/{server}/test', { params: { path: { server } } })),
  })
}
