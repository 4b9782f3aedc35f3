import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound, Outlet, redirect } from '@tanstack/react-router'
import { BrandStyle } from '@/components/brand'
import { meQuery, tenantQuery } from '@/lib/api/queries'
import { useTenantEvents } from '@/lib/events'
import { signInPlace } from '@/lib/paths'
import { useOnlyTenant } from '@/lib/tenant-cache'
import { isOpenTo } from '@/lib/tenants'

/** Everything of one tenant: who is signed in, which tenant, and its events. */
export const Route = createFileRoute('/t/$slug')({
  beforeLoad: async ({ context, params, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect(signInPlace(location.href))
    const tenant = me.tenants.find(other => other.slug === params.slug)
    if (!tenant) throw notFound()
    // The start page says that it is closed.
    if (!isOpenTo(tenant, me.user.system_role)) throw redirect({ to: '/' })
    await context.queryClient.ensureQueryData(tenantQuery(tenant.id))
    return { tenantId: tenant.id }
  },
  component: TenantPages,
})

function TenantPages() {
  const { queryClient, tenantId } = Route.useRouteContext()
  const { data: tenant } = useSuspenseQuery(tenantQuery(tenantId))
  useTenantEvents(queryClient, tenantId)
  useOnlyTenant(tenantId)
  return (
    <>
      <BrandStyle brand={tenant.brand} />
      <Outlet />
    </>
  )
}
