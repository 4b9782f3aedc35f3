import { useTranslation } from 'react-i18next'
import { CheckField, TextField } from '@/components/ui/field'
import { fieldError } from '@/lib/form-errors'
import type { ServerForm } from '@/lib/server-form'
import { parsePlace } from '@/lib/server-parse'

type FieldsProps = { form: ServerForm }

/** The name, and where the server is: directly, in the tailnet, or both. */
export function PlaceFields({ form, autoFocus = true }: FieldsProps & { autoFocus?: boolean }) {
  const { t } = useTranslation()
  const { register, formState, getValues, setValue } = form
  const name = (host: string) => {
    if (!getValues('name')) setValue('name', host.split('.')[0] ?? host, { shouldDirty: true })
  }
  return (
    <>
      <TextField
        label={t('servers.name')}
        help={t('servers.name_help')}
        autoFocus={autoFocus}
        autoComplete="off"
        maxLength={100}
        error={fieldError(formState.errors.name, t('form.required'))}
        {...register('name')}
      />
      <Place
        form={form}
        host="host"
        port="port"
        label={t('servers.host')}
        portLabel={t('servers.port')}
        help={form.watch('use_tailscale') ? t('servers.host_or_none') : t('servers.host_help')}
        placeholder="pve.example.org"
        onFound={name}
      />
      <Tailscale form={form} onFound={name} />
    </>
  )
}

function Tailscale({ form, onFound }: FieldsProps & { onFound: (host: string) => void }) {
  const { t } = useTranslation()
  const used = form.watch('use_tailscale')
  return (
    <div className="flex flex-col gap-3">
      <CheckField
        label={t('servers.use_tailscale')}
        help={t('servers.use_tailscale_help')}
        {...form.register('use_tailscale', {
          onChange: () => void form.trigger(form.getFieldState('host').isTouched ? 'host' : []),
        })}
      />
      {used && (
        <div className="flex flex-col gap-2 sm:ml-7 sm:border-l-2 sm:pl-4">
          <Place
            form={form}
            host="tailscale_host"
            port="tailscale_port"
            label={t('servers.tailscale_host')}
            portLabel={t('servers.tailscale_port')}
            help={
              <>
                {t('servers.tailscale_help')}{' '}
                <a
                  href="https://tailscale.com/kb/1081/magicdns"
                  target="_blank"
                  rel="noreferrer"
                  className="whitespace-nowrap text-primary-text underline"
                >
                  {t('servers.tailscale_docs')}
                </a>
              </>
            }
            placeholder="pve.tail1234.ts.net"
            onFound={onFound}
          />
        </div>
      )}
    </div>
  )
}

type PlaceProps = FieldsProps & {
  host: 'host' | 'tailscale_host'
  port: 'port' | 'tailscale_port'
  label: string
  portLabel: string
  help: React.ReactNode
  placeholder: string
  /** An address was taken apart; it may give the server its name. */
  onFound: (host: string) => void
}

/** Host and port. An address from the browser's own line becomes both. */
function Place({ form, host, port, label, portLabel, help, placeholder, onFound }: PlaceProps) {
  const { t } = useTranslation()
  const { register, formState, setValue } = form
  const errors = formState.errors
  const takeApart = (text: string): boolean => {
    const place = parsePlace(text)
    if (!place) return false
    setValue(host, place.host, { shouldDirty: true, shouldValidate: true })
    if (place.port) setValue(port, String(place.port), { shouldDirty: true, shouldValidate: true })
    onFound(place.host)
    return true
  }
  const field = register(host)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_7.5rem] gap-3">
      <TextField
        label={label}
        help={help}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        error={fieldError(errors[host], t('servers.host_error'))}
        {...field}
        onPaste={event => {
          if (takeApart(event.clipboardData.getData('text'))) event.preventDefault()
        }}
        onBlur={event => {
          takeApart(event.target.value)
          void field.onBlur(event)
        }}
      />
      <TextField
        label={portLabel}
        inputMode="numeric"
        autoComplete="off"
        error={fieldError(errors[port], t('servers.port_error'))}
        {...register(port)}
      />
    </div>
  )
}
