import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { etagOf } from '@/lib/api/etag'
import { keys } from '@/lib/api/keys'
import type { Logo, Settings, SettingsIn, Webhook, WebhookDelivery, WebhookIn, WebhookList } from '@/lib/api/types'
import { upload } from '@/lib/api/upload'

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

/** The logo stands in the frame, in the switcher and in the settings. */
function logoChanged(client: QueryClient, tenant: string, logo: Logo | null): Promise<void> {
  client.setQueryData<Settings>(keys.settings(tenant), old => old && { ...old, logo })
  void client.invalidateQueries({ queryKey: keys.me })
  void client.invalidateQueries({ queryKey: keys.tenant(tenant), exact: true })
  return client.invalidateQueries({ queryKey: keys.settings(tenant) })
}

/** Nexus decides by the content what kind of picture it is, and keeps what it has made of it. */
export function useSetLogo(tenant: string, onProgress: (share: number) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (picture: Blob) => upload<Logo>(`/api/v1/tenants/${tenant}/logo`, picture, onProgress),
    onSuccess: logo => logoChanged(client, tenant, logo),
  })
}

export function useRemoveLogo(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.DELETE('/api/v1/tenants/{tenant}/logo', { params: { path: { tenant } } })),
    onSuccess: () => logoChanged(client, tenant, null),
  })
}

/** Sends a mail to the address for alerts that is stored, or else to oneself. */
export function useTestMail(tenant: string) {
  return useMutation({
    mutationFn: () => unwrap(http.POST('/api/v1/tenants/{tenant}/alerts/test-mail', { params: { path: { tenant } } })),
  })
}

/** Nobody tells of deliveries by an event: while one is under way it is looked at more often. */
const SOON = 5_000
const LATER = 30_000

export const webhooksQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.webhooks(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/webhooks', { params: { path: { tenant } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.webhooks.some(({ last_delivery }) => last_delivery?.state === 'pending') ? SOON : LATER,
  })

const deliveriesKey = (tenant: string, webhook: string) => [...keys.webhooks(tenant), webhook, 'deliveries'] as const

/** What was sent to a webhook, newest first, page by page. */
export const deliveriesQuery = (tenant: string, webhook: string) =>
  infiniteQueryOptions({
    queryKey: deliveriesKey(tenant, webhook),
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries', {
          params: { path: { tenant, webhook }, query: pageParam ? { cursor: pageParam } : {} },
          signal,
        }),
      ),
    getNextPageParam: page => page.next_cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(page => page.deliveries.some(one => one.state === 'pending')) ? SOON : LATER,
  })

/** Makes a webhook, or changes the one that was opened, if it is still the same. The secret comes with a new one alone. */
export function useSaveWebhook(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ shown, body }: { shown: Webhook | null; body: WebhookIn }) => {
      if (shown === null)
        return unwrap(http.POST('/api/v1/tenants/{tenant}/webhooks', { params: { path: { tenant } }, body }))
      const params = { path: { tenant, webhook: shown.id }, header: { 'if-match': shown.etag } }
      const webhook = await unwrap(http.PUT('/api/v1/tenants/{tenant}/webhooks/{webhook}', { params, body }))
      return { webhook, secret: null }
    },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.webhooks(tenant) }),
  })
}

/** Asks for the webhooks as they are now. */
export function useReloadWebhooks(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (): Promise<WebhookList> => client.fetchQuery({ ...webhooksQuery(tenant), staleTime: 0 }),
  })
}

export function useDeleteWebhook(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (webhook: string) =>
      unwrap(http.DELETE('/api/v1/tenants/{tenant}/webhooks/{webhook}', { params: { path: { tenant, webhook } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.webhooks(tenant) }),
  })
}

export function useRenewSecret(tenant: string) {
  return useMutation({
    mutationFn: (webhook: string) =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/webhooks/{webhook}/secret', { params: { path: { tenant, webhook } } }),
      ),
  })
}

/** Sends a test event and waits for the answer; that it was refused there is an answer too. */
export function useTestWebhook(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (webhook: string): Promise<WebhookDelivery> =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/webhooks/{webhook}/test', { params: { path: { tenant, webhook } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.webhooks(tenant) }),
  })
}

export function useRetryDelivery(tenant: string, webhook: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (delivery: string): Promise<WebhookDelivery> =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries/{delivery}/retry', {
          params: { path: { tenant, webhook, delivery } },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.webhooks(tenant) }),
  })
}
