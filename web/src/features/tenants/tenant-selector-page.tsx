import { Link } from '@tanstack/react-router'
import { ChevronRight, ShieldCheck } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EntryPage } from '@/components/entry-page'
import { useDocumentTitle } from '@/components/page'
import { RoleBadge } from '@/components/role-badge'
import { SearchBox } from '@/components/search-box'
import { TenantMark } from '@/components/tenant-mark'
import { Badge } from '@/components/ui/badge'
import { Button, buttonClass } from '@/components/ui/button'
import type { Me, MyTenant } from '@/lib/api/types'
import { isOpenTo } from '@/lib/tenants'

/** Above this many tenants a filter stands over the list. */
const FILTER_FROM = 8

const row = 'flex min-h-14 items-center gap-3 px-3 py-2'

/** Where to go, for people with several places, and for those with none. */
export function TenantSelectorPage({ me, onSignOut }: { me: Me; onSignOut: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const { tenants, user } = me
  const shown = tenants.filter(tenant => tenant.name.toLowerCase().includes(text.trim().toLowerCase()))
  const empty = tenants.length === 0
  const system = user.system_role === 'admin'
  const title = useTitle(me)
  useDocumentTitle(title)
  return (
    <EntryPage title={title} lead={<Lead me={me} />}>
      {tenants.length >= FILTER_FROM && (
        <SearchBox text={text} onText={setText} label={t('tenants.filter')} wait={0} className="mb-3 w-full" />
      )}
      {shown.length > 0 && (
        <ul aria-label={t('tenants.yours')} className="overflow-hidden rounded-card border bg-background">
          {shown.map(tenant => (
            <li key={tenant.id} className="border-b last:border-b-0">
              <Entry tenant={tenant} open={isOpenTo(tenant, user.system_role)} />
            </li>
          ))}
        </ul>
      )}
      {!empty && shown.length === 0 && (
        <p role="status" className="rounded-card border px-3 py-4 text-center text-muted">
          {t('system.no_match', { text: text.trim() })}
        </p>
      )}
      {system && (
        <div className="mt-4 overflow-hidden rounded-card border bg-background first:mt-0">
          <Link to="/system/users" className={`${row} hover:bg-hover`}>
            <span aria-hidden className="grid size-7 place-items-center rounded-control bg-text text-background">
              <ShieldCheck className="size-4" />
            </span>
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{t('system.title')}</span>
              <span className="block text-muted text-table">{t('tenants.system_hint')}</span>
            </span>
            <ChevronRight className="size-4 shrink-0 text-muted" aria-hidden />
          </Link>
        </div>
      )}
      <div className="-mx-3 mt-4 flex flex-wrap gap-1 max-md:-mx-4">
        <Link to="/profile" className={buttonClass('ghost')}>
          {t('profile.title')}
        </Link>
        <Button variant="ghost" className="text-muted" onClick={onSignOut}>
          {t('user.sign_out')}
        </Button>
      </div>
    </EntryPage>
  )
}

/** Whether there are tenants, and all of them are closed to the person. */
function isShutOut({ tenants, user }: Me): boolean {
  return tenants.length > 0 && !tenants.some(tenant => isOpenTo(tenant, user.system_role))
}

function useTitle(me: Me): string {
  const { t } = useTranslation()
  if (isShutOut(me)) return t('tenants.closed_title', { count: me.tenants.length })
  return me.tenants.length === 0 && me.user.system_role !== 'admin' ? t('tenants.none') : t('tenants.choose')
}

/** What to do next: for people of no tenant that is to be found by one. */
function Lead({ me }: { me: Me }): ReactNode {
  const { t } = useTranslation()
  const { email, verified, system_role } = me.user
  if (isShutOut(me)) return t('tenants.closed_lead')
  if (me.tenants.length > 0) return t('tenants.choose_lead')
  if (system_role === 'admin') return t('tenants.none_system')
  return (
    <>
      <p>{t('tenants.none_hint', { email })}</p>
      {!verified && <p className="mt-2">{t('tenants.none_unverified')}</p>}
    </>
  )
}

function Entry({ tenant, open }: { tenant: MyTenant; open: boolean }) {
  const { t } = useTranslation()
  const face = (
    <>
      <TenantMark tenant={tenant} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium" title={tenant.name}>
          {tenant.name}
        </span>
        {!tenant.is_active && (
          <span className="mt-0.5 block text-muted text-table">
            <Badge tone="warning">{t('tenants.inactive')}</Badge> {!open && t('tenants.closed')}
          </span>
        )}
      </span>
      {tenant.role && <RoleBadge role={tenant.role} />}
    </>
  )
  if (!open) return <div className={row}>{face}</div>
  return (
    <Link to="/t/$slug" params={{ slug: tenant.slug }} className={`${row} hover:bg-hover`}>
      {face}
      <ChevronRight className="size-4 shrink-0 text-muted" aria-hidden />
    </Link>
  )
}
