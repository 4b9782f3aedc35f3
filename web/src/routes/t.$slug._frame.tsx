import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, Navigate, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import {
  Activity,
  Archive,
  BellRing,
  Braces,
  KeyRound,
  LayoutDashboard,
  Monitor,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  SquareTerminal,
  Users,
} from 'lucide-react'
import { type ReactNode, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Frame, type NavGroup } from '@/components/frame'
import { LiveIndicator } from '@/components/live-indicator'
import { ShortcutsHelp } from '@/components/shortcuts-help'
import { useAlertToasts } from '@/features/alerts/use-alert-toasts'
import { BulkLine } from '@/features/bulk/bulk-line'
import { BulkPanel } from '@/features/bulk/bulk-panel'
import { oldestData } from '@/features/guests/data-age'
import { Bell } from '@/features/notifications/bell'
import { usePalette } from '@/features/palette/use-palette'
import { UserTools } from '@/features/session/user-menu'
import { TaskDrawer } from '@/features/tasks/task-drawer'
import { TenantSwitcher } from '@/features/tenants/tenant-switcher'
import { alertsQuery } from '@/lib/api/alert-queries'
import { meQuery, tenantQuery } from '@/lib/api/queries'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, Tenant } from '@/lib/api/types'
import { isOpenTo } from '@/lib/tenants'

export const Route = createFileRoute('/t/$slug/_frame')({ component: TenantFrame })

/** Whoever loses the tenant while looking at it learns at the start what is left. Made once: each new one navigates. */
const LOST = <Navigate to="/" replace />

function TenantFrame() {
  const navigate = useNavigate()
  const { slug } = Route.useParams()
  const { tenantId } = Route.useRouteContext()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(tenantId))
  const { data: dataAt } = useQuery({ ...guestsQuery(tenantId), select: oldestData })
  const { pathname } = useLocation()
  const { t } = useTranslation()
  useAlertToasts(slug, pathname.startsWith(`/t/${slug}/alerts`))
  const groups = useNavigation(slug, tenant, me?.user.system_role === 'admin')
  const places = useMemo(() => groups.flatMap(group => group.entries), [groups])
  const palette = usePalette({ tenant, places, ...useGoing(slug) })
  const current = me?.tenants.find(other => other.id === tenantId)
  if (!me) return null
  if (!current || !isOpenTo(current, me.user.system_role)) return LOST
  const here = places.find(({ to, exact }) => (exact ? pathname.replace(/\/$/, '') === to : pathname.startsWith(to)))
  return (
    <Frame
      groups={groups}
      switcher={compact => <TenantSwitcher me={me} current={current} compact={compact} />}
      title={here?.label ?? (pathname === `/t/${slug}/notifications` ? t('notifications.title') : '')}
      tools={
        <>
          {palette.button}
          <LiveIndicator dataAt={dataAt ?? null} />
          <Bell tenant={tenant} />
          <UserTools me={me} onSignedOut={() => void navigate({ to: '/t/$slug/sign-in', params: { slug } })} />
        </>
      }
      banner={tenant.is_active ? undefined : <Deactivated />}
      drawer={
        <TaskDrawer
          tenant={tenantId}
          slug={slug}
          me={me.user.full_name}
          bulk={<BulkPanel tenant={tenantId} slug={slug} />}
          bulkLine={<BulkLine tenant={tenantId} />}
        />
      }
    >
      <Outlet />
      {palette.dialog}
      <ShortcutsHelp />
    </Frame>
  )
}

/** Where the palette leads to. */
function useGoing(slug: string) {
  const navigate = useNavigate()
  return {
    onGo: useCallback((to: string) => void navigate({ to }), [navigate]),
    onGuest: useCallback(
      ({ server, type, vmid }: Guest) =>
        void navigate({
          to: '/t/$slug/guests/$server/$type/$vmid',
          params: { slug, server: server.id, type, vmid: String(vmid) },
        }),
      [navigate, slug],
    ),
    onFilter: useCallback(
      (q: string) => void navigate({ to: '/t/$slug/guests', params: { slug }, search: { q } }),
      [navigate, slug],
    ),
  }
}

/** The places of a tenant that this person may see. */
function useNavigation(slug: string, { id, may }: Tenant, system: boolean): NavGroup[] {
  const { t } = useTranslation()
  const alerts = useInfiniteQuery({ ...alertsQuery(id, { state: 'active' }), enabled: may.see_servers })
  const open = alerts.data?.pages[0]?.open ?? 0
  const place = (page: string, label: string, icon: ReactNode) => ({ to: `/t/${slug}/${page}`, label, icon })
  const guests: NavGroup['entries'] = [place('guests', t('guests.title'), <Monitor aria-hidden />)]
  // Who only has single guests sees them alone, without a side bar.
  if (may.see_all_guests) {
    const dashboard = {
      to: `/t/${slug}`,
      exact: true,
      label: t('dashboard.title'),
      icon: <LayoutDashboard aria-hidden />,
    }
    guests.unshift(dashboard)
    guests.push(place('consoles', t('consoles.title'), <SquareTerminal aria-hidden />))
  }
  if (may.see_servers) {
    guests.push(place('servers', t('servers.title'), <Server aria-hidden />))
    guests.push(place('monitoring', t('monitoring.title'), <Activity aria-hidden />))
    const count = { value: open, label: t('alerts.open_count', { count: open }) }
    guests.push({ ...place('alerts', t('alerts.title'), <BellRing aria-hidden />), count })
  }
  if (may.read_pve) guests.push(place('explorer', t('explorer.title'), <Braces aria-hidden />))
  const manage = []
  if (may.see_members) {
    manage.push(place('members', t('members.title'), <Users aria-hidden />))
    manage.push(place('assignments', t('assignments.title'), <KeyRound aria-hidden />))
  }
  if (may.see_audit) manage.push(place('audit', t('audit.title'), <ScrollText aria-hidden />))
  if (may.see_settings) manage.push(place('settings', t('settings.title'), <Settings aria-hidden />))
  const administration = { to: '/system/users', label: t('frame.administration'), icon: <ShieldCheck aria-hidden /> }
  return [
    { entries: guests },
    { label: t('frame.manage'), entries: manage },
    { label: t('frame.system'), entries: system ? [administration] : [] },
  ]
}

function Deactivated() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex items-center gap-2 border-b bg-warning/8 px-6 py-1.5 text-table max-md:px-4">
      <Archive className="size-4 shrink-0 text-warning-text" aria-hidden />
      {t('frame.deactivated')}
    </div>
  )
}
