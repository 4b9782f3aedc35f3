import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { z } from 'zod'
import { GuestAccess } from '@/features/assignments/guest-access'
import { GuestsPage } from '@/features/guests/guests-page'
import { DEFAULT_SORT, formatSort, type Sort } from '@/features/guests/sort'
import { tenantQuery } from '@/lib/api/queries'
import { guestsQuery } from '@/lib/api/tenant-queries'

const search = z.object({
  // A filter that is a number comes as one.
  q: z.coerce.string().optional().catch(undefined),
  sort: z.string().optional().catch(undefined),
})

export const Route = createFileRoute('/t/$slug/_frame/guests')({
  validateSearch: search,
  loader: ({ context }) => void context.queryClient.prefetchQuery(guestsQuery(context.tenantId)),
  component: Guests,
})

function Guests() {
  const { q, sort } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  const onFilter = useCallback(
    (text: string) => void navigate({ search: old => ({ ...old, q: text || undefined }), replace: true }),
    [navigate],
  )
  const onOrder = (order: Sort) => {
    const text = formatSort(order)
    void navigate({ search: old => ({ ...old, sort: text === DEFAULT_SORT ? undefined : text }), replace: true })
  }
  return (
    <GuestsPage
      tenant={tenant}
      filter={q ?? ''}
      order={sort}
      onFilter={onFilter}
      onOrder={onOrder}
      access={
        tenant.may.manage_members
          ? (guest, onClose) => <GuestAccess tenant={tenant} guest={guest} onClose={onClose} />
          : undefined
      }
    />
  )
}
