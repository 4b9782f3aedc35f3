import { useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'

export type SetUp = { secret: string; full_name: string; email: string; password: string; tenant_name: string }

/** Makes the first administrator and the first tenant, and signs in. */
export function useSetUp() {
  const client = useQueryClient()
  return useMutation({
    meta: { anonymous: true },
    mutationFn: (body: SetUp) => unwrap(http.POST('/api/v1/setup', { body })),
    onSuccess: me => client.setQueryData(keys.me, me),
  })
}
