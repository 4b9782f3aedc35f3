import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { useBlocker, useLocation } from '@tanstack/react-router'
import { Undo2 } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, Note } from '@/components/error-note'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { AlertsPart } from '@/features/settings/alerts-part'
import { AppearancePart } from '@/features/settings/appearance-part'
import { ChecksPart } from '@/features/settings/checks-part'
import { ConsolesPart } from '@/features/settings/consoles-part'
import {
  formOf,
  GROUP_NAMES,
  type Group,
  isSame,
  SERVER_NAMES,
  type SettingsForm,
  settingsForm,
  settingsOf,
} from '@/features/settings/form'
import { GeneralPart } from '@/features/settings/general-part'
import { LogoPart } from '@/features/settings/logo-part'
import { NotificationsPart } from '@/features/settings/notifications-part'
import { useReloadSettings, useUpdateSettings } from '@/features/settings/queries'
import { goTo, groupInSight, SettingsNav } from '@/features/settings/settings-nav'
import { WebhooksPart } from '@/features/settings/webhooks-part'
import { asApiError } from '@/lib/api/error'
import { settingsQuery } from '@/lib/api/tenant-queries'
import type { Settings, Tenant } from '@/lib/api/types'
import { applyFieldErrors } from '@/lib/form-errors'

type SettingsPageProps = {
  tenant: Tenant
  /** Whether Nexus can send e-mails. */
  mail: boolean
}

/** What a tenant has chosen for all of its members. */
export function SettingsPage(props: SettingsPageProps) {
  const { t } = useTranslation()
  const query = useQuery(settingsQuery(props.tenant.id))
  return (
    <Page title={t('settings.title')}>
      {query.data ? (
        <SettingsEditor {...props} settings={query.data} />
      ) : query.isPending ? (
        <FormSkeleton />
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto border-t">
          <LoadFailed
            title={t('settings.load_failed')}
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
    </Page>
  )
}

/** What was loaded first is what is changed: if it is another by now, nothing that was typed is lost or overwritten. */
function SettingsEditor({ tenant, mail, settings }: SettingsPageProps & { settings: Settings }) {
  const { t } = useTranslation()
  const readOnly = !tenant.may.manage_settings
  const [stored, setStored] = useState(settings)
  const update = useUpdateSettings(tenant.id)
  const form = useForm<SettingsForm>({
    resolver: zodResolver(settingsForm),
    mode: 'onTouched',
    defaultValues: formOf(settings),
  })
  const { isDirty: dirty, dirtyFields, errors } = form.formState
  const takeOver = (fresh: Settings) => {
    setStored(fresh)
    form.reset(formOf(fresh), { keepDirtyValues: true })
    update.reset()
  }
  const newer = settings.version > stored.version && !update.isPending
  const harmless = newer && (!dirty || isSame(settings, stored))
  // Somebody else has changed them: who has typed nothing just sees the new ones.
  const { reset } = form
  useEffect(() => {
    if (!harmless) return
    setStored(settings)
    reset(formOf(settings), { keepDirtyValues: true })
  }, [harmless, settings, reset])
  const save = form.handleSubmit(values =>
    update.mutate(
      { shown: stored, body: settingsOf(values, stored) },
      {
        onSuccess: saved => {
          setStored(saved)
          form.reset(formOf(saved))
          toast.success(t('settings.saved'))
        },
        onError: error => applyFieldErrors<SettingsForm>(form, error, SERVER_NAMES),
      },
    ),
  )
  const parts = { form, readOnly }
  return (
    <>
      <Groups changed={Object.keys(dirtyFields)} wrong={Object.keys(errors)}>
        {readOnly && <p className="rounded-card border bg-surface px-3 py-2.5 text-muted">{t('settings.read_only')}</p>}
        <form
          id={FORM}
          onSubmit={event => {
            event.preventDefault()
            void save()
          }}
          noValidate
        >
          <fieldset disabled={readOnly} className="flex min-w-0 flex-col gap-10">
            <GeneralPart form={form} />
            <AppearancePart
              {...parts}
              tenant={{ id: tenant.id, name: stored.name, logo: settings.logo?.tag ?? null }}
            />
            <LogoPart {...parts} tenant={tenant} logo={settings.logo} />
            <NotificationsPart {...parts} tenant={tenant.id} mail={mail} />
            <AlertsPart form={form} />
            <ChecksPart form={form} defaults={settings.defaults} />
            <ConsolesPart form={form} defaults={settings.defaults} />
          </fieldset>
        </form>
        <WebhooksPart tenant={tenant} />
      </Groups>
      {!readOnly && (
        <SaveBar
          changes={Object.keys(dirtyFields).length}
          busy={update.isPending}
          note={
            update.error ? (
              <SaveError tenant={tenant.id} error={update.error} onLoaded={takeOver} />
            ) : newer && !harmless ? (
              <ChangedNote onLoad={() => takeOver(settings)} />
            ) : null
          }
          onDiscard={() => {
            form.reset(formOf(stored))
            update.reset()
          }}
        />
      )}
      <LeaveGuard dirty={dirty} />
    </>
  )
}

const FORM = 'settings-form'

type GroupsProps = { changed: string[]; wrong: string[]; children: ReactNode }

/** The groups under each other, and beside them the way to each. */
function Groups({ changed, wrong, children }: GroupsProps) {
  const { t } = useTranslation()
  const { hash } = useLocation()
  const [current, setCurrent] = useState<Group>('general')
  // The address may name a group. Only at first: later the navigation itself brings it into sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const asked = GROUP_NAMES.find(group => group === hash)
    if (!asked) return
    goTo(asked)
    setCurrent(asked)
  }, [])
  return (
    <div
      className="flex min-h-0 flex-1 border-t max-lg:flex-col max-lg:border-t-0"
      onScrollCapture={event => {
        const { target } = event
        if (target instanceof HTMLElement && target.contains(document.getElementById('general')))
          setCurrent(groupInSight(target))
      }}
    >
      <SettingsNav current={current} changed={changed} wrong={wrong} />
      <ScrollArea label={t('settings.title')}>
        <div className="flex max-w-3xl flex-col gap-10 p-6 pb-16 max-md:p-4 max-md:pb-12">{children}</div>
      </ScrollArea>
    </div>
  )
}

