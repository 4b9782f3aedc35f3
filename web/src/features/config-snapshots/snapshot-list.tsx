import { Diff, Eye, Trash2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { card } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import { isScheduled } from '@/features/config-snapshots/compare'
import { useDeleteSnapshot } from '@/features/config-snapshots/queries'
import type { ConfigSnapshot } from '@/lib/api/types'
import { formatBytes, formatTime } from '@/lib/format'
import { useMediaQuery } from '@/lib/use-media-query'

type SnapshotActions = {
  onShow: (snapshot: ConfigSnapshot) => void
  onCompare: (from: ConfigSnapshot, to: ConfigSnapshot) => void
}

type ListProps = SnapshotActions & {
  tenant: string
  server: string
  snapshots: readonly ConfigSnapshot[]
  /** More come on request, so the last one here has one before it. */
  more: boolean
  mayDelete: boolean
  picked: readonly string[]
  onPick: (id: string, on: boolean) => void
}

/** What was kept, the newest first; two of them can be chosen and compared. */
export function SnapshotList(props: ListProps) {
  const { tenant, server, snapshots } = props
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  const [deleting, setDeleting] = useState<ConfigSnapshot>()
  const rows = snapshots.map((snapshot, index) => ({ snapshot, before: snapshots[index + 1] }))
  return (
    <>
      {narrow ? (
        <ul aria-label={t('configuration.snapshots')} className="flex flex-col gap-3">
          {rows.map(row => (
            <Card key={row.snapshot.id} {...props} {...row} onDelete={setDeleting} />
          ))}
        </ul>
      ) : (
        <div className="overflow-x-auto rounded-card border">
          <table aria-label={t('configuration.snapshots')} className="w-full text-table">
            <thead className="border-b text-left text-muted">
              <tr className="h-9 [&>th]:whitespace-nowrap [&>th]:px-3 [&>th]:font-medium">
                <th scope="col" className="w-10">
                  <span className="sr-only">{t('configuration.pick')}</span>
                </th>
                <th scope="col">{t('configuration.taken')}</th>
                <th scope="col">{t('configuration.by')}</th>
                <th scope="col">{t('configuration.content')}</th>
                <th scope="col" className="w-full">
                  {t('configuration.paths')}
                </th>
                <th scope="col" className="text-right">
                  {t('configuration.size')}
                </th>
                <th scope="col">
                  <span className="sr-only">{t('column.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody className="[&>tr:last-child]:border-b-0">
              {rows.map(row => (
                <Row key={row.snapshot.id} {...props} {...row} onDelete={setDeleting} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {deleting && (
        <DeleteDialog tenant={tenant} server={server} snapshot={deleting} onClose={() => setDeleting(undefined)} />
      )}
    </>
  )
}

type RowProps = ListProps & {
  snapshot: ConfigSnapshot
  before: ConfigSnapshot | undefined
  onDelete: (snapshot: ConfigSnapshot) => void
}

function Row(props: RowProps) {
  const { i18n } = useTranslation()
  const { snapshot } = props
  return (
    <tr className="h-11 border-b hover:bg-hover/70 [&>td]:px-3">
      <td>
        <Pick {...props} />
      </td>
      <td className="nums whitespace-nowrap">
        <Taken snapshot={snapshot} />
      </td>
      <td className="max-w-48">
        <By snapshot={snapshot} />
      </td>
      <td>
        <Changed {...props} />
      </td>
      <td>
        <Read snapshot={snapshot} />
      </td>
      <td className="nums whitespace-nowrap text-right text-muted">
        {formatBytes(snapshot.size_bytes, i18n.language)}
      </td>
      <td className="w-0">
        <Actions {...props} />
      </td>
    </tr>
  )
}

function Card(props: RowProps) {
  const { i18n } = useTranslation()
  const { snapshot } = props
  return (
    <li className={card}>
      <div className="flex items-center gap-2">
        <Pick {...props} />
        <span className="nums min-w-0 flex-1 truncate font-medium text-base">
          <Taken snapshot={snapshot} />
        </span>
        <Actions {...props} />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Changed {...props} />
        <Read snapshot={snapshot} />
        <span className="nums text-muted">{formatBytes(snapshot.size_bytes, i18n.language)}</span>
      </div>
      <By snapshot={snapshot} />
    </li>
  )
}

function Pick({ snapshot, picked, onPick }: RowProps) {
  const { t, i18n } = useTranslation()
  return (
    <label className="-m-1 grid size-8 cursor-pointer place-items-center max-md:size-10">
      <input
        type="checkbox"
        aria-label={t('configuration.pick_of', { time: formatTime(snapshot.created_at, i18n.language) })}
        checked={picked.includes(snapshot.id)}
        onChange={event => onPick(snapshot.id, event.target.checked)}
        className="size-4 accent-primary-solid"
      />
    </label>
  )
}

function Taken({ snapshot }: { snapshot: ConfigSnapshot }) {
  const { i18n } = useTranslation()
  return (
    <>
      {formatTime(snapshot.created_at, i18n.language)}{' '}
      <TimeAgo at={snapshot.created_at} never="" className="ml-2 font-normal text-xs max-md:hidden" />
    </>
  )
}

function By({ snapshot }: { snapshot: ConfigSnapshot }) {
  const { t } = useTranslation()
  const name = isScheduled(snapshot.taken_by) ? t('configuration.by_schedule') : snapshot.taken_by
  return (
    <span className="block truncate text-muted" title={name}>
      {name}
    </span>
  )
}

function Changed({ snapshot, before, more }: RowProps) {
  const { t } = useTranslation()
  if (!before && !more) return <span className="whitespace-nowrap text-muted">{t('configuration.first')}</span>
  if (!snapshot.changed) return <span className="whitespace-nowrap text-muted">{t('configuration.unchanged')}</span>
  return <Badge tone="primary">{t('configuration.changed')}</Badge>
}

function Read({ snapshot: { paths, failed } }: { snapshot: ConfigSnapshot }) {
  const { t } = useTranslation()
  return (
    <span className="nums flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
      {t('configuration.path_count', { count: paths })}
      {failed > 0 && (
        <span className="inline-flex items-center gap-1 text-warning-text">
          <TriangleAlert className="size-3.5 shrink-0" aria-hidden />
          {t('configuration.failed_count', { count: failed })}
        </span>
      )}
    </span>
  )
}

function Actions({ snapshot, before, mayDelete, onShow, onCompare, onDelete }: RowProps) {
  const { t, i18n } = useTranslation()
  const time = formatTime(snapshot.created_at, i18n.language)
  return (
    <div className="flex items-center justify-end gap-1">
      {before && snapshot.changed && (
        <Button
          size="sm"
          variant="ghost"
          aria-label={t('configuration.changes_of', { time })}
          onClick={() => onCompare(before, snapshot)}
        >
          <Diff className="size-4" aria-hidden />
          <span className="max-md:hidden">{t('configuration.changes')}</span>
        </Button>
      )}
      <MoreMenu label={t('configuration.more_of', { time })}>
        <MenuItem icon={<Eye aria-hidden />} onSelect={() => onShow(snapshot)}>
          {t('configuration.show')}
        </MenuItem>
        <MenuItem
          icon={<Diff aria-hidden />}
          disabledReason={before ? undefined : t('configuration.none_before')}
          onSelect={() => before && onCompare(before, snapshot)}
        >
          {t('configuration.compare_before')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon={<Trash2 aria-hidden />}
          destructive
          disabledReason={mayDelete ? undefined : t('configuration.only_admins')}
          onSelect={() => onDelete(snapshot)}
        >
          {t('configuration.delete')}
        </MenuItem>
      </MoreMenu>
    </div>
  )
}

type DeleteProps = { tenant: string; server: string; snapshot: ConfigSnapshot; onClose: () => void }

function DeleteDialog({ tenant, server, snapshot, onClose }: DeleteProps) {
  const { t, i18n } = useTranslation()
  const remove = useDeleteSnapshot(tenant, server)
  const time = formatTime(snapshot.created_at, i18n.language)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('configuration.delete_title', { time })}
      consequence={t('configuration.delete_hint')}
      confirm={t('configuration.delete_confirm')}
      busy={remove.isPending}
      error={remove.isError && <ErrorNote error={remove.error} className="mt-4" />}
      onConfirm={() => remove.mutate(snapshot.id, { onSuccess: onClose })}
    />
  )
}
