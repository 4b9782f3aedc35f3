import { useTranslation } from 'react-i18next'
import { CheckField, SelectField } from '@/components/ui/field'
import type { ActIn } from '@/lib/api/types'
import { formatDuration } from '@/lib/format'

export type Limit = Required<{ [key in keyof Omit<ActIn, 'action'>]: NonNullable<ActIn[key]> }>

export const FIRST_LIMIT: Limit = { timeout_seconds: 300, force_stop: false }

const SECONDS = [60, 180, 300, 600, 1800, 3600]

type LimitProps = { limit: Limit; onLimit: (limit: Limit) => void }

/** How long a shutdown may take, and whether the plug is pulled after that. */
export function ShutdownLimit({ limit, onLimit }: LimitProps) {
  const { t } = useTranslation()
  const time = formatDuration(limit.timeout_seconds)
  return (
    <>
      <SelectField
        label={t('power.wait')}
        value={limit.timeout_seconds}
        onChange={event => onLimit({ ...limit, timeout_seconds: Number(event.target.value) })}
      >
        {SECONDS.map(seconds => (
          <option key={seconds} value={seconds}>
            {formatDuration(seconds)}
          </option>
        ))}
      </SelectField>
      <CheckField
        label={t('power.force')}
        help={t(limit.force_stop ? 'power.force_hint' : 'power.no_force_hint', { time })}
        checked={limit.force_stop}
        onChange={event => onLimit({ ...limit, force_stop: event.target.checked })}
      />
    </>
  )
}
