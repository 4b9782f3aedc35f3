import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { AuditLogPage } from '@/components/audit-log'
import { type AuditFilter, auditFilter } from '@/lib/audit-filter'

export const Route = createFileRoute('/system/audit')({ validateSearch: auditFilter, component: Audit })

function Audit() {
  const { t } = useTranslation()
  const filter = Route.useSearch()
  const navigate = Route.useNavigate()
  const onFilter = useCallback((search: AuditFilter) => void navigate({ search, replace: true }), [navigate])
  return <AuditLogPage place={null} title={t('audit.title')} filter={filter} onFilter={onFilter} />
}
