import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, redirect } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { SettingsPage } from '@/features/settings/settings-page'
import { meQuery, tenantQuery } from '@/lib/api/queries'

/** What once was a tab is a group now; links to it still lead there. */
const TABS = { monitoring: 'alerts', webhooks: 'webhooks' } as const

export const Route = createFileRoute('/t/$slug/_frame/settings')({
  validateSearch: z.object({ tab: z.enum(['monitoring', 'webhooks']).optional().catch(undefined) }),
  beforeLoad: ({ search, params }) => {
    if (search.tab) throw redirect({ to: '/t/$slug/settings', params, hash: TABS[search.tab], replace: true })
  },
  component: Settings,
})

function Settings() {
  const { t } = useTranslation()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_settings) return <ForbiddenPage title={t('settings.title')} who="managers" />
  return <SettingsPage tenant={tenant} mail={me?.mail ?? false} />
}
