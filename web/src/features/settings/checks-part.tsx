import { useTranslation } from 'react-i18next'
import { InsecureNote } from '@/components/server-form/trust-fields'
import { RadioCard } from '@/components/ui/field'
import { Choice, NumberField, Part, type PartProps } from '@/features/settings/part'
import type { Settings } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'

const MODES = ['pin', 'verify', 'ca', 'insecure'] as const

/** How often servers are asked, and what the form of a new one begins with. */
export function ChecksPart({ form, defaults }: PartProps & { defaults: Settings['defaults'] }) {
  const { t, i18n } = useTranslation()
  const seconds = formatNumber(defaults.health_interval_seconds, i18n.language)
  return (
    <Part group="checks" lead={t('settings.checks_lead')}>
      <NumberField
        form={form}
        name="health_interval_seconds"
        empty={seconds}
        emptyHelp={t('settings.empty_interval', { value: seconds })}
      />
      <NumberField form={form} name="default_timeout_seconds" />
      <Choice label={t('settings.tls_mode')} lead={t('settings.tls_mode_lead')}>
        {MODES.map(mode => (
          <RadioCard
            key={mode}
            value={mode}
            label={t(`settings.tls_${mode}`)}
            help={t(`settings.tls_${mode}_help`)}
            {...form.register('default_tls_mode')}
          />
        ))}
      </Choice>
      {form.watch('default_tls_mode') === 'insecure' && <InsecureNote />}
    </Part>
  )
}
