import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { MonitoringPage } from '@/features/monitoring/monitoring-page'
import { KINDS, LINES, TABS } from '@/features/monitoring/view'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/monitoring')({
  validateSearch: z.object({
    tab: z.enum(TABS).optional().catch(undefined),
    /** 24 hours where it is not there. */
    span: z.enum(['day']).optional().catch(undefined),
    sort: z.string().optional().catch(undefined),
    pick: z.string().optional().catch(undefined),
    line: z.enum(LINES).optional().catch(undefined),
    server: z.string().optional().catch(undefined),
    kind: z.enum(KINDS).optional().catch(undefined),
    failed: z.boolean().optional().catch(undefined),
  }),
  component: Monitoring,
})

function Monitoring() {
  const { t } = useTranslation()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_servers) return <ForbiddenPage title={t('monitoring.title')} who="managers" />
  return (
    <MonitoringPage
      tenant={tenant}
      search={search}
      onSearch={(change, replace = true) => void navigate({ search: old => ({ ...old, ...change }), replace })}
    />
  )
}
