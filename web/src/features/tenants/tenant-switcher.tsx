import { useNavigate } from '@tanstack/react-router'
import { Check, ChevronsUpDown } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Menu, MenuItem, MenuLabel } from '@/components/ui/menu'
import { TenantMark } from '@/features/tenants/tenant-mark'
import type { MyTenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'

type SwitcherProps = { tenants: MyTenant[]; current: MyTenant; compact: boolean }

/** The organisation one is in; a menu when there are others. */
export function TenantSwitcher({ tenants, current, compact }: SwitcherProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const face = (
    <>
      <TenantMark name={current.name} />
      {!compact && <span className="min-w-0 truncate font-semibold">{current.name}</span>}
    </>
  )
  const place = cn(
    'flex min-w-0 items-center gap-2.5 rounded-control px-1.5 py-1 text-left',
    compact ? 'justify-center' : 'w-full',
  )
  if (tenants.length < 2) return <div className={place}>{face}</div>
  return (
    <Menu
      align="start"
      label={t('tenants.switch')}
      trigger={
        <button
          type="button"
          aria-label={t('tenants.switch_from', { name: current.name })}
          className={cn(place, 'hover:bg-hover')}
        >
          {face}
          {!compact && <ChevronsUpDown className="ml-auto size-3.5 shrink-0 text-muted" aria-hidden />}
        </button>
      }
    >
      <MenuLabel>{t('tenants.yours')}</MenuLabel>
      {tenants.map(tenant => (
        <MenuItem
          key={tenant.id}
          icon={<TenantMark name={tenant.name} small />}
          hint={tenant.id === current.id && <Check className="size-4" aria-label={t('common.chosen')} />}
          onSelect={() => void navigate({ to: '/t/$slug/guests', params: { slug: tenant.slug } })}
        >
          {tenant.name}
        </MenuItem>
      ))}
    </Menu>
  )
}
