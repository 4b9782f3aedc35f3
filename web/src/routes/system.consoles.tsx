import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ConsoleSessionsPage } from '@/components/console-sessions'

export const Route = createFileRoute('/system/consoles')({
  validateSearch: z.object({ all: z.boolean().optional().catch(undefined) }),
  component: Consoles,
})

function Consoles() {
  const { t } = useTranslation()
  const { all } = Route.useSearch()
  const navigate = Route.useNavigate()
  return (
    <ConsoleSessionsPage
      place={null}
      title={t('consoles.title')}
      all={all ?? false}
      onAll={past => void navigate({ search: { all: past || undefined }, replace: true })}
    />
  )
}
