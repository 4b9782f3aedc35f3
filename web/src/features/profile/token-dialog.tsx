import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { type UseFormReturn, useForm, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { CheckField, SelectField, TextField } from '@/components/ui/field'
import { DAYS, newToken, SCOPES, type TokenForm, tokenForm, tokenOf } from '@/features/profile/token-form'
import { tokenServersQuery, useMakeToken } from '@/features/profile/token-queries'
import { asApiError, isCancelled } from '@/lib/api/error'
import type { Me, NewApiToken } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

type TokenDialogProps = { tenants: Me['tenants']; onMade: (made: NewApiToken) => void; onClose: () => void }

/** Makes a token: what it may, where, and for how long. */
export function TokenDialog({ tenants, onMade, onClose }: TokenDialogProps) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const make = useMakeToken(confirmed)
  const form = useForm<TokenForm>({ resolver: zodResolver(tokenForm), mode: 'onTouched', defaultValues: newToken })
  const { errors } = form.formState
  const submit = form.handleSubmit(values =>
    make.mutate(tokenOf(values), {
      onSuccess: onMade,
      onError: error => {
        if (asApiError(error).code === 'duplicate')
          form.setError('name', { type: 'server', message: t('tokens.name_taken') }, { shouldFocus: true })
        applyFieldErrors<TokenForm>(form, error, { expires_in_days: 'days' })
      },
    }),
  )
  return (
    <>
      <Dialog
        open
        onOpenChange={open => !open && onClose()}
        title={t('tokens.make')}
        description={t('tokens.make_lead')}
        footer={
          <>
            <Button variant="ghost" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" form="api-token" variant="primary" busy={make.isPending}>
              {t('tokens.make_submit')}
            </Button>
          </>
        }
      >
        <form id="api-token" onSubmit={event => void submit(event)} noValidate className="flex flex-col gap-4">
          <MakeError error={make.error} />
          <TextField
            label={t('tokens.name')}
            help={t('tokens.name_help')}
            autoFocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={64}
            placeholder="backup-script"
            error={fieldError(errors.name, t('tokens.name_error'))}
            {...form.register('name')}
          />
          <fieldset aria-describedby={errors.scopes ? 'token-scopes-error' : undefined} className="flex flex-col gap-2">
            <legend className="mb-1.5 font-medium">{t('tokens.scopes')}</legend>
            {SCOPES.map(scope => (
              <CheckField
                key={scope}
                value={scope}
                label={t(`tokens.scope_${scope}`)}
                help={t(`tokens.scope_${scope}_help`)}
                {...form.register('scopes')}
              />
            ))}
            {errors.scopes && (
              <p id="token-scopes-error" role="alert" className="text-destructive-text text-table">
                {t('tokens.scopes_error')}
              </p>
            )}
          </fieldset>
          <Place form={form} tenants={tenants} />
          <Expiry form={form} />
        </form>
      </Dialog>
      {dialog}
    </>
  )
}

type PartProps = { form: UseFormReturn<TokenForm> }

/** One tenant, and one server of it; all of them unless chosen. */
function Place({ form, tenants }: PartProps & Pick<TokenDialogProps, 'tenants'>) {
  const { t } = useTranslation()
  const tenant = useWatch({ control: form.control, name: 'tenant' })
  const servers = useQuery({ ...tokenServersQuery(tenant), enabled: tenant !== '' })
  const { errors } = form.formState
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t('tokens.tenant')}
        error={fieldError(errors.tenant, '')}
        {...form.register('tenant', { onChange: () => form.setValue('server', '') })}
      >
        <option value="">{t('tokens.tenant_all')}</option>
        {tenants.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('tokens.server')}
        help={tenant === '' ? t('tokens.server_help') : undefined}
        disabled={tenant === '' || servers.isPending}
        error={servers.error ? t('tokens.servers_failed') : fieldError(errors.server, '')}
        {...form.register('server')}
      >
        <option value="">{t('tokens.server_all')}</option>
        {tenant !== '' &&
          servers.data?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
      </SelectField>
    </div>
  )
}

function Expiry({ form }: PartProps) {
  const { t } = useTranslation()
  const own = useWatch({ control: form.control, name: 'expires' }) === 'own'
  const { errors } = form.formState
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t('tokens.expires')}
        help={own ? undefined : t('tokens.expires_help')}
        {...form.register('expires')}
      >
        {DAYS.map(days => (
          <option key={days} value={days}>
            {t('tokens.days', { count: Number(days) })}
          </option>
        ))}
        <option value="own">{t('tokens.days_own')}</option>
      </SelectField>
      {own && (
        <TextField
          label={t('tokens.days_label')}
          inputMode="numeric"
          autoComplete="off"
          error={fieldError(errors.days, t('tokens.days_error'))}
          {...form.register('days')}
        />
      )}
    </div>
  )
}

function MakeError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (!error || isCancelled(error)) return null
  const { code, fields } = asApiError(error)
  if (fields.length > 0 || code === 'duplicate') return <Note>{t('form.check_fields')}</Note>
  if (code === 'too_many_tokens') return <Note>{t('tokens.too_many')}</Note>
  return <ErrorNote error={error} />
}
