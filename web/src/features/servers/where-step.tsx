import { useTranslation } from 'react-i18next'
import { TextArea, TextField } from '@/components/ui/field'
import type { ServerForm, Trust } from '@/features/servers/form'
import { parsePlace } from '@/features/servers/parse'
import { fieldError } from '@/lib/form-errors'

export function WhereStep({ form }: { form: ServerForm }) {
  return (
    <>
      <PlaceFields form={form} />
      <TrustFields form={form} ways={['ask', 'ca', 'insecure']} />
    </>
  )
}

/** Name, host and port. */
export function PlaceFields({ form }: { form: ServerForm }) {
  const { t } = useTranslation()
  const { register, formState, setValue, getValues } = form
  const errors = formState.errors
  /** An address from the browser's own line becomes host and port, and a name where there is none yet. */
  const takeApart = (text: string): boolean => {
    const place = parsePlace(text)
    if (!place) return false
    setValue('host', place.host, { shouldDirty: true, shouldValidate: true })
    if (place.port) setValue('port', String(place.port), { shouldDirty: true, shouldValidate: true })
    if (!getValues('name')) setValue('name', place.host.split('.')[0] ?? place.host, { shouldDirty: true })
    return true
  }
  const host = register('host')
  return (
    <>
      <TextField
        label={t('servers.name')}
        help={t('servers.name_help')}
        autoFocus
        autoComplete="off"
        maxLength={100}
        error={fieldError(errors.name, t('form.required'))}
        {...register('name')}
      />
      <div className="grid grid-cols-[minmax(0,1fr)_6.5rem] gap-3">
        <TextField
          label={t('servers.host')}
          help={t('servers.host_help')}
          placeholder="pve.example.org"
          autoComplete="off"
          spellCheck={false}
          error={fieldError(errors.host, t('servers.host_error'))}
          {...host}
          onPaste={event => {
            if (takeApart(event.clipboardData.getData('text'))) event.preventDefault()
          }}
          onBlur={event => {
            takeApart(event.target.value)
            void host.onBlur(event)
          }}
        />
        <TextField
          label={t('servers.port')}
          inputMode="numeric"
          autoComplete="off"
          error={fieldError(errors.port, t('servers.port_error'))}
          {...register('port')}
        />
      </div>
    </>
  )
}

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
    </>
  )
}
