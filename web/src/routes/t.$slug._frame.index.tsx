import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, redirect } from '@tanstack/react-router'
import { z } from 'zod'
import { DashboardPage } from '@/features/dashboard/dashboard-page'
import { NODE_FILTERS } from '@/features/dashboard/view'
import { QuickGuests } from '@/features/guests/quick-guests'
import { statsQuery } from '@/lib/api/live-queries'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/')({
  validateSearch: z.object({ nodes: z.enum(NODE_FILTERS).optional().catch(undefined) }),
  beforeLoad: async ({ context, params }) => {
    const tenant = await context.queryClient.ensureQueryData(tenantQuery(context.tenantId))
    // Who only has single guests goes straight to them.
    if (!tenant.may.see_all_guests) throw redirect({ to: '/t/$slug/guests', params, replace: true })
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
