import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, redirect } from '@tanstack/react-router'
import { z } from 'zod'
import { DashboardPage } from '@/features/dashboard/dashboard-page'
import { NODE_FILTERS } from '@/features/dashboard/view'
import { QuickGuests } from '@/features/guests/quick-guests'
import { statsQuery } from '@/lib/api/live-queries'
import { tenantQuery } from '@/lib/api/queries'
import { guestsQuery } from '@/lib/api/tenant-queries'

export const Route = createFileRoute('/t/$slug/_frame/')({
  validateSearch: z.object({ nodes: z.enum(NODE_FILTERS).optional().catch(undefined) }),
  beforeLoad: async ({ context, params }) => {
    const tenant = await context.queryClient.ensureQueryData(tenantQuery(context.tenantId))
    if (tenant.may.see_all_guests) return
    // Who only has single guests goes straight to them, and who has just one to that.
    const list = await context.queryClient.ensureQueryData(guestsQuery(context.tenantId)).catch(() => null)
    const [only, ...more] = list?.guests ?? []
    if (!only || more.length > 0) throw redirect({ to: '/t/$slug/guests', params, replace: true })
    const { server, type, vmid } = only
    const guest = { server: server.id, type, vmid: String(vmid) }
    throw redirect({ to: '/t/$slug/guests/$server/$type/$vmid', params: { ...params, ...guest }, replace: true })
  },
  loader: ({ context }) => void context.queryClient.prefetchQuery(statsQuery(context.tenantId)),
  component: Dashboard,
})

function Dashboard() {
  const { nodes } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  return (
    <DashboardPage
      tenant={tenant}
      nodes={nodes}
      onNodes={filter => void navigate({ search: { nodes: filter }, replace: true, resetScroll: false })}
      guests={<QuickGuests tenant={tenant} />}
    />
  )
}
