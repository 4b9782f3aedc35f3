import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ConsoleSessionsPage } from '@/components/console-sessions'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/consoles')({
  validateSearch: z.object({ all: z.boolean().optional().catch(undefined) }),
  component: Consoles,
})

function Consoles() {
  const { t } = useTranslation()
  const { all } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  return (
    <ConsoleSessionsPage
      place={tenant.id}
      title={t('consoles.title')}
      all={all ?? false}
      onAll={on => void navigate({ search: { all: on || undefined }, replace: true })}
      own={!tenant.may.see_all_consoles}
    />
  )
}
