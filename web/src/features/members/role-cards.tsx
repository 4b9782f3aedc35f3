import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { RadioCard } from '@/components/ui/field'
import type { TenantRole } from '@/lib/api/types'

const ROLES: TenantRole[] = ['viewer', 'manager', 'admin']

/** The roles with what each may do. */
export function RoleCards({ value, onChange }: { value: TenantRole; onChange: (role: TenantRole) => void }) {
  const { t } = useTranslation()
  const name = useId()
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">{t('members.column_role')}</legend>
      {ROLES.map(role => (
        <RadioCard
          key={role}
          name={name}
          value={role}
          checked={value === role}
          onChange={() => onChange(role)}
          label={t(`role.${role}`)}
          help={t(`members.role_${role}`)}
        />
      ))}
    </fieldset>
  )
}
