import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import type { Confirmed } from '@/lib/api/queries'
import type { ApiTokenIn } from '@/lib/api/types'

const TOKENS = ['me', 'tokens'] as const

/** The own tokens, the newest first. */
export const tokensQuery = queryOptions({
  queryKey: TOKENS,
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/me/tokens', { signal })),
})

/** The servers of a tenant whose guests the person sees: also those who may not see servers can limit a token to one. */
export const tokenServersQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['tenant', tenant, 'token-servers'] as const,
    queryFn: async ({ signal }) => {
      const params = { path: { tenant }, query: { limit: 1 } }
      return (await unwrap(http.GET('/api/v1/tenants/{tenant}/guests', { params, signal }))).servers
    },
  })

/** Asks for the password where the sign-in is not recent. */
export function useMakeToken(confirmed: Confirmed) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ApiTokenIn) => confirmed(() => unwrap(http.POST('/api/v1/me/tokens', { body }))),
    onSuccess: () => client.invalidateQueries({ queryKey: TOKENS }),
  })
}

export function useRevokeToken() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token: string) => unwrap(http.DELETE('/api/v1/me/tokens/{token}', { params: { path: { token } } })),
    onSettled: () => client.invalidateQueries({ queryKey: TOKENS }),
  })
}
