import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextArea, TextField } from '@/components/ui/field'
import { DiscardDialog } from '@/features/servers/discard-dialog'
import {
  applyServerErrors,
  editForm,
  formOf,
  needsToken,
  type ServerForm,
  type ServerFormIn,
  type ServerFormOut,
  toServerChange,
} from '@/features/servers/form'
import { useReloadServer, useUpdateServer } from '@/features/servers/queries'
import { TokenField } from '@/features/servers/token-step'
import { PlaceFields, TrustFields } from '@/features/servers/where-step'
import { asApiError } from '@/lib/api/error'
import type { Server } from '@/lib/api/types'
import { fieldError } from '@/lib/form-errors'

type EditProps = {
  tenant: string
  server: Server
  /** A certificate that the person has just decided to trust. */
  pin: string | null
  onClose: () => void
}

/** Changes a stored server. What was opened is what is changed: if it is another by now, nothing is overwritten. */
export function EditServerDialog({ tenant, server, pin, onClose }: EditProps) {
  const { t } = useTranslation()
  const [stored, setStored] = useState(server)
  const [leaving, setLeaving] = useState(false)
  const update = useUpdateServer(tenant)
  const form = useForm<ServerFormIn, unknown, ServerFormOut>({
    resolver: zodResolver(editForm),
    mode: 'onTouched',
    defaultValues: formOf(server),
  })
  const { setValue, reset, formState } = form
  const dirty = formState.isDirty
  useEffect(() => {
    if (!pin) return
    setValue('trust', 'pin', { shouldDirty: true })
    setValue('fingerprint', pin, { shouldDirty: true })
  }, [pin, setValue])
  const save = form.handleSubmit(values =>
    update.mutate(
      { server: stored.id, etag: stored.etag, body: toServerChange(values, stored) },
      {
        onSuccess: () => {
          toast.success(t('servers.saved', { name: values.name }))
          onClose()
        },
        onError: error => applyServerErrors(form, error),
      },
    ),
  )
  const onLoaded = (fresh: Server) => {
    setStored(fresh)
    reset(formOf(fresh), { keepDirtyValues: true })
    update.reset()
  }
  return (
    <>
      <Dialog
        open
        onOpenChange={open => !open && (dirty ? setLeaving(true) : onClose())}
        title={t('servers.edit_of', { name: stored.name })}
        footer={
          <>
            <Button variant="ghost" onClick={() => (dirty ? setLeaving(true) : onClose())}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" form="edit-server" variant="primary" busy={update.isPending} disabled={!dirty}>
              {t('servers.save')}
            </Button>
          </>
        }
      >
        <form id="edit-server" onSubmit={event => void save(event)} noValidate className="flex flex-col gap-4">
          {update.error && <EditError tenant={tenant} server={stored.id} error={update.error} onLoaded={onLoaded} />}
          <PlaceFields form={form} />
          <TrustFields form={form} ways={['verify', 'pin', 'ca', 'insecure']} />
          <TokenField form={form} help={<TokenHelp form={form} stored={stored} />} />
          <OtherFields form={form} />
        </form>
      </Dialog>
      <DiscardDialog open={leaving} onOpenChange={setLeaving} onDiscard={onClose} />
    </>
  )
}

function TokenHelp({ form, stored }: { form: ServerForm; stored: Server }) {
  const { t } = useTranslation()
  if (!needsToken(form.watch(), stored)) return t('servers.token_keep', { id: stored.connection?.token_id })
  return <span className="text-warning-text">{t('servers.token_again')}</span>
}

function OtherFields({ form }: { form: ServerForm }) {
  const { t } = useTranslation()
  const errors = form.formState.errors
  return (
    <>
      <TextField
        label={t('servers.timeout')}
        help={t('servers.timeout_help')}
        inputMode="numeric"
        autoComplete="off"
        error={fieldError(errors.connect_timeout_seconds, t('servers.timeout_error'))}
        {...form.register('connect_timeout_seconds')}
      />
      <TextArea
        label={t('servers.notes')}
        rows={3}
        error={fieldError(errors.notes, t('servers.notes_error'))}
        {...form.register('notes')}
      />
      <label className="flex cursor-pointer gap-3">
        <input
          type="checkbox"
          className="mt-0.5 size-4 shrink-0 accent-primary-solid"
          {...form.register('is_active')}
        />
        <span>
          <span className="block font-medium">{t('servers.active')}</span>
          <span className="text-muted text-table">{t('servers.active_help')}</span>
        </span>
      </label>
    </>
  )
}

type EditErrorProps = { tenant: string; server: string; error: unknown; onLoaded: (server: Server) => void }

function EditError({ tenant, server, error, onLoaded }: EditErrorProps) {
  const { t } = useTranslation()
  const reload = useReloadServer(tenant)
  const { status, fields } = asApiError(error)
  if (fields.length > 0) return <Note>{t('form.check_fields')}</Note>
  // The form is long: whoever saves at its end would not see what stands at its start.
  return (
    <div ref={show}>
      {reload.error && <ErrorNote error={reload.error} className="mb-3" />}
      {status === 412 ? (
        <Note
          action={
            <Button size="sm" busy={reload.isPending} onClick={() => reload.mutate(server, { onSuccess: onLoaded })}>
              {t('servers.load_again')}
            </Button>
          }
        >
          {t('servers.changed_meanwhile')}
        </Note>
      ) : (
        <ErrorNote error={error} />
      )}
    </div>
  )
}

function show(note: HTMLElement | null): void {
  note?.scrollIntoView({ block: 'nearest' })
}
