import { Send } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { CheckField, SelectField, TextField } from '@/components/ui/field'
import { Reason } from '@/components/ui/tooltip'
import { Part, type PartProps } from '@/features/settings/part'
import { useTestMail } from '@/features/settings/queries'
import { fieldError } from '@/lib/form-errors'
import { LANGUAGES } from '@/lib/i18n'

type NotificationsProps = PartProps & {
  tenant: string
  /** Whether Nexus can send e-mails. */
  mail: boolean
  readOnly: boolean
}

/** Which address is told of what, and in which language. */
export function NotificationsPart({ form, tenant, mail, readOnly }: NotificationsProps) {
  const { t } = useTranslation()
  return (
    <Part group="notifications" lead={mail ? t('settings.alert_mail_lead') : t('settings.alert_mail_off')}>
      <TextField
        label={t('settings.alert_email')}
        help={t('settings.alert_email_help')}
        type="email"
        inputMode="email"
        autoComplete="off"
        error={fieldError(form.formState.errors.alert_email, t('form.email'))}
        {...form.register('alert_email')}
      />
      <TestMail form={form} tenant={tenant} mail={mail} readOnly={readOnly} />
      <CheckField
        label={t('settings.mail_on_alert')}
        help={t('settings.mail_on_alert_help')}
        {...form.register('mail_on_alert')}
      />
      <CheckField
        label={t('settings.mail_on_recovery')}
        help={t('settings.mail_on_recovery_help')}
        {...form.register('mail_on_recovery')}
      />
      <SelectField
        label={t('settings.language')}
        help={t('settings.language_help')}
        className="max-w-60"
        {...form.register('language')}
      >
        {LANGUAGES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
    </Part>
  )
}

function TestMail({ form, tenant, mail, readOnly }: NotificationsProps) {
  const { t } = useTranslation()
  const test = useTestMail(tenant)
  const reason = readOnly
    ? t('settings.test_forbidden')
    : mail
      ? form.formState.dirtyFields.alert_email
        ? t('settings.test_save_first')
        : undefined
      : t('problem.mail_not_configured')
  return (
    <div className="-mt-2 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Reason text={reason}>
          <Button disabled={reason !== undefined} busy={test.isPending} onClick={() => test.mutate()}>
            {!test.isPending && <Send className="size-4" aria-hidden />}
            {t('settings.test_mail')}
          </Button>
        </Reason>
        <p role="status" className="min-w-0 break-words text-success-text">
          {test.data && t('settings.test_sent', { to: test.data.to })}
        </p>
      </div>
      {test.error && <ErrorNote error={test.error} />}
    </div>
  )
}
