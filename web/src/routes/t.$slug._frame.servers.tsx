import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { ServerTools } from '@/features/server-import/server-tools'
import { ServersPage } from '@/features/servers/servers-page'
import { ORIGINS, STATUSES } from '@/features/servers/view'
import { meQuery, tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/servers')({
  validateSearch: z.object({
    add: z.boolean().optional().catch(undefined),
    // A search for a number comes as one.
    q: z.coerce.string().optional().catch(undefined),
    status: z.enum(STATUSES).optional().catch(undefined),
    origin: z.enum(ORIGINS).optional().catch(undefined),
    sort: z.string().optional().catch(undefined),
  }),
  component: Servers,
})

function Servers() {
  const { t } = useTranslation()
  const { add, q, status, origin, sort } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_servers) return <ForbiddenPage title={t('servers.title')} who="managers" />
  return (
    <ServersPage
      tenant={tenant}
      me={me?.user.id ?? ''}
      search={{ q: q ?? '', status, origin, sort }}
      onSearch={change =>
        void navigate({ search: old => ({ ...old, ...change, q: (change.q ?? q) || undefined }), replace: true })
      }
      tools={<ServerTools tenant={tenant} />}
      adding={add ?? false}
      onAdding={adding => void navigate({ search: old => ({ ...old, add: adding || undefined }), replace: !adding })}
    />
  )
}
