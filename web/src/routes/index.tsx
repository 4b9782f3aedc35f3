import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, redirect, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSignOut } from '@/features/session/queries'
import { TenantSelectorPage } from '@/features/tenants/tenant-selector-page'
import { meQuery } from '@/lib/api/queries'
import type { Me } from '@/lib/api/types'
import { useOnlyTenant } from '@/lib/tenant-cache'
import { isOpenTo } from '@/lib/tenants'

export const Route = createFileRoute('/')({
  loader: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect({ to: '/sign-in' })
    const only = onlyPlace(me)
    if (only) throw redirect({ to: '/t/$slug', params: { slug: only.slug } })
  },
  component: Start,
})

/** Where a person goes without being asked: into the one tenant that they have. */
function onlyPlace({ tenants, user }: Me) {
  const [only, ...others] = tenants
  return only && others.length === 0 && isOpenTo(only, user.system_role) ? only : undefined
}

/** Nobody tells people by an event that a tenant has let them in. */
const WAITING = 10_000

function Start() {
  const { data: me } = useSuspenseQuery({
    ...meQuery,
    refetchInterval: ({ state: { data } }) =>
      data?.tenants.some(tenant => isOpenTo(tenant, data.user.system_role)) ? false : WAITING,
  })
  useOnlyTenant(null)
  const signOut = useSignOut()
  const navigate = useNavigate()
  const leave = () => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: '/sign-in' }) })
  const slug = me ? onlyPlace(me)?.slug : undefined
  useEffect(() => {
    if (slug) void navigate({ to: '/t/$slug', params: { slug }, replace: true })
    else if (!me) void navigate({ to: '/sign-in', replace: true })
  }, [slug, me, navigate])
  if (!me || slug) return null
  return <TenantSelectorPage me={me} onSignOut={leave} />
}
