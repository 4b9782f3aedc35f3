import { useTranslation } from 'react-i18next'
import { RadioCard, TextArea, TextField } from '@/components/ui/field'
import { Choice, Part, type PartProps } from '@/features/settings/part'
import { fieldError } from '@/lib/form-errors'

/** Who the tenant is, what its viewers see, and how long its log is kept. */
export function GeneralPart({ form }: PartProps) {
  const { t } = useTranslation()
  const errors = form.formState.errors
  return (
    <Part group="general" lead={t('settings.general_lead')}>
      <TextField
        label={t('settings.name')}
        autoComplete="off"
        error={fieldError(errors.name, t('settings.name_error'))}
        {...form.register('name')}
      />
      <TextArea
        label={t('settings.description')}
        help={t('settings.description_help')}
        rows={3}
        error={fieldError(errors.description, t('settings.description_error'))}
        {...form.register('description')}
      />
      <Choice label={t('settings.scope')} lead={t('settings.scope_lead')}>
        <RadioCard
          value="assigned"
          label={t('settings.scope_assigned')}
          help={t('settings.scope_assigned_help')}
          {...form.register('viewer_scope')}
        />
        <RadioCard
          value="all"
          label={t('settings.scope_all')}
          help={t('settings.scope_all_help')}
          {...form.register('viewer_scope')}
        />
      </Choice>
      <Retention form={form} />
    </Part>
  )
}

function Retention({ form }: PartProps) {
  const { t } = useTranslation()
  const limited = form.watch('keep') === 'days'
  return (
    <>
      <Choice label={t('settings.retention')} lead={t('settings.retention_lead')}>
        <RadioCard value="ever" label={t('settings.retention_ever')} {...form.register('keep')} />
        <RadioCard
          value="days"
          label={t('settings.retention_days')}
          help={t('settings.retention_days_help')}
          {...form.register('keep')}
        />
      </Choice>
      {limited && (
        <TextField
          label={t('settings.days')}
          inputMode="numeric"
          autoComplete="off"
          className="max-w-40"
          error={fieldError(form.formState.errors.days, t('settings.days_error'))}
          {...form.register('days')}
        />
      )}
    </>
  )
}
