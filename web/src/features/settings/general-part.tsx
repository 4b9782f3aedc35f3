import { useTranslation } from 'react-i18next'
import { RadioCard, TextArea, TextField } from '@/components/ui/field'
import { Part, type PartProps } from '@/features/settings/part'
import { fieldError } from '@/lib/form-errors'

/** Who the tenant is, what its viewers see, and how long its log is kept. */
export function GeneralParts({ form }: PartProps) {
  return (
    <>
      <General form={form} />
      <Scope form={form} />
      <Retention form={form} />
    </>
  )
}

function General({ form }: PartProps) {
  const { t } = useTranslation()
  const errors = form.formState.errors
  return (
    <Part title={t('settings.general')}>
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
    </Part>
  )
}

function Scope({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part title={t('settings.scope')} lead={t('settings.scope_lead')}>
      <div role="radiogroup" aria-label={t('settings.scope')} className="flex flex-col gap-2">
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
      </div>
    </Part>
  )
}

function Retention({ form }: PartProps) {
  const { t } = useTranslation()
  const limited = form.watch('keep') === 'days'
  return (
    <Part title={t('settings.retention')} lead={t('settings.retention_lead')}>
      <div role="radiogroup" aria-label={t('settings.retention')} className="flex flex-col gap-2">
        <RadioCard value="ever" label={t('settings.retention_ever')} {...form.register('keep')} />
        <RadioCard
          value="days"
          label={t('settings.retention_days')}
          help={t('settings.retention_days_help')}
          {...form.register('keep')}
        />
      </div>
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
    </Part>
  )
}
