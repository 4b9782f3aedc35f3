import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, Link, Outlet, redirect, useLocation, useNavigate } from '@tanstack/react-router'
import { Activity, Building2, ScrollText, Server, SquareTerminal, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { EntryPage } from '@/components/entry-page'
import { Frame } from '@/components/frame'
import { buttonClass } from '@/components/ui/button'
import { UserTools } from '@/features/session/user-menu'
import { TenantSwitcher } from '@/features/tenants/tenant-switcher'
import { meQuery } from '@/lib/api/queries'
import { useOnlyTenant } from '@/lib/tenant-cache'

/** The pages of system administrators, and the way back to the tenants. */
export const Route = createFileRoute('/system')({
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect({ to: '/sign-in', search: { next: location.href } })
  },
  component: System,
})

function System() {
  const { data: me } = useSuspenseQuery(meQuery)
  if (!me) return null
  return me.user.system_role === 'admin' ? <SystemFrame /> : <Forbidden />
}

function SystemFrame() {
  const { t } = useTranslation()
  useOnlyTenant(null)
  const { data: me } = useSuspenseQuery(meQuery)
  const navigate = useNavigate()
  const { pathname } = useLocation()
  if (!me) return null
  const entries = [
    { to: '/system/users', label: t('system.users'), icon: <Users aria-hidden /> },
    { to: '/system/tenants', label: t('system.tenants'), icon: <Building2 aria-hidden /> },
    { to: '/system/servers', label: t('system.servers'), icon: <Server aria-hidden /> },
    { to: '/system/consoles', label: t('consoles.title'), icon: <SquareTerminal aria-hidden /> },
    { to: '/system/audit', label: t('audit.title'), icon: <ScrollText aria-hidden /> },
    { to: '/system/health', label: t('system.health'), icon: <Activity aria-hidden /> },
  ]
  return (
    <Frame
      groups={[{ entries }]}
      switcher={compact => <TenantSwitcher me={me} current={null} compact={compact} />}
      title={entries.find(entry => pathname.startsWith(entry.to))?.label ?? t('system.title')}
      tools={<UserTools me={me} onSignedOut={() => void navigate({ to: '/sign-in' })} />}
    >
      <Outlet />
    </Frame>
  )
}

function Forbidden() {
  const { t } = useTranslation()
  return (
    <EntryPage title={t('system.forbidden')} lead={t('system.forbidden_hint')}>
      <Link to="/" className={buttonClass('primary', 'lg')}>
        {t('not_found.home')}
      </Link>
    </EntryPage>
  )
}
