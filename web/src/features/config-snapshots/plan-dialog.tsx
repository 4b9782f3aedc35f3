import { zodResolver } from '@hookform/resolvers/zod'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { SelectField, TextArea, TextField } from '@/components/ui/field'
import {
  formOf,
  HOURS,
  type PlanForm,
  PROPOSALS,
  pathsOf,
  planForm,
  planIn,
  problemOfPaths,
  RHYTHMS,
  type Rhythm,
} from '@/features/config-snapshots/plan-form'
import { useReloadPlan, useSetPlan } from '@/features/config-snapshots/queries'
import { asApiError } from '@/lib/api/error'
import type { ConfigPlan } from '@/lib/api/types'
import { fieldProblemText } from '@/lib/problem-text'

type PlanProps = { tenant: string; server: string; plan: ConfigPlan; onClose: () => void }

/** Which paths are kept, and how often. */
export function PlanDialog({ tenant, server, plan, onClose }: PlanProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(plan)
  const save = useSetPlan(tenant, server)
  const form = useForm<PlanForm>({ resolver: zodResolver(planForm), mode: 'onTouched', defaultValues: formOf(plan) })
  const { errors } = form.formState
  const paths = form.watch('paths')
  const submit = form.handleSubmit(values =>
    save.mutate(
      { shown, body: planIn(values) },
      {
        onSuccess: () => {
          toast.success(t('configuration.plan_saved'))
          onClose()
        },
        onError: error => {
          const first = asApiError(error).fields.find(({ field }) => field.startsWith('paths'))
          if (!first) return
          // The server begins with the path that it is about.
          const path = /^\/\S+/.exec(first.detail)?.[0]
          const words = fieldProblemText('paths', first.code, first.detail)
          const message = path && !words.startsWith('/') ? `${path}: ${words}` : words
          form.setError('paths', { type: 'server', message }, { shouldFocus: true })
        },
      },
    ),
  )
  const onLoaded = (fresh: ConfigPlan) => {
    setShown(fresh)
    form.reset(formOf(fresh), { keepDirtyValues: true })
    save.reset()
  }
  const add = (path: string) => {
    const text = [...pathsOf(form.getValues('paths')), path].join('\n')
    form.setValue('paths', text, { shouldDirty: true, shouldTouch: true, shouldValidate: true })
  }
  const missing = PROPOSALS.filter(path => !pathsOf(paths).includes(path))
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('configuration.plan')}
      description={t('configuration.plan_lead')}
      wide
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="plan" variant="primary" busy={save.isPending}>
            {t('form.save')}
          </Button>
        </>
      }
    >
      <form id="plan" onSubmit={event => void submit(event)} noValidate className="flex flex-col gap-4">
        {save.error && !errors.paths && (
          <SaveError tenant={tenant} server={server} error={save.error} onLoaded={onLoaded} />
        )}
        <TextArea
          label={t('configuration.paths')}
          help={t('configuration.paths_help')}
          rows={10}
          spellCheck={false}
          autoCapitalize="none"
          className="whitespace-pre font-mono text-table"
          error={errors.paths && (errors.paths.type === 'server' ? errors.paths.message : problemText(paths))}
          {...form.register('paths')}
        />
        {missing.length > 0 && (
          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1.5 text-muted text-table">{t('configuration.proposals')}</legend>
            <div className="flex flex-wrap gap-1.5">
              {missing.map(path => (
                <Button key={path} size="sm" className="max-w-full font-mono text-xs" onClick={() => add(path)}>
                  <Plus className="size-3.5 shrink-0" aria-hidden />
                  <span className="truncate">{path}</span>
                </Button>
              ))}
            </div>
          </fieldset>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label={t('configuration.rhythm')} {...form.register('rhythm')}>
            {([...Object.keys(RHYTHMS), 'own'] as Rhythm[]).map(rhythm => (
              <option key={rhythm} value={rhythm}>
                {t(`configuration.rhythm_${rhythm}`)}
              </option>
            ))}
          </SelectField>
          {form.watch('rhythm') === 'own' && (
            <TextField
              label={t('configuration.hours')}
              inputMode="numeric"
              autoComplete="off"
              error={errors.hours && t('configuration.hours_wrong', HOURS)}
              {...form.register('hours')}
            />
          )}
        </div>
        <p className="text-muted text-table">{t('configuration.plan_note')}</p>
      </form>
    </Dialog>
  )

  function problemText(text: string): string | undefined {
    const problem = problemOfPaths(text)
    return problem ? t(`configuration.paths_${problem.code}`, { line: problem.line }) : undefined
  }
}

type SaveErrorProps = { tenant: string; server: string; error: unknown; onLoaded: (plan: ConfigPlan) => void }

/** Somebody else was faster, or it went wrong. */
function SaveError({ tenant, server, error, onLoaded }: SaveErrorProps) {
  const { t } = useTranslation()
  const reload = useReloadPlan(tenant, server)
  if (asApiError(error).status !== 412) return <ErrorNote error={error} />
  return (
    <Note
      action={
        <Button size="sm" busy={reload.isPending} onClick={() => reload.mutate(undefined, { onSuccess: onLoaded })}>
          {t('configuration.load_again')}
        </Button>
      }
    >
      {t('form.changed_meanwhile')}
    </Note>
  )
}
