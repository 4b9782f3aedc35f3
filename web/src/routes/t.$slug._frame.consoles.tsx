import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ConsoleSessionsPage } from '@/components/console-sessions'
import { tenantQuery } from '@/lib/api/queries'
import { consoleFilter } from '@/lib/console-filter'

export const Route = createFileRoute('/t/$slug/_frame/consoles')({
  validateSearch: consoleFilter,
  component: Consoles,
})

function Consoles() {
  const { t } = useTranslation()
  const filter = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  return (
    <ConsoleSessionsPage
      place={tenant.id}
      title={t('consoles.title')}
      filter={filter}
      onFilter={search => void navigate({ search, replace: true })}
      own={!tenant.may.see_all_consoles}
    />
  )
}
