import { createFileRoute, redirect, useNavigate } from '@tanstack/react-router'
import { useSignOut } from '@/features/session/queries'
import { TenantSelectorPage } from '@/features/tenants/tenant-selector-page'
import { meQuery } from '@/lib/api/queries'
import { useOnlyTenant } from '@/lib/tenant-cache'
import { isOpenTo } from '@/lib/tenants'

export const Route = createFileRoute('/')({
  loader: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect({ to: '/sign-in' })
    const [only, ...others] = me.tenants
    const straight = only && others.length === 0 && isOpenTo(only, me.user.system_role)
    if (straight) throw redirect({ to: '/t/$slug/guests', params: { slug: only.slug } })
    return me
  },
  component: Start,
})

function Start() {
  const me = Route.useLoaderData()
  useOnlyTenant(null)
  const signOut = useSignOut()
  const navigate = useNavigate()
  const leave = () => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: '/sign-in' }) })
  return <TenantSelectorPage me={me} onSignOut={leave} />
}
