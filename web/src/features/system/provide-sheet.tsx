import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ListSkeleton, LoadFailed } from '@/components/list-state'
import { OtherFields, TimeoutField } from '@/components/server-form/other-fields'
import { PlaceFields } from '@/components/server-form/place-fields'
import { TokenExpiryField, TokenField, TokenGuide } from '@/components/server-form/token-field'
import { TrustFields } from '@/components/server-form/trust-fields'
import { ServerTestResult } from '@/components/server-test/result'
import { Button } from '@/components/ui/button'
import { ConfirmDialog, Sheet } from '@/components/ui/dialog'
import { FormError } from '@/features/system/form-error'
import { connectionKey, otherProblem, storedOf, toProvidedIn } from '@/features/system/provided-form'
import {
  providedServerQuery,
  useProvideServer,
  useTestProvidedValues,
  useUpdateProvided,
} from '@/features/system/queries'
import { isEmptyScope, NO_SCOPE } from '@/features/system/scope'
import { ScopeFields } from '@/features/system/scope-fields'
import { type ChosenTenant, TenantPicker } from '@/features/system/tenant-picker'
import type { AnyServer, GuestScope, ProvidedServer } from '@/lib/api/types'
import {
  applyServerErrors,
  editForm,
  emptyServer,
  formOf,
  needsToken,
  type ServerForm,
  type ServerFormIn,
  type ServerFormOut,
  serverForm,
} from '@/lib/server-form'

/** Gives a tenant a server that is limited to some guests. */
export function ProvideSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [dirty, setDirty] = useState(false)
  return (
    <ServerSheet title={t('system.provide')} lead={t('system.provide_text')} dirty={dirty} onClose={onClose}>
      {close => <ProvideForm stored={null} pin={null} onDirty={setDirty} onCancel={close} onDone={onClose} />}
    </ServerSheet>
  )
}

type EditProps = {
  server: AnyServer
  /** A certificate that the person has just decided to trust. */
  pin: string | null
  onClose: () => void
}

/** Changes a provided server; its connection is asked for first. */
export function EditProvidedSheet({ server, pin, onClose }: EditProps) {
  const { t } = useTranslation()
  const [dirty, setDirty] = useState(false)
  const provided = useQuery({ ...providedServerQuery(server.id), refetchOnWindowFocus: false })
  return (
    <ServerSheet
      title={t('servers.edit_of', { name: server.name })}
      lead={t('system.provided_to', { tenant: server.tenant.name })}
      dirty={dirty}
      onClose={onClose}
    >
      {close =>
        provided.data ? (
          <ProvideForm
            stored={provided.data}
            pin={pin}
            onReload={async () => (await provided.refetch()).data}
            onDirty={setDirty}
            onCancel={close}
            onDone={onClose}
          />
        ) : provided.isError ? (
          <LoadFailed
            title={t('system.provided_failed')}
            error={provided.error}
            busy={provided.isFetching}
            onRetry={() => void provided.refetch()}
          />
        ) : (
          <ListSkeleton rows={8} />
        )
      }
    </ServerSheet>
  )
}

type SheetProps = {
  title: string
  lead: string
  /** Something would be lost: it is asked for first. */
  dirty: boolean
  onClose: () => void
  children: (close: () => void) => ReactNode
}

function ServerSheet({ title, lead, dirty, onClose, children }: SheetProps) {
  const { t } = useTranslation()
  const [leaving, setLeaving] = useState(false)
  const close = () => (dirty ? setLeaving(true) : onClose())
  return (
    <Sheet open onOpenChange={open => !open && close()} title={title} className="w-[640px] max-w-full">
      <header className="flex items-start justify-between gap-3 border-b px-5 py-4">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-[1rem]/6" title={title}>
            {title}
          </h2>
          <p className="text-muted">{lead}</p>
        </div>
        <Button variant="ghost" size="icon" aria-label={t('common.close')} onClick={close}>
          <X className="size-4" aria-hidden />
        </Button>
      </header>
      {children(close)}
      <ConfirmDialog
        open={leaving}
        onOpenChange={setLeaving}
        title={t('servers.discard')}
        consequence={t('servers.discard_text')}
        confirm={t('servers.discard_confirm')}
        onConfirm={onClose}
      />
    </Sheet>
  )
}

