import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { etagOf } from '@/lib/api/etag'
import { keys } from '@/lib/api/keys'
import type { Settings, SettingsIn } from '@/lib/api/types'

export const settingsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.settings(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/settings', { params: { path: { tenant } }, signal })),
  })

/** Changes the settings, if they are still those that were shown. */
export function useUpdateSettings(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ shown, body }: { shown: Settings; body: SettingsIn }) =>
      unwrap(
        http.PUT('/api/v1/tenants/{tenant}/settings', {
          params: { path: { tenant }, header: { 'if-match': etagOf(shown) } },
          body,
        }),
      ),
    onSuccess: saved => {
      client.setQueryData(keys.settings(tenant), saved)
      // The name stands in the switcher, and who sees what may be another by now.
      void client.invalidateQueries({ queryKey: keys.me })
      void client.invalidateQueries({ queryKey: keys.tenant(tenant), exact: true })
      void client.invalidateQueries({ queryKey: keys.guests(tenant) })
    },
  })
}

/** Asks for the settings as they are now. */
export function useReloadSettings(tenant: string) {
  return useMutation({
    mutationFn: () => unwrap(http.GET('/api/v1/tenants/{tenant}/settings', { params: { path: { tenant } } })),
  })
}
