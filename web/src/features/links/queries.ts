import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { forgetLinkSecret } from '@/lib/link-secret'

/** None of these needs a session, and none of their refusals ends one. */
const meta = { anonymous: true }

export function useRequestReset() {
  return useMutation({
    meta,
    mutationFn: (email: string) => unwrap(http.POST('/api/v1/password-reset', { body: { email } })),
  })
}

/** Sets a new password; every session of that account ends, perhaps also the one of this browser. */
export function useReset() {
  const client = useQueryClient()
  return useMutation({
    meta,
    mutationFn: (body: { secret: string; password: string }) =>
      unwrap(http.POST('/api/v1/password-reset/use', { body })),
    onSuccess: () => {
      forgetLinkSecret('/reset')
      client.clear()
    },
  })
}

/** Follows the link; as a query, so that a page that is drawn twice does not use it twice. */
export const verifyQuery = (secret: string) =>
  queryOptions({
    queryKey: ['verify', secret],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
    enabled: secret !== '',
    queryFn: async () => {
      const verified = await unwrap(http.POST('/api/v1/verify', { body: { secret } }))
      forgetLinkSecret('/verify')
      return verified
    },
  })

export const invitationQuery = (secret: string) =>
  queryOptions({
    queryKey: ['invitation', secret],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    enabled: secret !== '',
    queryFn: ({ signal }) => unwrap(http.POST('/api/v1/invitations/look', { body: { secret }, signal })),
  })

type Accept = { secret: string; full_name?: string; password?: string }

/** With a name and a password this makes the account and signs in; the answer says where to go. */
export function useAccept() {
  const client = useQueryClient()
  return useMutation({
    meta,
    mutationFn: (body: Accept) => unwrap(http.POST('/api/v1/invitations/accept', { body })),
    onSuccess: async () => {
      forgetLinkSecret('/invite')
      await client.invalidateQueries({ queryKey: keys.me, refetchType: 'none' })
      await client.refetchQueries({ queryKey: keys.me })
    },
  })
}
