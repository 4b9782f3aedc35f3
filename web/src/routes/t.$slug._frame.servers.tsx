import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { ServerTools } from '@/features/server-import/server-tools'
import { ServersPage } from '@/features/servers/servers-page'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/servers')({
  validateSearch: z.object({ add: z.boolean().optional().catch(undefined) }),
  component: Servers,
})

function Servers() {
  const { add } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  return (
    <ServersPage
      tenant={tenant}
      tools={<ServerTools tenant={tenant} />}
      adding={add ?? false}
      onAdding={adding => void navigate({ search: { add: adding || undefined }, replace: !adding })}
    />
  )
}
