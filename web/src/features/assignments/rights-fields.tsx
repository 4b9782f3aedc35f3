import { useTranslation } from 'react-i18next'
import { CheckField, TextField } from '@/components/ui/field'
import { isImplied, RIGHTS, withImplied } from '@/features/assignments/rights'
import type { GuestRight } from '@/lib/api/types'

export type RightsValue = { rights: GuestRight[]; day: string }

type FieldsProps = {
  value: RightsValue
  onChange: (value: RightsValue) => void
  rightsError?: string | undefined
  untilError?: string | undefined
}

/** Which rights, and until when. */
export function RightsFields({ value, onChange, rightsError, untilError }: FieldsProps) {
  const { t } = useTranslation()
  const toggle = (right: GuestRight, on: boolean) => {
    const chosen = on ? [...value.rights, right] : value.rights.filter(other => other !== right)
    onChange({ ...value, rights: withImplied(chosen) })
  }
  return (
    <>
      <fieldset className="flex flex-col gap-2.5">
        <legend className="mb-2 font-medium">{t('assignments.rights')}</legend>
        {RIGHTS.map(right => (
          <CheckField
            key={right}
            label={t(`right.${right}`)}
            help={t(`right.${right}_help`)}
            checked={value.rights.includes(right)}
            disabled={isImplied(right, value.rights)}
            onChange={event => toggle(right, event.target.checked)}
          />
        ))}
        {rightsError && (
          <div role="alert" className="text-destructive-text text-table">
            {rightsError}
          </div>
        )}
      </fieldset>
      <TextField
        type="date"
        label={t('assignments.until_label')}
        help={t('assignments.until_help')}
        error={untilError}
        value={value.day}
        onChange={event => onChange({ ...value, day: event.target.value })}
        className="max-w-52"
      />
    </>
  )
}
