import { zodResolver } from '@hookform/resolvers/zod'
import { useId } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { formatFilter, parseFilter } from '@/features/guests/filter'
import type { Look } from '@/features/guests/look'
import { useCreateView, useUpdateView } from '@/features/guests/queries'
import { asApiError } from '@/lib/api/error'
import type { SavedView } from '@/lib/api/types'
import { applyFieldErrors, fieldError } from '@/lib/form-errors'

const MOST = 60
const schema = z.object({ name: z.string().trim().min(1).max(MOST) })

type ViewDialogProps = {
  tenant: string
  /** The view whose name changes; without one, the look is kept under a new name. */
  view: SavedView | null
  look: Look
  onDone: (view: SavedView) => void
  onClose: () => void
}

/** Gives a view its name. */
export function ViewDialog({ tenant, view, look, onDone, onClose }: ViewDialogProps) {
  const { t } = useTranslation()
  const id = useId()
  const create = useCreateView(tenant)
  const update = useUpdateView(tenant)
  const used = view ? update : create
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: view?.name ?? '' }, mode: 'onTouched' })
  const error = form.formState.errors.name
  const onError = (thrown: unknown) => {
    if (asApiError(thrown).code === 'duplicate') {
      form.setError('name', { type: 'server', message: t('views.taken') }, { shouldFocus: true })
    } else applyFieldErrors(form, thrown)
  }
  const save = form.handleSubmit(({ name }) => {
    if (view) {
      const { filter, sort, layout, columns } = view
      update.mutate({ view, body: { name, filter, sort, layout, columns } }, { onSuccess: onDone, onError })
    } else create.mutate({ ...look, name }, { onSuccess: onDone, onError })
  })
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={view ? t('views.rename_title', { name: view.name }) : t('views.save_title')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" form={id} variant="primary" busy={used.isPending}>
            {view ? t('views.rename_confirm') : t('views.save_confirm')}
          </Button>
        </>
      }
    >
      <form id={id} noValidate onSubmit={event => void save(event)} className="flex flex-col gap-4">
        <TextField
          label={t('views.name')}
          help={view ? undefined : t('views.name_help')}
          error={fieldError(error, t('views.name_error', { count: MOST }))}
          maxLength={MOST * 2}
          autoComplete="off"
          autoFocus
          {...form.register('name')}
        />
        {!view && <Kept look={look} />}
        {used.error && asApiError(used.error).code !== 'duplicate' && <ErrorNote error={used.error} />}
      </form>
    </Dialog>
  )
}

/** What the view will bring back. */
function Kept({ look }: { look: Look }) {
  const { t } = useTranslation()
  const filter = formatFilter(parseFilter(look.filter))
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded-card border bg-surface px-3 py-2 text-table">
      <dt className="text-muted">{t('guests.filter')}</dt>
      <dd className="min-w-0 break-words">
        {filter ? <code className="font-mono text-xs">{filter}</code> : t('views.no_filter')}
      </dd>
      <dt className="text-muted">{t('guests.layout')}</dt>
      <dd>{t(`guests.layout_${look.layout}`)}</dd>
    </dl>
  )
}
