import { Link } from '@tanstack/react-router'
import { ChevronRight, Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EntryPage } from '@/components/entry-page'
import { RoleBadge } from '@/components/role-badge'
import { Button } from '@/components/ui/button'
import { TenantMark } from '@/features/tenants/tenant-mark'
import type { MyTenant } from '@/lib/api/types'

/** Above this many tenants a filter stands over the list. */
const FILTER_FROM = 8

export function TenantSelectorPage({ tenants, onSignOut }: { tenants: MyTenant[]; onSignOut: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const shown = tenants.filter(tenant => tenant.name.toLowerCase().includes(text.trim().toLowerCase()))
  const empty = tenants.length === 0
  return (
    <EntryPage
      title={empty ? t('tenants.none') : t('tenants.choose')}
      lead={empty ? t('tenants.none_hint') : t('tenants.choose_lead')}
    >
      {tenants.length >= FILTER_FROM && (
        <div className="relative mb-3">
          <Search className="absolute top-2.5 left-3 size-4 text-muted" aria-hidden />
          <input
            type="search"
            value={text}
            onChange={event => setText(event.target.value)}
            aria-label={t('tenants.filter')}
            placeholder={t('tenants.filter')}
            className="h-9 w-full rounded-control border border-input bg-background pr-3 pl-9"
          />
        </div>
      )}
      {!empty && (
        <ul className="overflow-hidden rounded-card border bg-background">
          {shown.map(tenant => (
            <li key={tenant.id} className="border-b last:border-b-0">
              <Link
                to="/t/$slug/guests"
                params={{ slug: tenant.slug }}
                className="flex min-h-14 items-center gap-3 px-3 py-2 hover:bg-hover"
              >
                <TenantMark name={tenant.name} />
                <span className="min-w-0 flex-1 truncate font-medium">{tenant.name}</span>
                {tenant.role && <RoleBadge role={tenant.role} />}
                <ChevronRight className="size-4 shrink-0 text-muted" aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Button variant="ghost" className="mt-4 text-muted" onClick={onSignOut}>
        {t('user.sign_out')}
      </Button>
    </EntryPage>
  )
}
