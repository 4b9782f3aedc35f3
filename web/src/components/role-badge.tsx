import { useTranslation } from 'react-i18next'
import type { TenantRole } from '@/lib/api/types'
import { cn } from '@/lib/cn'

const looks: Record<TenantRole, string> = {
  admin: 'bg-destructive/12 text-destructive-text',
  manager: 'bg-warning/15 text-warning-text',
  viewer: 'bg-info/12 text-info-text',
}

export function RoleBadge({ role }: { role: TenantRole }) {
  const { t } = useTranslation()
  return (
    <span className={cn('inline-flex h-5 shrink-0 items-center rounded px-1.5 font-medium text-xs', looks[role])}>
      {t(`role.${role}`)}
    </span>
  )
}
