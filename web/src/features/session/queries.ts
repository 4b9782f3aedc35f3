import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Me, SignInLook } from '@/lib/api/types'
import { setLanguage } from '@/lib/i18n'
import { setTheme } from '@/lib/theme'

const NEUTRAL: SignInLook = {
  name: null,
  brand: { primary_color: null, secondary_color: null, accent_color: null, logo: null },
}

/** How a tenant's sign-in page looks. It must open whatever happens, so that it is Nexus' own where nothing is known. */
export const signInLookQuery = (slug: string) =>
  queryOptions({
    queryKey: ['sign-in', slug] as const,
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/sign-in/{slug}', { params: { path: { slug } }, signal })).catch(() => NEUTRAL),
  })

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    meta: { anonymous: true },
    mutationFn: (body: { email: string; password: string }) => unwrap(http.POST('/api/v1/sign-in', { body })),
    onSuccess: me => {
      client.removeQueries({ queryKey: ['tenant'] })
      client.setQueryData(keys.me, me)
      takeOver(me)
    },
  })
}

/** A person's own language and theme win over what this browser had. */
function takeOver(me: Me): void {
  setLanguage(me.user.language)
  setTheme(me.user.theme)
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.POST('/api/v1/sign-out')),
    onSuccess: () => {
      client.removeQueries({ queryKey: ['tenant'] })
      client.setQueryData(keys.me, null)
    },
  })
}
