import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound } from '@tanstack/react-router'
import { z } from 'zod'
import { GuestPage } from '@/features/guest/guest-page'
import { TIMEFRAMES } from '@/features/guest/view'
import { guestQuery, tenantQuery } from '@/lib/api/queries'
import { GUEST_TABS } from '@/lib/guest-tabs'

const guestRef = z.object({
  server: z.uuid(),
  type: z.enum(['qemu', 'lxc']),
  vmid: z.coerce.number().int().min(100).max(999_999_999),
})

export const Route = createFileRoute('/t/$slug/_frame/guests_/$server/$type/$vmid')({
  validateSearch: z.object({
    tab: z.enum(GUEST_TABS).optional().catch(undefined),
    time: z.enum(TIMEFRAMES).optional().catch(undefined),
    peak: z.boolean().optional().catch(undefined),
  }),
  beforeLoad: ({ params }) => {
    const guest = guestRef.safeParse(params)
    if (!guest.success) throw notFound()
    return { guest: guest.data }
  },
  loader: ({ context }) => void context.queryClient.prefetchQuery(guestQuery(context.tenantId, context.guest)),
  component: Details,
})

function Details() {
  const { slug } = Route.useParams()
  const { tenantId, guest } = Route.useRouteContext()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(tenantId))
  return (
    <GuestPage
      tenant={tenant}
      slug={slug}
      guest={guest}
      search={search}
      onSearch={change => void navigate({ search: old => ({ ...old, ...change }), replace: true, resetScroll: false })}
    />
  )
}
