import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { AuditLogPage } from '@/components/audit-log'
import { ForbiddenPage } from '@/components/forbidden-page'
import { tenantQuery } from '@/lib/api/queries'
import { type AuditFilter, auditFilter } from '@/lib/audit-filter'

export const Route = createFileRoute('/t/$slug/_frame/audit')({ validateSearch: auditFilter, component: Audit })

function Audit() {
  const { t } = useTranslation()
  const filter = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  const onFilter = useCallback((search: AuditFilter) => void navigate({ search, replace: true }), [navigate])
  if (!tenant.may.see_audit) return <ForbiddenPage title={t('audit.title')} who="admins" />
  return <AuditLogPage place={tenant.id} title={t('audit.title')} filter={filter} onFilter={onFilter} />
}
