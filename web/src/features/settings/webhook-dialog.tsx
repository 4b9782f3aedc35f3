import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { CheckField, TextField } from '@/components/ui/field'
import { useReloadWebhooks, useSaveWebhook } from '@/features/settings/queries'
import { EVENTS, formOfWebhook, type WebhookForm, webhookForm, webhookOf } from '@/features/settings/webhook-form'
import { asApiError } from '@/lib/api/error'
import type { Webhook } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

type WebhookDialogProps = {
  tenant: string
  /** The one to change, or null for a new one. */
  webhook: Webhook | null
  onSaved: (webhook: Webhook, secret: string | null) => void
  onClose: () => void
}

/** Adds a webhook, or changes one. */
export function WebhookDialog({ tenant, webhook, onSaved, onClose }: WebhookDialogProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(webhook)
  const save = useSaveWebhook(tenant)
  const form = useForm<WebhookForm>({
    resolver: zodResolver(webhookForm),
    mode: 'onTouched',
    defaultValues: formOfWebhook(webhook),
  })
  const { errors } = form.formState
  const submit = form.handleSubmit(values =>
    save.mutate(
      { shown, body: webhookOf(values) },
      {
        onSuccess: ({ webhook: saved, secret }) => onSaved(saved, secret),
        onError: error => applyFieldErrors(form, error),
      },
    ),
  )
  const onLoaded = (fresh: Webhook) => {
    setShown(fresh)
    form.reset(formOfWebhook(fresh), { keepDirtyValues: true })
    save.reset()
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={webhook ? t('webhooks.edit_of', { name: webhook.name }) : t('webhooks.add')}
      description={t('webhooks.lead')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="webhook" variant="primary" busy={save.isPending}>
            {webhook ? t('form.save') : t('webhooks.add')}
          </Button>
        </>
      }
    >
      <form id="webhook" onSubmit={event => void submit(event)} noValidate className="flex flex-col gap-4">
        {save.error && <SaveError tenant={tenant} id={webhook?.id} error={save.error} onLoaded={onLoaded} />}
        <TextField
          label={t('webhooks.name')}
          autoFocus
          autoComplete="off"
          maxLength={100}
          error={fieldError(errors.name, t('form.required'))}
          {...form.register('name')}
        />
        <TextField
          label={t('webhooks.url')}
          help={t('webhooks.url_help')}
          type="url"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="https://example.org/hook"
          className="font-mono text-table"
          error={fieldError(errors.url, t('webhooks.url_error'))}
          {...form.register('url')}
        />
        <fieldset aria-describedby={errors.events ? 'webhook-events-error' : undefined} className="flex flex-col gap-1">
          <legend className="mb-1.5 font-medium">{t('webhooks.events')}</legend>
          {EVENTS.map(event => (
            <CheckField
              key={event}
              value={event}
              label={<span className="font-normal">{t(`webhooks.event_${event}`)}</span>}
              className="min-h-7 items-center max-md:min-h-10"
              {...form.register('events')}
            />
          ))}
          {errors.events && (
            <p id="webhook-events-error" role="alert" className="text-destructive-text text-table">
              {t('webhooks.events_error')}
            </p>
          )}
        </fieldset>
        <CheckField label={t('webhooks.active')} help={t('webhooks.active_help')} {...form.register('is_active')} />
      </form>
    </Dialog>
  )
}

type SaveErrorProps = {
  tenant: string
  id: string | undefined
  error: unknown
  onLoaded: (webhook: Webhook) => void
}

function SaveError({ tenant, id, error, onLoaded }: SaveErrorProps) {
  const { t } = useTranslation()
  const reload = useReloadWebhooks(tenant)
  const { status, code, fields } = asApiError(error)
  if (fields.length > 0) return <Note>{t('form.check_fields')}</Note>
  if (code === 'duplicate') return <Note>{t('webhooks.duplicate')}</Note>
  if (status !== 412) return <ErrorNote error={error} />
  const load = () =>
    reload.mutate(undefined, {
      onSuccess: ({ webhooks }) => {
        const fresh = webhooks.find(one => one.id === id)
        if (fresh) onLoaded(fresh)
      },
    })
  const gone = reload.data && !reload.data.webhooks.some(one => one.id === id)
  return (
    <>
      {reload.error && <ErrorNote error={reload.error} />}
      <Note
        action={
          !gone && (
            <Button size="sm" busy={reload.isPending} onClick={load}>
              {t('settings.load_again')}
            </Button>
          )
        }
      >
        {gone ? t('webhooks.gone') : t('form.changed_meanwhile')}
      </Note>
    </>
  )
}
