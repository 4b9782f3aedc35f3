import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Confirmed } from '@/lib/api/queries'
import type { Me } from '@/lib/api/types'

const SESSIONS = ['me', 'sessions'] as const

/** The own sessions, the newest use first. */
export const sessionsQuery = queryOptions({
  queryKey: SESSIONS,
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/me/sessions', { signal })),
})

/** Nexus decides by the content what kind of picture it is. */
export function useSetPicture() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (picture: Blob) =>
      unwrap(
        http.PUT('/api/v1/me/avatar', {
          // The generated type of a body of bytes is a text; it is sent as it is.
          body: picture as unknown as string,
          bodySerializer: body => body,
          headers: { 'content-type': 'application/octet-stream' },
        }),
      ),
    onSuccess: me => client.setQueryData(keys.me, me),
  })
}

export function useRemovePicture() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.DELETE('/api/v1/me/avatar')),
    onSuccess: () => client.setQueryData<Me | null>(keys.me, me => me && { ...me, user: { ...me.user, avatar: null } }),
  })
}

/** All other sessions end with the old password. */
export function useSetPassword() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { current_password: string; password: string }) =>
      unwrap(http.PUT('/api/v1/me/password', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: SESSIONS }),
  })
}

/** Sends a link to the new address; the address changes when it is followed. */
export function useChangeEmail(confirmed: Confirmed) {
  return useMutation({
    mutationFn: (email: string) => confirmed(() => unwrap(http.POST('/api/v1/me/email', { body: { email } }))),
  })
}

export function useSendVerification() {
  return useMutation({ mutationFn: () => unwrap(http.POST('/api/v1/me/verify')) })
}

export function useEndSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (session: string) =>
      unwrap(http.DELETE('/api/v1/me/sessions/{session}', { params: { path: { session } } })),
    onSettled: () => client.invalidateQueries({ queryKey: SESSIONS }),
  })
}

export function useEndOtherSessions() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.DELETE('/api/v1/me/sessions')),
    onSettled: () => client.invalidateQueries({ queryKey: SESSIONS }),
  })
}
