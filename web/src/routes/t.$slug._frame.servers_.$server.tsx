import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ForbiddenPage } from '@/components/forbidden-page'
import { ServerPage } from '@/features/servers/server-page'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/servers_/$server')({ component: Details })

function Details() {
  const { t } = useTranslation()
  const { slug, server } = Route.useParams()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_servers) return <ForbiddenPage title={t('servers.title')} who="managers" />
  return (
    <ServerPage
      tenant={tenant}
      slug={slug}
      server={server}
      onGone={() => void navigate({ to: '/t/$slug/servers', params: { slug }, replace: true })}
    />
  )
}
