import { zodResolver } from '@hookform/resolvers/zod'
import { Activity, KeyRound, TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, Note } from '@/components/error-note'
import { OtherFields, TimeoutField } from '@/components/server-form/other-fields'
import { PlaceFields } from '@/components/server-form/place-fields'
import { TokenExpiryField, TokenField } from '@/components/server-form/token-field'
import { TrustFields } from '@/components/server-form/trust-fields'
import { ServerTestResult } from '@/components/server-test/result'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Reason } from '@/components/ui/tooltip'
import { DiscardDialog } from '@/features/servers/discard-dialog'
import { useReloadServer, useTestEdited, useUpdateServer } from '@/features/servers/queries'
import { asApiError } from '@/lib/api/error'
import type { Server } from '@/lib/api/types'
import { formatMilliseconds } from '@/lib/format'
import {
  applyServerErrors,
  connectionOf,
  editForm,
  formOf,
  needsToken,
  type ServerForm,
  type ServerFormIn,
  type ServerFormOut,
  toServerChange,
} from '@/lib/server-form'

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
  const test = useTest(tenant, form, stored)
  useEffect(() => {
    if (pin) trust(setValue, pin)
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
        wide
        title={t('servers.edit_of', { name: stored.name })}
        footer={
          <>
            <span className="mr-auto">
              <Reason text={test.blocked ? t('servers.test_needs_token') : undefined}>
                <Button busy={test.running} disabled={test.blocked} onClick={test.run}>
                  {!test.running && <Activity className="size-4" aria-hidden />}
                  {t('servers.test')}
                </Button>
              </Reason>
            </span>
            <Button variant="ghost" onClick={() => (dirty ? setLeaving(true) : onClose())}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" form="edit-server" variant="primary" busy={update.isPending} disabled={!dirty}>
              {t('servers.save')}
            </Button>
          </>
        }
      >
        <form id="edit-server" onSubmit={event => void save(event)} noValidate className="flex flex-col gap-5">
          {update.error && <EditError tenant={tenant} server={stored.id} error={update.error} onLoaded={onLoaded} />}
          <PlaceFields form={form} />
          <TrustFields form={form} ways={['verify', 'pin', 'ca', 'insecure']} />
          <TokenPart form={form} stored={stored} />
          <TokenExpiryField form={form} />
          <TimeoutField form={form} beside={<Learned server={stored} />} />
          <OtherFields form={form} />
          {test.shown && (
            // Shown anew when it is there: the result is longer than what stood for it.
            <section
              key={String(test.running)}
              ref={showFromTop}
              aria-label={t('servers.test')}
              className="flex flex-col gap-5 border-t pt-5"
            >
              <ServerTestResult
                test={test.data}
                error={test.error}
                running={test.running}
                onTrust={fingerprint => trust(setValue, fingerprint)}
                timeout={Number(form.watch('connect_timeout_seconds'))}
                onTimeout={seconds => setValue('connect_timeout_seconds', String(seconds), { shouldDirty: true })}
              />
            </section>
          )}
        </form>
      </Dialog>
      <DiscardDialog open={leaving} onOpenChange={setLeaving} onDiscard={onClose} />
    </>
  )
}

function trust(setValue: ServerForm['setValue'], fingerprint: string): void {
  setValue('trust', 'pin', { shouldDirty: true })
  setValue('fingerprint', fingerprint, { shouldDirty: true })
}

/** The check of what the form says: with the token that was typed, else with the stored one where that may be used. */
function useTest(tenant: string, form: ServerForm, stored: Server) {
  const { mutate, data, error, isPending, isIdle } = useTestEdited(tenant)
  const values = form.watch()
  const typed = values.api_token.trim() !== ''
  const run = () =>
    void form.handleSubmit(valid =>
      mutate(
        { server: stored.id, body: typed ? toServerChange(valid, stored) : null },
        { onError: refused => applyServerErrors(form, refused) },
      ),
    )()
  const blocked = !typed && needsToken(values, stored) !== null
  return { run, blocked, data, error, running: isPending, shown: !isIdle }
}

/** The token is never shown: only whose it is, and a way to put another in its place. */
function TokenPart({ form, stored }: { form: ServerForm; stored: Server }) {
  const { t } = useTranslation()
  const [replacing, setReplacing] = useState(false)
  const needed = needsToken(form.watch(), stored)
  const id = connectionOf(stored).token_id
  if (needed || replacing || form.formState.errors.api_token) {
    return (
      <TokenField
        form={form}
        autoFocus={replacing && !needed}
        help={needed ? <Needed>{t(`servers.token_again_${needed}`)}</Needed> : t('servers.token_keep', { id })}
        aside={
          !needed && (
            <Button
              size="sm"
              variant="ghost"
              onClick={() => {
                setReplacing(false)
                form.resetField('api_token')
              }}
            >
              {t('servers.token_keep_old')}
            </Button>
          )
        }
      />
    )
  }
  return (
    <div className="flex flex-col gap-1.5">
      <div className="font-medium">{t('servers.token')}</div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control border bg-surface px-3 py-1.5">
        <KeyRound className="size-4 shrink-0 text-muted" aria-hidden />
        <span className="min-w-0 flex-1 break-all font-mono text-table">
          {id}
          <span aria-hidden className="text-muted">
            =••••••••
          </span>
        </span>
        <Button size="sm" onClick={() => setReplacing(true)}>
          {t('servers.token_replace')}
        </Button>
      </div>
      <p className="text-muted text-table">{t('servers.token_hidden')}</p>
    </div>
  )
}

function Needed({ children }: { children: ReactNode }) {
  return (
    <span role="status" className="flex gap-1.5 text-warning-text">
      <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
      {children}
    </span>
  )
}

/** How long Nexus really waits by now, for each way. */
function Learned({ server }: { server: Server }) {
  const { t, i18n } = useTranslation()
  const learned = server.health?.ways.flatMap(({ way, learned_timeout_ms: time }) =>
    time == null ? [] : [`${t(`way.${way}`)} ${formatMilliseconds(time, i18n.language)}`],
  )
  if (!learned || learned.length === 0) return null
  return <span className="nums">{t('servers.learned', { times: learned.join(', ') })}</span>
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

function show(part: HTMLElement | null): void {
  part?.scrollIntoView({ block: 'nearest' })
}

function showFromTop(part: HTMLElement | null): void {
  part?.scrollIntoView({ block: 'start' })
}
