import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { z } from 'zod'
import { GuestAccess } from '@/features/assignments/guest-access'
import { useBulkDialog } from '@/features/bulk/use-bulk-dialog'
import { GuestsPage } from '@/features/guests/guests-page'
import { DEFAULT_SORT, formatSort, parseSort, type Sort } from '@/features/guests/sort'
import { meQuery, tenantQuery } from '@/lib/api/queries'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { SavedView } from '@/lib/api/types'

const search = z.object({
  // A filter that is a number comes as one.
  q: z.coerce.string().optional().catch(undefined),
  sort: z.string().optional().catch(undefined),
  view: z.string().optional().catch(undefined),
})

export const Route = createFileRoute('/t/$slug/_frame/guests')({
  validateSearch: search,
  loader: ({ context }) => void context.queryClient.prefetchQuery(guestsQuery(context.tenantId)),
  component: Guests,
})

function Guests() {
  const { q, sort, view } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  const onFilter = useCallback(
    (text: string) => void navigate({ search: old => ({ ...old, q: text || undefined }), replace: true }),
    [navigate],
  )
  const inAddress = (order: Sort) => {
    const text = formatSort(order)
    return text === DEFAULT_SORT ? undefined : text
  }
  const onView = (next: SavedView | null, replace: boolean) => {
    const found = next ? { q: next.filter || undefined, sort: inAddress(parseSort(next.sort)), view: next.id } : {}
    void navigate({ search: found, replace })
  }
  const bulk = useBulkDialog(tenant.id)
  return (
    <>
      <GuestsPage
        tenant={tenant}
        me={me?.user.id ?? ''}
        filter={q ?? ''}
        order={sort}
        view={view}
        onFilter={onFilter}
        onOrder={order => void navigate({ search: old => ({ ...old, sort: inAddress(order) }), replace: true })}
        onView={onView}
        onViewGone={() => void navigate({ search: old => ({ ...old, view: undefined }), replace: true })}
        onOpen={({ server, type, vmid }) =>
          void navigate({
            to: '/t/$slug/guests/$server/$type/$vmid',
            params: { slug: tenant.slug, server: server.id, type, vmid: String(vmid) },
          })
        }
        onBulk={bulk.open}
        access={
          tenant.may.manage_members
            ? (guest, onClose) => <GuestAccess tenant={tenant} guest={guest} onClose={onClose} />
            : undefined
        }
      />
      {bulk.dialog}
    </>
  )
}
