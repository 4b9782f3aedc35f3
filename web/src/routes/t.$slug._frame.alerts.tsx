import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { ALERT_TABS, AlertsPage } from '@/features/alerts/alerts-page'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/alerts')({
  validateSearch: z.object({
    tab: z.enum(ALERT_TABS).optional().catch(undefined),
    server: z.uuid().optional().catch(undefined),
  }),
  component: Alerts,
})

function Alerts() {
  const { t } = useTranslation()
  const { tab, server } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_servers) return <ForbiddenPage title={t('alerts.title')} who="managers" />
  return (
    <AlertsPage
      tenant={tenant}
      tab={tab ?? 'active'}
      server={server}
      onTab={next => void navigate({ search: old => ({ ...old, tab: next === 'active' ? undefined : next }) })}
      onServer={next => void navigate({ search: old => ({ ...old, server: next }), replace: true })}
    />
  )
}