type SaveBarProps = { changes: number; busy: boolean; note: ReactNode; onDiscard: () => void }

/** All groups are saved together. Always there, so that nothing moves when the first field is changed. */
function SaveBar({ changes, busy, note, onDiscard }: SaveBarProps) {
  const { t } = useTranslation()
  const dirty = changes > 0
  return (
    <div className="flex flex-col gap-3 border-t bg-background px-6 py-3 max-md:px-4">
      {note}
      <div className="flex items-center gap-2">
        <p role="status" className="nums mr-auto min-w-0 truncate text-muted">
          {dirty ? t('settings.changes', { count: changes }) : t('settings.no_changes')}
        </p>
        {dirty && (
          <Button variant="ghost" disabled={busy} onClick={onDiscard}>
            <Undo2 className="size-4" aria-hidden />
            <span className="max-sm:sr-only">{t('settings.discard')}</span>
          </Button>
        )}
        <Button type="submit" form={FORM} variant="primary" disabled={!dirty} busy={busy}>
          {t('form.save')}
        </Button>
      </div>
    </div>
  )
}

/** Asks before what was typed is lost. Another group of the page loses nothing. */
function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation()
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      open={leaving.status === 'blocked'}
      onOpenChange={open => !open && leaving.reset?.()}
      title={t('settings.leave')}
      consequence={t('settings.leave_text')}
      confirm={t('settings.leave_confirm')}
      onConfirm={() => leaving.proceed?.()}
    />
  )
}

type SaveErrorProps = { tenant: string; error: unknown; onLoaded: (settings: Settings) => void }

function SaveError({ tenant, error, onLoaded }: SaveErrorProps) {
  const { t } = useTranslation()
  const reload = useReloadSettings(tenant)
  const { status, fields } = asApiError(error)
  if (fields.length > 0) return <Note>{t('form.check_fields')}</Note>
  return (
    <div>
      {reload.error && <ErrorNote error={reload.error} className="mb-3" />}
      {status === 412 ? (
        <ChangedNote busy={reload.isPending} onLoad={() => reload.mutate(undefined, { onSuccess: onLoaded })} />
      ) : (
        <ErrorNote error={error} />
      )}
    </div>
  )
}

function ChangedNote({ busy, onLoad }: { busy?: boolean; onLoad: () => void }) {
  const { t } = useTranslation()
  return (
    <Note
      action={
        <Button size="sm" busy={busy} onClick={onLoad}>
          {t('settings.load_again')}
        </Button>
      }
    >
      {t('settings.changed_meanwhile')}
    </Note>
  )
}

function FormSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex min-h-0 flex-1 border-t">
      <span className="sr-only">{t('common.loading')}</span>
      <div className="flex w-68 shrink-0 flex-col gap-3 border-r p-4 max-lg:hidden">
        {GROUP_NAMES.map(group => (
          <Skeleton key={group} className="h-5" />
        ))}
      </div>
      <div className="flex max-w-3xl flex-1 flex-col gap-6 p-6 max-md:p-4">
        <Skeleton className="h-5 w-32" />
        <Skeleton className="h-9" />
        <Skeleton className="h-20" />
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </div>
    </div>
  )
}
