import { createFileRoute, notFound, useNavigate, useRouter } from '@tanstack/react-router'
import { z } from 'zod'
import { PowerMenu } from '@/components/power/power-menu'
import { ConsolePage } from '@/features/console/console-page'
import { signInPlace } from '@/lib/paths'

const params = z.object({ server: z.uuid(), type: z.enum(['qemu', 'lxc']), vmid: z.coerce.number().int().positive() })

export const Route = createFileRoute('/t/$slug/console/$server/$type/$vmid')({
  staticData: { saysItsEnd: true },
  validateSearch: z.object({ view_only: z.coerce.number().optional().catch(undefined) }),
  beforeLoad: ({ params: given }) => {
    const guest = params.safeParse(given)
    if (!guest.success) throw notFound()
    return { guest: guest.data }
  },
  component: Console,
})

function Console() {
  const { slug } = Route.useParams()
  const { view_only } = Route.useSearch()
  const { tenantId, guest } = Route.useRouteContext()
  const router = useRouter()
  const navigate = useNavigate()
  return (
    <ConsolePage
      tenant={tenantId}
      guest={guest}
      viewOnly={view_only === 1}
      power={(row, onOpenChange) => <PowerMenu tenant={tenantId} guest={row} onOpenChange={onOpenChange} />}
      onLeave={() => void navigate({ to: '/t/$slug/guests', params: { slug } })}
      onSignIn={() => void navigate(signInPlace(router.state.location.href))}
    />
  )
}
