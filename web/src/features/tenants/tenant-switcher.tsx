import { useNavigate } from '@tanstack/react-router'
import { Check, ChevronsUpDown, ShieldCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { TenantMark } from '@/components/tenant-mark'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu'
import type { Me, MyTenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { isOpenTo } from '@/lib/tenants'

type SwitcherProps = {
  me: Me
  /** The tenant one is in, or null in the system administration. */
  current: MyTenant | null
  compact: boolean
}

/** Where one is; a menu when there are other places. */
export function TenantSwitcher({ me, current, compact }: SwitcherProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const name = current?.name ?? t('system.title')
  const face = (
    <>
      {current ? <TenantMark tenant={current} wide={!compact} /> : <SystemMark />}
      {!compact && <span className="min-w-0 truncate font-semibold">{current?.name ?? t('system.short')}</span>}
    </>
  )
  const place = cn(
    'flex min-w-0 items-center gap-2.5 rounded-control px-1.5 py-1 text-left',
    compact ? 'justify-center' : 'w-full',
  )
  const system = me.user.system_role === 'admin'
  if (me.tenants.length < 2 && !system) return <div className={place}>{face}</div>
  const chosen = <Check className="size-4" aria-label={t('common.chosen')} />
  return (
    <Menu
      align="start"
      label={t('tenants.switch')}
      trigger={
        <button type="button" aria-label={t('tenants.switch_from', { name })} className={cn(place, 'hover:bg-hover')}>
          {face}
          {!compact && <ChevronsUpDown className="ml-auto size-3.5 shrink-0 text-muted" aria-hidden />}
        </button>
      }
    >
      {me.tenants.length > 0 && <MenuLabel>{t('tenants.yours')}</MenuLabel>}
      {me.tenants.map(tenant => (
        <MenuItem
          key={tenant.id}
          icon={<TenantMark tenant={tenant} small />}
          hint={tenant.id === current?.id ? chosen : !tenant.is_active && t('tenants.inactive')}
          disabledReason={isOpenTo(tenant, me.user.system_role) ? undefined : t('tenants.closed')}
          onSelect={() => void navigate({ to: '/t/$slug', params: { slug: tenant.slug } })}
        >
          {tenant.name}
        </MenuItem>
      ))}
      {system && (
        <>
          {me.tenants.length > 0 && <MenuSeparator />}
          <MenuItem
            icon={<ShieldCheck aria-hidden />}
            hint={current === null && chosen}
            onSelect={() => void navigate({ to: '/system/users' })}
          >
            {t('system.title')}
          </MenuItem>
        </>
      )}
    </Menu>
  )
}

function SystemMark() {
  return (
    <span
      aria-hidden
      className="grid size-7 shrink-0 place-items-center rounded-control bg-text text-background [&_svg]:size-4"
    >
      <ShieldCheck />
    </span>
  )
}
