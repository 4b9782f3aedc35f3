import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { ConfigurationPage } from '@/features/config-snapshots/configuration-page'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/servers_/$server_/configuration')({
  validateSearch: z.object({
    show: z.string().optional().catch(undefined),
    from: z.string().optional().catch(undefined),
    to: z.string().optional().catch(undefined),
  }),
  component: Configuration,
})

function Configuration() {
  const { t } = useTranslation()
  const { server } = Route.useParams()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.read_pve) return <ForbiddenPage title={t('configuration.title')} who="managers" />
  return (
    <ConfigurationPage
      tenant={tenant}
      server={server}
      search={search}
      onSearch={(next, replace = false) => void navigate({ search: next, replace, resetScroll: false })}
    />
  )
}
