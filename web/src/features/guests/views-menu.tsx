import { useQuery } from '@tanstack/react-query'
import { BookmarkPlus, ChevronDown, Layers, Pencil, Save, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, useErrorText } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuRadio, MenuSeparator } from '@/components/ui/menu'
import { defaultView, setDefaultView } from '@/features/guests/list-choice'
import { differs, type Look } from '@/features/guests/look'
import { useDeleteView, useUpdateView, viewsQuery } from '@/features/guests/queries'
import { ViewDialog } from '@/features/guests/view-dialog'
import type { SavedView } from '@/lib/api/types'
import { cn } from '@/lib/cn'

type ViewsMenuProps = {
  tenant: string
  me: string
  /** The one that was opened; the list may look otherwise by now. */
  current: string | undefined
  look: Look
  /** Opens a view, or shows all guests. */
  onView: (view: SavedView | null) => void
  /** The view is gone; the list stays as it looks. */
  onGone: () => void
}

const ALL = 'all'

/** The saved views: open one, keep how the list looks now, change and delete. */
export function ViewsMenu({ tenant, me, current, look, onView, onGone }: ViewsMenuProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { data: views = [] } = useQuery(viewsQuery(tenant))
  const update = useUpdateView(tenant)
  const [dialog, setDialog] = useState<'new' | 'rename' | 'delete' | null>(null)
  const [first, setFirst] = useState(() => defaultView(me, tenant))
  const view = views.find(one => one.id === current) ?? null
  const changed = view !== null && differs(view, look)
  const keep = () => {
    if (!view) return
    const onError = (error: unknown) =>
      toast.error(t('views.save_failed', { name: view.name }), { description: errorText(error) })
    update.mutate({ view, body: { ...look, name: view.name } }, { onError })
  }
  const makeFirst = (on: boolean) => {
    const next = on && view ? view.id : null
    setDefaultView(me, tenant, next)
    setFirst(next)
  }
  return (
    <>
      <Menu
        label={t('views.title')}
        trigger={
          <Button busy={update.isPending} className="min-w-0 max-w-64">
            {!update.isPending && <Layers className="size-4 shrink-0" aria-hidden />}
            <span className={cn('truncate', !view && 'max-sm:sr-only')}>{view?.name ?? t('views.title')}</span>
            {changed && (
              <span className="size-1.5 shrink-0 rounded-full bg-primary" title={t('views.changed')}>
                <span className="sr-only">{t('views.changed')}</span>
              </span>
            )}
            <ChevronDown className="size-3.5 shrink-0 text-muted" aria-hidden />
          </Button>
        }
      >
        <MenuRadio
          value={view?.id ?? ALL}
          onChange={id => onView(views.find(one => one.id === id) ?? null)}
          options={[
            { value: ALL, label: t('views.all') },
            ...views.map(one => ({
              value: one.id,
              label: (
                <>
                  <span className="max-w-72 flex-1 truncate">{one.name}</span>
                  {one.id === first && <span className="text-muted text-table">{t('views.is_first')}</span>}
                </>
              ),
            })),
          ]}
        />
        {views.length === 0 && <MenuLabel>{t('views.none')}</MenuLabel>}
        <MenuSeparator />
        <MenuItem icon={<BookmarkPlus aria-hidden />} onSelect={() => setDialog('new')}>
          {t('views.save_new')}
        </MenuItem>
        {view && (
          <>
            <MenuItem
              icon={<Save aria-hidden />}
              disabledReason={changed ? undefined : t('views.unchanged')}
              onSelect={keep}
            >
              {t('views.save')}
            </MenuItem>
            <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setDialog('rename')}>
              {t('views.rename')}
            </MenuItem>
            <MenuCheck checked={first === view.id} onChange={makeFirst}>
              {t('views.first')}
            </MenuCheck>
            <MenuSeparator />
            <MenuItem icon={<Trash2 aria-hidden />} destructive onSelect={() => setDialog('delete')}>
              {t('views.delete')}
            </MenuItem>
          </>
        )}
      </Menu>
      {(dialog === 'new' || (dialog === 'rename' && view)) && (
        <ViewDialog
          tenant={tenant}
          view={dialog === 'rename' ? view : null}
          look={look}
          onDone={made => {
            setDialog(null)
            if (dialog === 'new') onView(made)
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'delete' && view && (
        <DeleteView
          tenant={tenant}
          view={view}
          onDone={() => {
            if (first === view.id) makeFirst(false)
            setDialog(null)
            onGone()
          }}
          onClose={() => setDialog(null)}
        />
      )}
    </>
  )
}

type DeleteProps = { tenant: string; view: SavedView; onDone: () => void; onClose: () => void }

function DeleteView({ tenant, view, onDone, onClose }: DeleteProps) {
  const { t } = useTranslation()
  const remove = useDeleteView(tenant)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('views.delete_title', { name: view.name })}
      consequence={t('views.delete_consequence')}
      confirm={t('views.delete_confirm', { name: view.name })}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() => remove.mutate(view.id, { onSuccess: onDone })}
    />
  )
}
