import { useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Me } from '@/lib/api/types'
import { setLanguage } from '@/lib/i18n'
import { setTheme } from '@/lib/theme'

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
