import { BadgeCheck, KeyRound, LogOut, type LucideIcon, MailWarning, Pencil, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { bodyRow, card, ListCards, ListTable } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import type { Account, SystemRole } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'

export type UserAction = 'edit' | 'reset' | 'end' | 'delete'

type ListProps = {
  accounts: Account[]
  onAction: (action: UserAction, account: Account) => void
  /** Under the last row. */
  after: ReactNode
}

export function UserTable({ accounts, onAction, after }: ListProps) {
  const { t, i18n } = useTranslation()
  return (
    <ListTable
      label={t('system.users')}
      after={after}
      head={
        <>
          <th scope="col">{t('system.column_person')}</th>
          <th scope="col">{t('system.column_role')}</th>
          <th scope="col">{t('column.status')}</th>
          <th scope="col">{t('system.column_tenants')}</th>
          <th scope="col" className="text-right">
            {t('system.column_sessions')}
          </th>
          <th scope="col">{t('system.column_seen')}</th>
          <th scope="col">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </>
      }
    >
      {accounts.map(account => (
        <tr key={account.id} className={bodyRow}>
          <td className="max-w-80">
            <Who account={account} />
          </td>
          <td>
            <SystemRoleBadge role={account.system_role} />
          </td>
          <td>
            <State account={account} />
          </td>
          <td className="max-w-60">
            <TenantNames account={account} />
          </td>
          <td className="nums text-right">{formatNumber(account.sessions, i18n.language)}</td>
          <td>
            <TimeAgo at={account.last_seen_at} never={t('system.never')} />
          </td>
          <td>
            <Actions account={account} onAction={onAction} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

export function UserCards({ accounts, onAction, after }: ListProps) {
  const { t } = useTranslation()
  return (
    <ListCards label={t('system.users')} after={after}>
      {accounts.map(account => (
        <li key={account.id} className={card}>
          <div className="flex items-start justify-between gap-2">
            <Who account={account} />
            <Actions account={account} onAction={onAction} />
          </div>
          <div className="flex flex-wrap items-center gap-2">
            <SystemRoleBadge role={account.system_role} />
            <State account={account} />
          </div>
          <TenantNames account={account} />
          <div className="text-muted">
            {t('system.column_seen')}: <TimeAgo at={account.last_seen_at} never={t('system.never')} />
          </div>
        </li>
      ))}
    </ListCards>
  )
}

function Who({ account }: { account: Account }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <Avatar person={account} />
      <span className="min-w-0">
        <span className="block truncate font-medium" title={account.full_name}>
          {account.full_name}
        </span>
        <span className="block truncate text-muted" title={account.email}>
          {account.email}
        </span>
      </span>
    </span>
  )
}

function SystemRoleBadge({ role }: { role: SystemRole }) {
  const { t } = useTranslation()
  if (role === 'user') return <span className="text-muted">{t('system.role_user')}</span>
  return <Badge tone="destructive">{t('system.role_admin')}</Badge>
}

function State({ account }: { account: Account }) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center gap-2">
      {account.is_active ? (
        <Badge tone="success">{t('account.active')}</Badge>
      ) : (
        <Badge tone="neutral">{t('account.disabled')}</Badge>
      )}
      {account.verified ? (
        <Mark Icon={BadgeCheck} label={t('account.verified')} className="text-success-text" />
      ) : (
        <Mark Icon={MailWarning} label={t('account.unverified')} className="text-warning-text" />
      )}
    </span>
  )
}

function Mark({ Icon, label, className }: { Icon: LucideIcon; label: string; className: string }) {
  return (
    <span title={label} className="inline-flex">
      <Icon className={cn('size-4', className)} role="img" aria-label={label} />
    </span>
  )
}

/** The names that have room; all of them on hover. */
function TenantNames({ account }: { account: Account }) {
  const { t } = useTranslation()
  const names = account.tenants.map(tenant => tenant.name)
  if (names.length === 0) return <span className="text-muted">{t('system.no_tenants_of')}</span>
  const shown = names.slice(0, 2).join(', ')
  const more = names.length - 2
  return (
    <span className="block truncate" title={names.join(', ')}>
      {shown}
      {more > 0 && <span className="text-muted"> {t('system.and_more', { count: more })}</span>}
    </span>
  )
}

function Actions({ account, onAction }: { account: Account; onAction: ListProps['onAction'] }) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center justify-end gap-1">
      <Button size="sm" onClick={() => onAction('edit', account)}>
        <Pencil className="size-4" aria-hidden />
        {t('servers.edit')}
        <span className="sr-only">{account.full_name}</span>
      </Button>
      <MoreMenu label={t('servers.more_of', { name: account.full_name })}>
        <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => onAction('reset', account)}>
          {t('system.reset')}
        </MenuItem>
        <MenuItem
          icon={<LogOut aria-hidden />}
          disabledReason={account.sessions === 0 ? t('system.end_none') : undefined}
          onSelect={() => onAction('end', account)}
        >
          {t('system.end')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 aria-hidden />} destructive onSelect={() => onAction('delete', account)}>
          {t('servers.delete')}
        </MenuItem>
      </MoreMenu>
    </span>
  )
}
