import { Link } from '@tanstack/react-router'
import { Archive, ArchiveRestore, Pencil, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { bodyRow, card, ListCards, ListTable } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { TenantMark } from '@/components/tenant-mark'
import { Badge } from '@/components/ui/badge'
import { buttonClass } from '@/components/ui/button'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import type { Organisation } from '@/lib/api/types'
import { formatDate, formatNumber, formatTime } from '@/lib/format'

export type TenantAction = 'edit' | 'switch' | 'delete'

type ListProps = {
  tenants: Organisation[]
  onAction: (action: TenantAction, tenant: Organisation) => void
  /** Under the last row. */
  after: ReactNode
}

export function TenantTable({ tenants, onAction, after }: ListProps) {
  const { t, i18n } = useTranslation()
  const number = (value: number) => formatNumber(value, i18n.language)
  return (
    <ListTable
      label={t('system.tenants')}
      after={after}
      head={
        <>
          <th scope="col">{t('column.name')}</th>
          <th scope="col">{t('column.status')}</th>
          <th scope="col" className="text-right">
            {t('members.title')}
          </th>
          <th scope="col" className="text-right">
            {t('servers.title')}
          </th>
          <th scope="col" className="text-right">
            {t('guests.title')}
          </th>
          <th scope="col">{t('system.column_admins')}</th>
          <th scope="col">{t('system.column_created')}</th>
          <th scope="col">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </>
      }
    >
      {tenants.map(tenant => (
        <tr key={tenant.id} className={bodyRow}>
          <td className="max-w-96">
            <Name tenant={tenant} />
          </td>
          <td>
            <TenantState active={tenant.is_active} />
          </td>
          <td className="nums text-right">{number(tenant.members)}</td>
          <td className="nums text-right">{number(tenant.servers)}</td>
          <td className="nums text-right">{number(tenant.guests)}</td>
          <td className="max-w-64">
            <Admins tenant={tenant} />
          </td>
          <td className="nums whitespace-nowrap text-muted" title={formatTime(tenant.created_at, i18n.language)}>
            {formatDate(tenant.created_at, i18n.language)}
          </td>
          <td>
            <Actions tenant={tenant} onAction={onAction} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

export function TenantCards({ tenants, onAction, after }: ListProps) {
  const { t } = useTranslation()
  return (
    <ListCards label={t('system.tenants')} after={after}>
      {tenants.map(tenant => (
        <li key={tenant.id} className={card}>
          <div className="flex items-start justify-between gap-2">
            <Name tenant={tenant} />
            <TenantState active={tenant.is_active} />
          </div>
          <div className="nums flex flex-wrap gap-x-4 gap-y-1 text-muted">
            <span>{t('system.members_count', { count: tenant.members })}</span>
            <span>{t('system.servers_count', { count: tenant.servers })}</span>
            <span>{t('system.guests_count', { count: tenant.guests })}</span>
          </div>
          <div className="flex items-center justify-between gap-2">
            <Admins tenant={tenant} />
            <Actions tenant={tenant} onAction={onAction} />
          </div>
        </li>
      ))}
    </ListCards>
  )
}

function Name({ tenant }: { tenant: Organisation }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <TenantMark tenant={tenant} />
      <span className="min-w-0">
        <Link
          to="/t/$slug"
          params={{ slug: tenant.slug }}
          className="block truncate font-medium hover:underline"
          title={tenant.description || tenant.name}
        >
          {tenant.name}
        </Link>
        <span className="block truncate font-mono text-muted">{tenant.slug}</span>
      </span>
    </span>
  )
}

function TenantState({ active }: { active: boolean }) {
  const { t } = useTranslation()
  return active ? (
    <Badge tone="success">{t('account.active')}</Badge>
  ) : (
    <Badge tone="warning">{t('tenants.inactive')}</Badge>
  )
}

/** Pictures of the first few, and the names of all on hover. */
function Admins({ tenant }: { tenant: Organisation }) {
  const { t } = useTranslation()
  const [first, ...others] = tenant.admins
  if (!first) return <Badge tone="warning">{t('system.no_admin')}</Badge>
  return (
    <span
      className="flex min-w-0 items-center gap-2"
      title={tenant.admins.map(admin => `${admin.full_name} <${admin.email}>`).join('\n')}
    >
      <Avatar person={first} size={20} />
      <span className="truncate">
        {first.full_name}
        {others.length > 0 && <span className="text-muted"> {t('system.and_more', { count: others.length })}</span>}
      </span>
    </span>
  )
}

function Actions({ tenant, onAction }: { tenant: Organisation; onAction: ListProps['onAction'] }) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center justify-end gap-1">
      <Link to="/t/$slug" params={{ slug: tenant.slug }} className={buttonClass('secondary', 'sm')}>
        {t('system.open')}
        <span className="sr-only">{tenant.name}</span>
      </Link>
      <MoreMenu label={t('servers.more_of', { name: tenant.name })}>
        <MenuItem icon={<Pencil aria-hidden />} onSelect={() => onAction('edit', tenant)}>
          {t('servers.edit')}
        </MenuItem>
        <MenuItem
          icon={tenant.is_active ? <Archive aria-hidden /> : <ArchiveRestore aria-hidden />}
          onSelect={() => onAction('switch', tenant)}
        >
          {tenant.is_active ? t('system.deactivate') : t('system.activate')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 aria-hidden />} destructive onSelect={() => onAction('delete', tenant)}>
          {t('servers.delete')}
        </MenuItem>
      </MoreMenu>
    </span>
  )
}
