import type { UseFormRegisterReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { RadioCard } from '@/components/ui/field'

const ROLES = ['user', 'admin'] as const

/** The system role, each with what it means. */
export function SystemRoleChoice({ register }: { register: UseFormRegisterReturn }) {
  const { t } = useTranslation()
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">{t('system.column_role')}</legend>
      {ROLES.map(role => (
        <RadioCard
          key={role}
          value={role}
          label={t(`system.role_${role}`)}
          help={t(`system.role_${role}_help`)}
          {...register}
        />
      ))}
    </fieldset>
  )
}