type FormProps = {
  stored: ProvidedServer | null
  pin: string | null
  onReload?: () => Promise<ProvidedServer | undefined>
  onDirty: (dirty: boolean) => void
  onCancel: () => void
  onDone: () => void
}

function valuesOf(stored: ProvidedServer | null, pin: string | null): ServerFormIn {
  const values = stored ? formOf(storedOf(stored)) : emptyServer
  return pin ? { ...values, trust: 'pin', fingerprint: pin } : values
}

function ProvideForm({ stored: opened, pin, onReload, onDirty, onCancel, onDone }: FormProps) {
  const { t } = useTranslation()
  const [stored, setStored] = useState(opened)
  const [tenant, setTenant] = useState<ChosenTenant | null>(opened?.server.tenant ?? null)
  const [scope, setScope] = useState<GuestScope>(opened?.scope ?? NO_SCOPE)
  const [wrong, setWrong] = useState(false)
  const [checked, setChecked] = useState(false)
  const [tested, setTested] = useState<string | null>(null)
  const [reloading, setReloading] = useState(false)
  const body = useRef<HTMLFormElement>(null)
  const result = useRef<HTMLElement>(null)
  const { confirmed, dialog } = useConfirmed()
  const test = useTestProvidedValues()
  const provide = useProvideServer(confirmed)
  const update = useUpdateProvided(confirmed)
  const saving = provide.isPending || update.isPending
  const error = provide.error ?? update.error
  const form = useForm<ServerFormIn, unknown, ServerFormOut>({
    resolver: zodResolver(stored ? editForm : serverForm),
    mode: 'onTouched',
    defaultValues: valuesOf(stored, pin),
  })
  const key = connectionKey(form.watch())
  const isTested = tested === key && !test.isPending
  const touched = <A,>(change: (value: A) => void) => {
    return (value: A) => {
      onDirty(true)
      change(value)
    }
  }
  const save = (values: ServerFormOut, chosen: ChosenTenant) => {
    const sent = toProvidedIn(values, chosen.id, scope, stored && storedOf(stored))
    const after = {
      onSuccess: () => {
        toast.success(
          stored
            ? t('servers.saved', { name: values.name })
            : t('system.provided', { name: values.name, tenant: chosen.name }),
        )
        onDone()
      },
      onError: (refused: Error) => applyServerErrors(form, refused),
    }
    provide.reset()
    update.reset()
    if (stored) update.mutate({ server: stored.server.id, etag: stored.server.etag, body: sent }, after)
    else provide.mutate(sent, after)
  }
  /** The form's own fields are not the only ones: the first that is wrong may be another. */
  const focusFirst = () =>
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  /** `go` on when the test has passed. */
  const runTest = (go: ((values: ServerFormOut) => void) | null) =>
    form.handleSubmit(values => {
      if (!tenant) return
      const asked = connectionKey(form.getValues())
      test.mutate(toProvidedIn(values, tenant.id, scope, null), {
        onSuccess: ({ ok }) => {
          setTested(asked)
          if (ok && go) go(values)
        },
        onError: refused => applyServerErrors(form, refused),
        onSettled: () => requestAnimationFrame(() => result.current?.scrollIntoView({ block: 'start' })),
      })
    })()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // The form stands in a panel that may be within another form's tree.
    event.stopPropagation()
    setChecked(true)
    const ready = tenant && !isEmptyScope(scope) && !wrong
    if (!ready) return void form.trigger().then(focusFirst)
    const untested = form.getValues('api_token') !== '' && !isTested
    if (untested) void runTest(values => save(values, tenant))
    else void form.handleSubmit(values => save(values, tenant))()
  }
  const trust = (fingerprint: string) => {
    form.setValue('trust', 'pin', { shouldDirty: true })
    form.setValue('fingerprint', fingerprint, { shouldDirty: true, shouldValidate: true })
    void runTest(null)
  }
  const loadAgain = async () => {
    setReloading(true)
    const fresh = await onReload?.()
    setReloading(false)
    if (!fresh) return
    setStored(fresh)
    if (JSON.stringify(scope) === JSON.stringify(stored?.scope)) setScope(fresh.scope)
    form.reset(valuesOf(fresh, null), { keepDirtyValues: true })
    update.reset()
  }
  const passed = isTested && test.data?.ok
  return (
    <>
      <form
        ref={body}
        id="provide-server"
        onSubmit={submit}
        onChange={() => onDirty(true)}
        noValidate
        className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto px-5 py-4"
      >
        {/* The form is long: whoever saves at its end would not see what stands at its start. */}
        {error && (
          <div ref={show}>
            <FormError error={error} onReload={() => void loadAgain()} reloading={reloading} />
          </div>
        )}
        {!stored && (
          <TenantPicker
            chosen={tenant}
            onChoose={touched(setTenant)}
            error={checked && !tenant ? t('system.provide_tenant_missing') : otherProblem(error, 'tenant')}
          />
        )}
        <ScopeFields
          scope={scope}
          onScope={touched(setScope)}
          error={otherProblem(error, 'scope')}
          checked={checked}
          onWrong={setWrong}
        />
        <Part title={t('system.provide_connection')}>
          <PlaceFields form={form} autoFocus={stored !== null} />
          <TrustFields form={form} ways={[stored ? 'verify' : 'ask', 'pin', 'ca', 'insecure']} />
          {!stored && (
            <details className="rounded-card border bg-raised px-3 py-2">
              <summary className="cursor-pointer py-1 font-medium">{t('system.provide_token_how')}</summary>
              <div className="mt-2 flex flex-col gap-3">
                <TokenGuide />
              </div>
            </details>
          )}
          <TokenField form={form} help={<TokenHelp form={form} stored={stored} />} />
          <TokenExpiryField form={form} />
          <TimeoutField form={form} />
        </Part>
        {(test.isPending || isTested || test.error) && (
          <section ref={result} aria-label={t('servers.test')} className="flex flex-col gap-5 border-t pt-5">
            <h3 className="font-semibold">{t('servers.test')}</h3>
            <ServerTestResult test={test.data} error={test.error} running={test.isPending} onTrust={trust} />
          </section>
        )}
        <Part title={t('system.provide_more')}>
          <OtherFields form={form} nodeShell={false} />
        </Part>
      </form>
      <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">
        <Button variant="ghost" onClick={onCancel} className="mr-auto">
          {t('common.cancel')}
        </Button>
        {/* Stored values are tested from the list: here a token is needed, as for any that were changed. */}
        {(!stored || form.watch('api_token') !== '') && (
          <Button busy={test.isPending} disabled={saving || !tenant} onClick={() => void runTest(null)}>
            {isTested ? t('servers.test_again') : t('servers.test')}
          </Button>
        )}
        <Button
          type="submit"
          form="provide-server"
          variant={isTested && !passed ? 'secondary' : 'primary'}
          busy={saving}
          disabled={test.isPending}
        >
          {isTested && !passed
            ? t('servers.save_anyway')
            : stored
              ? t('servers.save')
              : passed
                ? t('system.provide_now')
                : t('system.provide_submit')}
        </Button>
      </footer>
      {dialog}
    </>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-4 border-t pt-5">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  )
}

function TokenHelp({ form, stored }: { form: ServerForm; stored: ProvidedServer | null }) {
  const { t } = useTranslation()
  if (!stored) return t('servers.token_help')
  const needed = needsToken(form.watch(), storedOf(stored))
  if (!needed) return t('servers.token_keep', { id: stored.connection.token_id })
  return <span className="text-warning-text">{t(`servers.token_again_${needed}`)}</span>
}

function show(note: HTMLElement | null): void {
  note?.scrollIntoView({ block: 'nearest' })
}
