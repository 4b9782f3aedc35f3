import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ForbiddenPage } from '@/components/forbidden-page'
import { SettingsPage } from '@/features/settings/settings-page'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/settings')({ component: Settings })

function Settings() {
  const { t } = useTranslation()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_settings) return <ForbiddenPage title={t('settings.title')} who="managers" />
  return <SettingsPage tenant={tenant} />
}
