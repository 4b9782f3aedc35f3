import { useQuery } from '@tanstack/react-query'
import { Camera, MemoryStick, Pencil, Plus, Trash2, Undo2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { StatusIcon } from '@/components/guest/guest-status'
import { ListSkeleton, LoadFailed, ScrollArea } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { MenuItem } from '@/components/ui/menu'
import { Spinner } from '@/components/ui/spinner'
import { Reason } from '@/components/ui/tooltip'
import { snapshotsQuery } from '@/features/guest/queries'
import {
  CreateSnapshotDialog,
  DeleteSnapshotDialog,
  DescribeSnapshotDialog,
  RollBackDialog,
} from '@/features/guest/snapshot-dialogs'
import { type TreeRow, treeRows } from '@/features/guest/snapshot-tree'
import { tasksQuery } from '@/lib/api/queries'
import type { Guest, Snapshot, Task } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { keyOf, refOf } from '@/lib/guest-key'
import { useMediaQuery } from '@/lib/use-media-query'

type SnapshotsProps = { tenant: string; guest: Guest }

type Asking = { what: 'create' } | { what: 'roll_back' | 'delete' | 'describe'; snapshot: Snapshot }

/** The snapshots of a guest as the tree that they are, from the oldest to now. */
export function SnapshotsTab({ tenant, guest }: SnapshotsProps) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState<Asking | null>(null)
  const query = useQuery({ ...snapshotsQuery(tenant, refOf(guest)), enabled: guest.may.snapshot })
  const work = useSnapshotWork(tenant, guest)
  const { data } = query
  const rows = useMemo(() => data && treeRows(data), [data])
  const close = () => setAsking(null)
  const reason = useReason(guest, work)
  // What the server alone knows of.
  const notNow = data?.why_not ? t('snapshots.why_not', { reason: data.why_not }) : undefined
  const noNew = reason ?? notNow
  if (!guest.may.snapshot) {
    return (
      <FullState
        icon={<Camera aria-hidden />}
        title={t('snapshots.not_allowed')}
        hint={t('snapshots.not_allowed_hint')}
      />
    )
  }
  const create = (
    <Reason text={data ? noNew : undefined}>
      <Button variant="primary" disabled={!data || noNew !== undefined} onClick={() => setAsking({ what: 'create' })}>
        <Plus className="size-4" aria-hidden />
        {t('snapshots.create')}
      </Button>
    </Reason>
  )
  const none = data?.snapshots.length === 0 && !work
  return (
    <>
      {!none && (data || query.isPending) && (
        <div className="flex flex-wrap items-center gap-3 px-6 py-3 max-md:px-4">
          <p className="min-w-0 flex-1 basis-64 text-muted text-table">
            {data ? t('snapshots.count', { count: data.snapshots.length }) : null}
          </p>
          {create}
        </div>
      )}
      {query.isPending && <ListSkeleton />}
      {query.isError && !data && (
        <LoadFailed
          title={t('snapshots.load_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {none && (
        <FullState
          icon={<Camera aria-hidden />}
          title={t('snapshots.none')}
          hint={t('snapshots.none_hint')}
          action={create}
        />
      )}
      {data && rows && !none && (
        <ScrollArea label={t('snapshots.title')} className="border-t">
          <ol aria-label={t('snapshots.title')} className="px-6 py-2 max-md:px-4">
            {rows.map(row => (
              <Row
                key={row.snapshot?.name ?? '.'}
                row={row}
                guest={guest}
                work={work}
                reason={reason}
                making={
                  row.snapshot === null &&
                  work?.action === 'snapshot_create' &&
                  !data.snapshots.some(({ name }) => name === work.snapshot)
                }
                onAsk={setAsking}
              />
            ))}
          </ol>
        </ScrollArea>
      )}
      {asking?.what === 'create' && data && (
        <CreateSnapshotDialog tenant={tenant} guest={guest} list={data} onClose={close} />
      )}
      {asking?.what === 'roll_back' && (
        <RollBackDialog tenant={tenant} guest={guest} snapshot={asking.snapshot} onClose={close} />
      )}
      {asking?.what === 'delete' && (
        <DeleteSnapshotDialog tenant={tenant} guest={guest} snapshot={asking.snapshot} onClose={close} />
      )}
      {asking?.what === 'describe' && (
        <DescribeSnapshotDialog tenant={tenant} guest={guest} snapshot={asking.snapshot} onClose={close} />
      )}
    </>
  )
}

/** The task that works on this guest's snapshots now. */
function useSnapshotWork(tenant: string, guest: Guest): Task | undefined {
  const { data } = useQuery(tasksQuery(tenant))
  const key = keyOf(refOf(guest))
  return data?.tasks.find(task => task.state === 'running' && task.snapshot != null && keyOf(task.guest) === key)
}

/** Why no snapshot can be made, deleted or gone back to now. */
function useReason(guest: Guest, work: Task | undefined): string | undefined {
  const { t } = useTranslation()
  if (work) return t('snapshots.busy', { name: work.user_name, action: t(`action.${work.action}`) })
  if (guest.template) return t('snapshots.template')
  if (guest.lock) return t('power.locked', { lock: guest.lock })
  return undefined
}

function doing({ action }: Task): 'create' | 'delete' | 'rollback' {
  if (action === 'snapshot_delete') return 'delete'
  return action === 'snapshot_rollback' ? 'rollback' : 'create'
}

type RowProps = {
  row: TreeRow
  guest: Guest
  work: Task | undefined
  reason: string | undefined
  /** A snapshot that is not in the list yet is being made above this row. */
  making: boolean
  onAsk: (asking: Asking) => void
}

function Row({ row, guest, work, reason, making, onAsk }: RowProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 639px)')
  const { snapshot } = row
  if (!snapshot) {
    return (
      <>
        {making && work && (
          <li className="relative flex min-h-12 items-center" style={indent(row.column)}>
            <Lines row={{ ...row, goesOn: true }} />
            <span className="flex items-center gap-2 py-2 text-muted">
              <Spinner className="text-primary-text" />
              {t('snapshots.making', { name: work.snapshot ?? '' })}
            </span>
          </li>
        )}
        <li className="relative flex min-h-12 items-center" style={indent(row.column)}>
          <Lines row={making ? { ...row, from: row.column } : row} now />
          <span className="flex items-center gap-2 py-2">
            <span className="font-medium">{t('snapshots.now')}</span>
            <StatusIcon status={guest.status} locked={guest.lock != null} />
            <span className="text-muted">{t(`status.${guest.status}`)}</span>
          </span>
        </li>
      </>
    )
  }
  const working = work?.snapshot === snapshot.name ? work : undefined
  return (
    <li className="relative flex items-start gap-x-3 py-2" style={indent(row.column)}>
      <Lines row={row} />
      <div className="min-w-0 flex-1">
        <div className="flex min-h-8 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium [overflow-wrap:anywhere]">{snapshot.name}</span>
          {snapshot.with_memory && (
            <Badge tone="primary">
              <MemoryStick className="size-3" aria-hidden />
              {t('snapshots.memory')}
            </Badge>
          )}
          <TimeAgo at={snapshot.created_at} never={t('snapshots.no_time')} className="text-table" />
          {working && (
            <span className="flex items-center gap-1.5 text-muted text-table">
              <Spinner className="size-3.5 text-primary-text" />
              {t(`snapshots.doing_${doing(working)}`)}
            </span>
          )}
          {!working && snapshot.state != null && (
            <Badge tone="warning">{t('snapshots.state', { state: snapshot.state })}</Badge>
          )}
          {snapshot.parent != null && (
            <span className="sr-only">{t('snapshots.after', { name: snapshot.parent })}</span>
          )}
        </div>
        {snapshot.description && (
          <p
            className="line-clamp-3 whitespace-pre-wrap text-muted text-table [overflow-wrap:anywhere]"
            title={snapshot.description}
          >
            {snapshot.description}
          </p>
        )}
      </div>
      <div className="flex min-h-8 shrink-0 items-center gap-1">
        {!narrow && (
          <Reason text={reason}>
            <Button size="sm" disabled={reason !== undefined} onClick={() => onAsk({ what: 'roll_back', snapshot })}>
              <Undo2 className="size-4" aria-hidden />
              {t('action.snapshot_rollback')}
              <span className="sr-only">{snapshot.name}</span>
            </Button>
          </Reason>
        )}
        <MoreMenu label={t('snapshots.more_of', { name: snapshot.name })}>
          {narrow && (
            <MenuItem
              icon={<Undo2 aria-hidden />}
              disabledReason={reason}
              onSelect={() => onAsk({ what: 'roll_back', snapshot })}
            >
              {t('action.snapshot_rollback')}
            </MenuItem>
          )}
          <MenuItem icon={<Pencil aria-hidden />} onSelect={() => onAsk({ what: 'describe', snapshot })}>
            {t('snapshots.describe')}
          </MenuItem>
          <MenuItem
            icon={<Trash2 aria-hidden />}
            destructive
            disabledReason={reason}
            onSelect={() => onAsk({ what: 'delete', snapshot })}
          >
            {t('snapshots.delete')}
          </MenuItem>
        </MoreMenu>
      </div>
    </li>
  )
}

const STEP = 20
/** Branches of branches of branches stand under each other: there is no more room on a phone. */
const MOST_COLUMNS = 6
const at = (column: number) => Math.min(column, MOST_COLUMNS) * STEP + 8
const indent = (column: number) => ({ paddingLeft: at(column) + STEP })
/** From the top of a row to the middle of its dot, in pixels. */
const DOT = 24

/** The lines that tie a row to those above and below it. */
function Lines({ row: { column, passing, from, goesOn }, now }: { row: TreeRow; now?: boolean }) {
  const own = at(column)
  const branches = from !== null && from !== column
  return (
    <span aria-hidden className="absolute inset-y-0 left-0">
      {passing.map(one => (
        <span key={one} className="absolute inset-y-0 w-px bg-input" style={{ left: at(one) }} />
      ))}
      {branches && at(from) < own && (
        <span
          className="absolute top-0 rounded-bl-lg border-input border-b border-l"
          style={{ left: at(from), width: own - at(from), height: DOT }}
        />
      )}
      {from !== null && !(branches && at(from) < own) && (
        <span className="absolute top-0 w-px bg-input" style={{ left: own, height: DOT }} />
      )}
      {goesOn && <span className="absolute bottom-0 w-px bg-input" style={{ left: own, top: DOT }} />}
      <span
        className={cn(
          'absolute size-2.5 rounded-full border-2',
          now ? 'border-primary bg-primary' : 'border-muted bg-background',
        )}
        style={{ left: own - 4.5, top: DOT - 5 }}
      />
    </span>
  )
}
