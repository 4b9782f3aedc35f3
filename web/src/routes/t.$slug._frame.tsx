import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, Outlet, useMatches, useNavigate } from '@tanstack/react-router'
import { Monitor, Server } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Frame, type NavEntry } from '@/components/frame'
import { LiveIndicator } from '@/components/live-indicator'
import { oldestData } from '@/features/guests/data-age'
import { guestsQuery } from '@/features/guests/queries'
import { UserTools } from '@/features/session/user-menu'
import { TaskDrawer } from '@/features/tasks/task-drawer'
import { TenantSwitcher } from '@/features/tenants/tenant-switcher'
import { meQuery, tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame')({ component: TenantFrame })

function TenantFrame() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { slug } = Route.useParams()
  const { tenantId } = Route.useRouteContext()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(tenantId))
  const { data: dataAt } = useQuery({ ...guestsQuery(tenantId), select: oldestData })
  const onServers = useMatches({ select: matches => matches.some(match => match.routeId.endsWith('/servers')) })
  const current = me?.tenants.find(other => other.id === tenantId)
  if (!me || !current) return null
  const entries: NavEntry[] = [{ to: `/t/${slug}/guests`, label: t('guests.title'), icon: <Monitor aria-hidden /> }]
  if (tenant.may.see_servers)
    entries.push({ to: `/t/${slug}/servers`, label: t('servers.title'), icon: <Server aria-hidden /> })
  return (
    <Frame
      entries={entries}
      switcher={compact => <TenantSwitcher tenants={me.tenants} current={current} compact={compact} />}
      title={onServers ? t('servers.title') : t('guests.title')}
      tools={
        <>
          <LiveIndicator dataAt={dataAt ?? null} />
          <UserTools me={me} onSignedOut={() => void navigate({ to: '/sign-in' })} />
        </>
      }
      drawer={<TaskDrawer tenant={tenantId} />}
    >
      <Outlet />
    </Frame>
  )
}
