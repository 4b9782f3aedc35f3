import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ConsoleSessionsPage } from '@/components/console-sessions'
import { consoleFilter } from '@/lib/console-filter'

export const Route = createFileRoute('/system/consoles')({
  validateSearch: consoleFilter,
  component: Consoles,
})

function Consoles() {
  const { t } = useTranslation()
  const filter = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <ConsoleSessionsPage
      place={null}
      title={t('consoles.title')}
      filter={filter}
      onFilter={search => void navigate({ search, replace: true })}
    />
  )
}
