import { useTranslation } from 'react-i18next'
import { CheckField } from '@/components/ui/field'
import { NumberField, Part, type PartProps } from '@/features/settings/part'

/** What is an alert. */
export function AlertsPart({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part group="alerts" lead={t('settings.alerts_lead')}>
      <CheckField
        label={t('settings.alerts_enabled')}
        help={t('settings.alerts_enabled_help')}
        {...form.register('alerts_enabled')}
      />
      <NumberField form={form} name="alert_success_percent" />
      <NumberField form={form} name="alert_latency_ms" />
      <NumberField form={form} name="alert_offline_seconds" />
    </Part>
  )
}
