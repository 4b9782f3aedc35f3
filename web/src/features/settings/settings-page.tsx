import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { type UseFormReturn, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, Note } from '@/components/error-note'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { RadioCard, TextArea, TextField } from '@/components/ui/field'
import { Skeleton } from '@/components/ui/skeleton'
import { formOf, type SettingsForm, settingsForm, settingsOf } from '@/features/settings/form'
import { settingsQuery, useReloadSettings, useUpdateSettings } from '@/features/settings/queries'
import { asApiError } from '@/lib/api/error'
import type { Settings, Tenant } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

export function SettingsPage({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const query = useQuery(settingsQuery(tenant.id))
  return (
    <Page title={t('settings.title')}>
      <ScrollArea label={t('settings.title')} className="border-t">
        {query.isPending && <FormSkeleton />}
        {query.isError && !query.data && (
          <LoadFailed
            title={t('settings.load_failed')}
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
        {query.data && (
          <SettingsFields tenant={tenant.id} settings={query.data} readOnly={!tenant.may.manage_settings} />
        )}
      </ScrollArea>
    </Page>
  )
}

type FieldsProps = { tenant: string; settings: Settings; readOnly: boolean }

/** What was loaded first is what is changed: if it is another by now, nothing is overwritten. */
function SettingsFields({ tenant, settings, readOnly }: FieldsProps) {
  const { t } = useTranslation()
  const [stored, setStored] = useState(settings)
  const update = useUpdateSettings(tenant)
  const form = useForm<SettingsForm>({
    resolver: zodResolver(settingsForm),
    mode: 'onTouched',
    defaultValues: formOf(settings),
  })
  const dirty = form.formState.isDirty
  const save = form.handleSubmit(values =>
    update.mutate(
      { shown: stored, body: settingsOf(values) },
      {
        onSuccess: saved => {
          setStored(saved)
          form.reset(formOf(saved))
          toast.success(t('settings.saved'))
        },
        onError: error => applyFieldErrors(form, error, { audit_retention_days: 'days' }),
      },
    ),
  )
  const onLoaded = (fresh: Settings) => {
    setStored(fresh)
    form.reset(formOf(fresh), { keepDirtyValues: true })
    update.reset()
  }
  return (
    <form
      onSubmit={event => void save(event)}
      noValidate
      className="mx-auto flex max-w-2xl flex-col gap-8 p-6 max-md:p-4"
    >
      {readOnly && <p className="rounded-card border bg-surface px-3 py-2.5 text-muted">{t('settings.read_only')}</p>}
      {update.error && <SaveError tenant={tenant} error={update.error} onLoaded={onLoaded} />}
      <fieldset disabled={readOnly} className="contents">
        <General form={form} />
        <Scope form={form} />
        <Retention form={form} />
      </fieldset>
      <LeaveGuard dirty={dirty} />
      {!readOnly && (
        <div className="sticky bottom-0 -mx-6 flex items-center gap-3 border-t bg-background px-6 py-3 max-md:-mx-4 max-md:px-4">
          <Button type="submit" variant="primary" disabled={!dirty} busy={update.isPending}>
            {t('form.save')}
          </Button>
          {dirty && (
            <Button
              variant="ghost"
              onClick={() => {
                form.reset(formOf(stored))
                update.reset()
              }}
            >
              {t('settings.discard')}
            </Button>
          )}
        </div>
      )}
    </form>
  )
}

/** Asks before what was typed is lost. */
function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation()
  const leaving = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: () => dirty, withResolver: true })
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

type PartProps = { form: UseFormReturn<SettingsForm> }

function Part({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4">
      <div>
        <h2 className="font-semibold text-[1rem]/6">{title}</h2>
        {lead && <p className="text-muted">{lead}</p>}
      </div>
      {children}
    </section>
  )
}

function General({ form }: PartProps) {
  const { t } = useTranslation()
  const errors = form.formState.errors
  return (
    <Part title={t('settings.general')}>
      <TextField
        label={t('settings.name')}
        autoComplete="off"
        error={fieldError(errors.name, t('settings.name_error'))}
        {...form.register('name')}
      />
      <TextArea
        label={t('settings.description')}
        help={t('settings.description_help')}
        rows={3}
        error={fieldError(errors.description, t('settings.description_error'))}
        {...form.register('description')}
      />
    </Part>
  )
}

function Scope({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part title={t('settings.scope')} lead={t('settings.scope_lead')}>
      <div role="radiogroup" aria-label={t('settings.scope')} className="flex flex-col gap-2">
        <RadioCard
          value="assigned"
          label={t('settings.scope_assigned')}
          help={t('settings.scope_assigned_help')}
          {...form.register('viewer_scope')}
        />
        <RadioCard
          value="all"
          label={t('settings.scope_all')}
          help={t('settings.scope_all_help')}
          {...form.register('viewer_scope')}
        />
      </div>
    </Part>
  )
}

function Retention({ form }: PartProps) {
  const { t } = useTranslation()
  const limited = form.watch('keep') === 'days'
  return (
    <Part title={t('settings.retention')} lead={t('settings.retention_lead')}>
      <div role="radiogroup" aria-label={t('settings.retention')} className="flex flex-col gap-2">
        <RadioCard value="ever" label={t('settings.retention_ever')} {...form.register('keep')} />
        <RadioCard
          value="days"
          label={t('settings.retention_days')}
          help={t('settings.retention_days_help')}
          {...form.register('keep')}
        />
      </div>
      {limited && (
        <TextField
          label={t('settings.days')}
          inputMode="numeric"
          autoComplete="off"
          className="max-w-40"
          error={fieldError(form.formState.errors.days, t('settings.days_error'))}
          {...form.register('days')}
        />
      )}
    </Part>
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
        <Note
          action={
            <Button size="sm" busy={reload.isPending} onClick={() => reload.mutate(undefined, { onSuccess: onLoaded })}>
              {t('settings.load_again')}
            </Button>
          }
        >
          {t('settings.changed_meanwhile')}
        </Note>
      ) : (
        <ErrorNote error={error} />
      )}
    </div>
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
