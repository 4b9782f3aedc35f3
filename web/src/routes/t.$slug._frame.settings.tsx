import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { SETTINGS_TABS, SettingsPage } from '@/features/settings/settings-page'
import { meQuery, tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/settings')({
  validateSearch: z.object({ tab: z.enum(SETTINGS_TABS).optional().catch(undefined) }),
  component: Settings,
})

function Settings() {
  const { t } = useTranslation()
  const { tab } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_settings) return <ForbiddenPage title={t('settings.title')} who="managers" />
  return (
    <SettingsPage
      tenant={tenant}
      mail={me?.mail ?? false}
      tab={tab ?? 'general'}
      onTab={next => void navigate({ search: { tab: next === 'general' ? undefined : next } })}
    />
  )
}
