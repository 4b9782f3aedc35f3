import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, Note } from '@/components/error-note'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { TabPanel, Tabs } from '@/components/ui/tabs'
import { formOf, type SettingsForm, settingsForm, settingsOf, tabOf } from '@/features/settings/form'
import { GeneralParts } from '@/features/settings/general-part'
import { MonitoringParts } from '@/features/settings/monitoring-part'
import { useReloadSettings, useUpdateSettings } from '@/features/settings/queries'
import { WebhooksTab } from '@/features/settings/webhooks-tab'
import { asApiError } from '@/lib/api/error'
import { settingsQuery } from '@/lib/api/tenant-queries'
import type { Settings, Tenant } from '@/lib/api/types'
import { applyFieldErrors } from '@/lib/form-errors'

export const SETTINGS_TABS = ['general', 'monitoring', 'webhooks'] as const
type Tab = (typeof SETTINGS_TABS)[number]

type SettingsPageProps = {
  tenant: Tenant
  /** Whether Nexus can send e-mails. */
  mail: boolean
  tab: Tab
  onTab: (tab: Tab) => void
}

/** What a tenant has chosen for all of its members. */
export function SettingsPage(props: SettingsPageProps) {
  const { t } = useTranslation()
  const query = useQuery(settingsQuery(props.tenant.id))
  if (query.data) return <SettingsTabs {...props} settings={query.data} />
  const state = query.isPending ? (
    <FormSkeleton />
  ) : (
    <LoadFailed
      title={t('settings.load_failed')}
      error={query.error}
      busy={query.isFetching}
      onRetry={() => void query.refetch()}
    />
  )
  return <Views {...props} general={state} monitoring={state} />
}

type ViewsProps = SettingsPageProps & { general: ReactNode; monitoring: ReactNode }

function Views({ tenant, tab, onTab, general, monitoring }: ViewsProps) {
  const { t } = useTranslation()
  return (
    <Page title={t('settings.title')}>
      <Tabs
        label={t('settings.title')}
        value={tab}
        onChange={onTab}
        tabs={[
          { value: 'general', label: t('settings.general') },
          { value: 'monitoring', label: t('settings.monitoring') },
          { value: 'webhooks', label: t('webhooks.title') },
        ]}
      >
        <TabPanel value="general">
          <ScrollArea label={t('settings.general')}>{general}</ScrollArea>
        </TabPanel>
        <TabPanel value="monitoring">
          <ScrollArea label={t('settings.monitoring')}>{monitoring}</ScrollArea>
        </TabPanel>
        <TabPanel value="webhooks">
          <WebhooksTab tenant={tenant} />
        </TabPanel>
      </Tabs>
    </Page>
  )
}

/** What was loaded first is what is changed: if it is another by now, nothing that was typed is lost or overwritten. */
function SettingsTabs(props: SettingsPageProps & { settings: Settings }) {
  const { t } = useTranslation()
  const { tenant, settings, tab, onTab } = props
  const readOnly = !tenant.may.manage_settings
  const [stored, setStored] = useState(settings)
  const update = useUpdateSettings(tenant.id)
  const form = useForm<SettingsForm>({
    resolver: zodResolver(settingsForm),
    mode: 'onTouched',
    defaultValues: formOf(settings),
  })
  const dirty = form.formState.isDirty
  const takeOver = (fresh: Settings) => {
    setStored(fresh)
    form.reset(formOf(fresh), { keepDirtyValues: true })
    update.reset()
  }
  const newer = settings.version > stored.version && !update.isPending
  // Somebody else has changed them: who has typed nothing just sees the new ones.
  const { reset } = form
  useEffect(() => {
    if (!newer || dirty) return
    setStored(settings)
    reset(formOf(settings))
  }, [newer, dirty, settings, reset])
  const showFirst = (fields: string[]) => {
    const wrong = tabOf(fields)
    if (wrong && wrong !== tab) onTab(wrong)
  }
  const save = form.handleSubmit(
    values =>
      update.mutate(
        { shown: stored, body: settingsOf(values, stored) },
        {
          onSuccess: saved => {
            setStored(saved)
            form.reset(formOf(saved))
            toast.success(t('settings.saved'))
          },
          onError: error => {
            const names = { audit_retention_days: 'days', health_interval_seconds: 'seconds' } as const
            applyFieldErrors<SettingsForm>(form, error, names)
            showFirst(asApiError(error).fields.map(({ field }) => names[field as keyof typeof names] ?? field))
          },
        },
      ),
    errors => showFirst(Object.keys(errors)),
  )
  const frame = (children: ReactNode) => (
    <SettingsFrame
      form={form}
      readOnly={readOnly}
      busy={update.isPending}
      note={
        update.error ? (
          <SaveError tenant={tenant.id} error={update.error} onLoaded={takeOver} />
        ) : newer && dirty ? (
          <ChangedNote onLoad={() => takeOver(settings)} />
        ) : null
      }
      onSave={() => void save()}
      onDiscard={() => {
        form.reset(formOf(stored))
        update.reset()
      }}
    >
      {children}
    </SettingsFrame>
  )
  return (
    <>
      <Views
        {...props}
        general={frame(<GeneralParts form={form} />)}
        monitoring={frame(<MonitoringParts form={form} tenant={tenant.id} mail={props.mail} readOnly={readOnly} />)}
      />
      <LeaveGuard dirty={dirty} />
    </>
  )
}

type FrameProps = {
  form: UseFormReturn<SettingsForm>
  readOnly: boolean
  busy: boolean
  note: ReactNode
  onSave: () => void
  onDiscard: () => void
  children: ReactNode
}

/** One tab of the form. Both are saved together, so what was typed on the other one is not forgotten. */
function SettingsFrame({ form, readOnly, busy, note, onSave, onDiscard, children }: FrameProps) {
  const { t } = useTranslation()
  const dirty = form.formState.isDirty
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        onSave()
      }}
      noValidate
      className="mx-auto flex max-w-2xl flex-col gap-8 p-6 max-md:p-4"
    >
      {readOnly && <p className="rounded-card border bg-surface px-3 py-2.5 text-muted">{t('settings.read_only')}</p>}
      {note}
      <fieldset disabled={readOnly} className="contents">
        {children}
      </fieldset>
      {!readOnly && (
        <div className="sticky bottom-0 -mx-6 flex items-center gap-3 border-t bg-background px-6 py-3 max-md:-mx-4 max-md:px-4">
          <Button type="submit" variant="primary" disabled={!dirty} busy={busy}>
            {t('form.save')}
          </Button>
          {dirty && (
            <Button variant="ghost" onClick={onDiscard}>
              {t('settings.discard')}
            </Button>
          )}
        </div>
      )}
    </form>
  )
}

/** Asks before what was typed is lost. Another tab of the page loses nothing. */
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
    <div ref={show}>
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

/** Whoever saves at the end of a long form would not see what stands at its start. */
function show(note: HTMLElement | null): void {
  note?.scrollIntoView({ block: 'nearest' })
}

function FormSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="mx-auto flex max-w-2xl flex-col gap-6 p-6 max-md:p-4">
      <span className="sr-only">{t('common.loading')}</span>
      <Skeleton className="h-5 w-32" />
      <Skeleton className="h-9" />
      <Skeleton className="h-20" />
      <Skeleton className="h-5 w-40" />
      <Skeleton className="h-16" />
      <Skeleton className="h-16" />
    </div>
  )
}
