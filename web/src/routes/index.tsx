import { createFileRoute, redirect, useNavigate } from '@tanstack/react-router'
import { useSignOut } from '@/features/session/queries'
import { TenantSelectorPage } from '@/features/tenants/tenant-selector-page'
import { meQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/')({
  loader: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect({ to: '/sign-in' })
    const [only, ...others] = me.tenants
    if (only && others.length === 0) throw redirect({ to: '/t/$slug/guests', params: { slug: only.slug } })
    return me
  },
  component: Start,
})

function Start() {
  const me = Route.useLoaderData()
  const signOut = useSignOut()
  const navigate = useNavigate()
  const leave = () => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: '/sign-in' }) })
  return <TenantSelectorPage tenants={me.tenants} onSignOut={leave} />
}
