import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { etagOf } from '@/lib/api/etag'
import { keys } from '@/lib/api/keys'
import type { SavedView, SavedViewIn } from '@/lib/api/types'

/** The filters of the list that a person keeps under a name: their own. */

export const viewsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.views(tenant),
    queryFn: async ({ signal }): Promise<SavedView[]> => {
      const list = await unwrap(http.GET('/api/v1/tenants/{tenant}/views', { params: { path: { tenant } }, signal }))
      return list.views
    },
  })

const byName = (a: SavedView, b: SavedView) => a.name.localeCompare(b.name)

/** The views in the cache with one put in, or taken out. */
function useKeepView(tenant: string) {
  const client = useQueryClient()
  return (id: string, view: SavedView | null) =>
    client.setQueryData<SavedView[]>(keys.views(tenant), old => {
      const others = old?.filter(other => other.id !== id)
      return view ? others && [...others, view].sort(byName) : others
    })
}

export function useCreateView(tenant: string) {
  const keep = useKeepView(tenant)
  return useMutation({
    mutationFn: (body: SavedViewIn) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/views', { params: { path: { tenant } }, body })),
    onSuccess: view => keep(view.id, view),
  })
}

/** Changes a view, if nobody has changed it in another window since. */
export function useUpdateView(tenant: string) {
  const client = useQueryClient()
  const keep = useKeepView(tenant)
  return useMutation({
    mutationFn: ({ view, body }: { view: SavedView; body: SavedViewIn }) =>
      unwrap(
        http.PUT('/api/v1/tenants/{tenant}/views/{view}', {
          params: { path: { tenant, view: view.id }, header: { 'if-match': etagOf(view) } },
          body,
        }),
      ),
    onSuccess: view => keep(view.id, view),
    onError: () => void client.invalidateQueries({ queryKey: keys.views(tenant) }),
  })
}

export function useDeleteView(tenant: string) {
  const keep = useKeepView(tenant)
  return useMutation({
    mutationFn: (view: string) =>
      unwrap<unknown>(http.DELETE('/api/v1/tenants/{tenant}/views/{view}', { params: { path: { tenant, view } } })),
    onSuccess: (_, view) => keep(view, null),
  })
}
