import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { TextArea } from '@/components/ui/field'
import { fieldError } from '@/lib/form-errors'
import type { ServerForm, Trust } from '@/lib/server-form'

/** How the certificate is to be checked, and what that needs. */
export function TrustFields({ form, ways }: { form: ServerForm; ways: readonly Trust[] }) {
  const { t } = useTranslation()
  const { register, formState, watch } = form
  const errors = formState.errors
  const trust = watch('trust')
  const refused = fieldError(errors.trust, t('form.required'))
  return (
    <>
      <fieldset>
        <legend className="mb-1.5 font-medium">{t('servers.trust')}</legend>
        <div className="flex flex-col overflow-hidden rounded-card border">
          {ways.map(value => (
            <label
              key={value}
              className="flex cursor-pointer gap-3 border-b px-3 py-2.5 last:border-b-0 hover:bg-hover has-checked:bg-primary/8"
            >
              <input
                type="radio"
                value={value}
                className="mt-0.5 size-4 shrink-0 accent-primary-solid"
                {...register('trust')}
              />
              <span>
                <span className="block font-medium">{t(`servers.trust_${value}`)}</span>
                <span className={value === 'insecure' ? 'text-table text-warning-text' : 'text-muted text-table'}>
                  {t(`servers.trust_${value}_help`)}
                </span>
              </span>
            </label>
          ))}
        </div>
        {refused && (
          <p role="alert" className="mt-1.5 text-destructive-text text-table">
            {refused}
          </p>
        )}
      </fieldset>
      {trust === 'pin' && (
        <TextArea
          label={t('servers.fingerprint')}
          help={t('servers.fingerprint_help')}
          rows={3}
          spellCheck={false}
          placeholder="AA:BB:CC:…"
          className="font-mono text-xs"
          error={fieldError(errors.fingerprint, t('servers.fingerprint_error'))}
          {...register('fingerprint')}
        />
      )}
      {trust === 'ca' && (
        <TextArea
          label={t('servers.ca')}
          help={t('servers.ca_help')}
          rows={4}
          spellCheck={false}
          placeholder="-----BEGIN CERTIFICATE-----"
          className="font-mono text-xs"
          error={fieldError(errors.ca_pem, t('servers.ca_error'))}
          {...register('ca_pem')}
        />
      )}
      {trust === 'insecure' && <InsecureNote />}
    </>
  )
}

/** Said wherever a certificate is not checked. */
export function InsecureNote() {
  const { t } = useTranslation()
  return (
    <p className="flex gap-2 rounded-card border border-warning/40 bg-warning/8 px-3 py-2 text-table">
      <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning-text" aria-hidden />
      {t('servers.insecure_warning')}
    </p>
  )
}
