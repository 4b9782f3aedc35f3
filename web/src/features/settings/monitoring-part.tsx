import { Send } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { CheckField, RadioCard, TextField } from '@/components/ui/field'
import { Reason } from '@/components/ui/tooltip'
import { LIMITS } from '@/features/settings/form'
import { Part, type PartProps } from '@/features/settings/part'
import { useTestMail } from '@/features/settings/queries'
import { fieldError } from '@/lib/form-errors'
import { formatNumber } from '@/lib/format'

type MonitoringProps = PartProps & {
  tenant: string
  /** Whether Nexus can send e-mails. */
  mail: boolean
  readOnly: boolean
}

/** How often servers are checked, what is an alert, and who gets a mail then. */
export function MonitoringParts({ form, tenant, mail, readOnly }: MonitoringProps) {
  return (
    <>
      <Interval form={form} />
      <Alerts form={form} />
      <AlertMail form={form} tenant={tenant} mail={mail} readOnly={readOnly} />
    </>
  )
}

function Interval({ form }: PartProps) {
  const { t } = useTranslation()
  const own = form.watch('interval') === 'own'
  return (
    <Part title={t('settings.checks')} lead={t('settings.checks_lead')}>
      <div role="radiogroup" aria-label={t('settings.checks')} className="flex flex-col gap-2">
        <RadioCard
          value="default"
          label={t('settings.interval_default')}
          help={t('settings.interval_default_help')}
          {...form.register('interval')}
        />
        <RadioCard
          value="own"
          label={t('settings.interval_own')}
          help={t('settings.interval_own_help')}
          {...form.register('interval')}
        />
      </div>
      {own && (
        <TextField
          label={t('settings.seconds')}
          inputMode="numeric"
          autoComplete="off"
          className="max-w-40"
          error={fieldError(form.formState.errors.seconds, t('settings.seconds_error'))}
          {...form.register('seconds')}
        />
      )}
    </Part>
  )
}

function Alerts({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part title={t('settings.alerts')} lead={t('settings.alerts_lead')}>
      <CheckField
        label={t('settings.alerts_enabled')}
        help={t('settings.alerts_enabled_help')}
        {...form.register('alerts_enabled')}
      />
      <Threshold form={form} name="alert_success_percent" />
      <Threshold form={form} name="alert_latency_ms" />
      <Threshold form={form} name="alert_offline_seconds" />
    </Part>
  )
}

type ThresholdName = 'alert_success_percent' | 'alert_latency_ms' | 'alert_offline_seconds'

/** A number with its range, and the way back to what it is in a new tenant. */
function Threshold({ form, name }: PartProps & { name: ThresholdName }) {
  const { t, i18n } = useTranslation()
  const { min, max, preset } = LIMITS[name]
  const number = (value: number) => formatNumber(value, i18n.language)
  const range = { min: number(min), max: number(max), preset: number(preset) }
  const changed = form.watch(name).trim() !== String(preset)
  return (
    <TextField
      label={t(`settings.${name}`)}
      help={`${t(`settings.${name}_help`)} ${t('settings.range_preset', range)}`}
      inputMode="numeric"
      autoComplete="off"
      className="max-w-40"
      error={fieldError(form.formState.errors[name], t('settings.range', range))}
      aside={
        changed && (
          <button
            type="button"
            onClick={() => form.setValue(name, String(preset), { shouldDirty: true, shouldValidate: true })}
            className="min-h-6 rounded text-primary-text text-table hover:underline disabled:hidden"
          >
            {t('settings.preset', { value: number(preset) })}
          </button>
        )
      }
      {...form.register(name)}
    />
  )
}

function AlertMail({ form, tenant, mail, readOnly }: MonitoringProps) {
  const { t } = useTranslation()
  const test = useTestMail(tenant)
  const { errors, dirtyFields } = form.formState
  const reason = readOnly
    ? t('settings.test_forbidden')
    : mail
      ? dirtyFields.alert_email
        ? t('settings.test_save_first')
        : undefined
      : t('problem.mail_not_configured')
  return (
    <Part title={t('settings.alert_mail')} lead={mail ? t('settings.alert_mail_lead') : t('settings.alert_mail_off')}>
      <TextField
        label={t('settings.alert_email')}
        help={t('settings.alert_email_help')}
        type="email"
        inputMode="email"
        autoComplete="off"
        error={fieldError(errors.alert_email, t('form.email'))}
        {...form.register('alert_email')}
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Reason text={reason}>
          <Button disabled={reason !== undefined} busy={test.isPending} onClick={() => test.mutate()}>
            {!test.isPending && <Send className="size-4" aria-hidden />}
            {t('settings.test_mail')}
          </Button>
        </Reason>
        <p role="status" className="text-success-text">
          {test.data && t('settings.test_sent', { to: test.data.to })}
        </p>
      </div>
      {test.error && <ErrorNote error={test.error} />}
    </Part>
  )
}
