import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, CircleStop, RotateCw } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { GuestLink } from '@/components/guest-link'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { BulkBar, BulkGuestIcon } from '@/features/bulk/bulk-state'
import { isTrouble, retryable } from '@/features/bulk/plan'
import { bulkQuery, useStopBulk } from '@/features/bulk/queries'
import { useBulkDialog } from '@/features/bulk/use-bulk-dialog'
import { useBulkText, useCountsText } from '@/features/bulk/use-bulk-text'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { BulkAction, BulkActionDetail, BulkGuest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatDuration, formatTime } from '@/lib/format'
import { keyOf } from '@/lib/guest-key'
import { setDrawer } from '@/lib/task-drawer'

type DetailProps = { tenant: string; slug: string; bulk: string }

/** One action on many guests: how far it is, and each guest's result. */
export function BulkDetail({ tenant, slug, bulk }: DetailProps) {
  const { t } = useTranslation()
  const query = useQuery(bulkQuery(tenant, bulk))
  return (
    <section aria-label={t('bulk.detail')} className="flex min-w-0 flex-1 flex-col">
      {query.isPending && (
        <div role="status" className="flex flex-col gap-3 p-4">
          <span className="sr-only">{t('common.loading')}</span>
          <Skeleton className="h-5 w-48" />
          <Skeleton className="h-1.5" />
          <Skeleton className="h-4" />
          <Skeleton className="h-4" />
        </div>
      )}
      {query.isError && !query.data && (
        <ErrorNote
          error={query.error}
          className="m-3"
          action={
            <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
              {t('common.try_again')}
            </Button>
          }
        />
      )}
      {query.data && <Loaded tenant={tenant} slug={slug} detail={query.data} />}
    </section>
  )
}

type Shown = 'all' | 'trouble'

function Loaded({ tenant, slug, detail }: { tenant: string; slug: string; detail: BulkActionDetail }) {
  const { t, i18n } = useTranslation()
  const text = useBulkText()
  const counts = useCountsText()
  const [shown, setShown] = useState<Shown>('all')
  const { bulk, guests } = detail
  const trouble = useMemo(() => guests.filter(isTrouble), [guests])
  const over = bulk.ended_at != null
  const rows = shown === 'trouble' ? trouble : guests
  const seconds = bulk.ended_at ? (Date.parse(bulk.ended_at) - Date.parse(bulk.created_at)) / 1000 : null
  return (
    <>
      <header className="flex flex-col gap-2 border-b px-4 py-2.5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5">
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={t('bulk.back')}
            className="md:hidden"
            onClick={() => setDrawer({ bulk: null })}
          >
            <ArrowLeft className="size-4" aria-hidden />
          </Button>
          <h2 className="min-w-0 truncate font-semibold">{text(bulk)}</h2>
          <span className="text-muted text-table" title={formatTime(bulk.created_at, i18n.language)}>
            {t('bulk.by', { name: bulk.user_name })}
            {seconds !== null && ` · ${formatDuration(seconds)}`}
          </span>
          <span className="ml-auto flex items-center gap-2">
            <Retry tenant={tenant} bulk={bulk} guests={guests} />
            <Stop tenant={tenant} bulk={bulk} />
          </span>
        </div>
        <BulkBar counts={bulk.counts} label={text(bulk)} />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <p aria-live="polite" className="nums text-table">
            {bulk.state === 'stopping' && `${t('bulk.state_stopping')} · `}
            {over && bulk.state === 'stopped' && `${stoppedText()} · `}
            {counts(bulk.counts)}
          </p>
          {trouble.length > 0 && (
            <span className="ml-auto">
              <Choices
                label={t('bulk.show')}
                value={shown}
                onChange={setShown}
                choices={[
                  { value: 'all', label: t('bulk.show_all') },
                  { value: 'trouble', label: t('bulk.show_trouble', { count: trouble.length }) },
                ]}
              />
            </span>
          )}
        </div>
      </header>
      <ul aria-label={t('bulk.guests')} className="min-h-0 flex-1 overflow-y-auto text-table">
        {rows.map(guest => (
          <Row key={keyOf(guest.guest)} slug={slug} guest={guest} />
        ))}
      </ul>
    </>
  )

  function stoppedText() {
    return bulk.stopped_by ? t('tasks.stopped_by', { name: bulk.stopped_by }) : t('bulk.state_stopped')
  }
}

function Row({ slug, guest }: { slug: string; guest: BulkGuest }) {
  const { t } = useTranslation()
  const bad = guest.state === 'failed'
  return (
    <li className="flex min-h-9 items-center gap-2.5 border-b px-4 py-1 [contain-intrinsic-size:auto_2.25rem] [content-visibility:auto] last:border-0">
      <BulkGuestIcon state={guest.state} />
      <GuestLink slug={slug} guest={guest.guest} className="min-w-0 shrink-0 basis-1/3 truncate py-[3px] font-medium">
        {guest.guest_name}
      </GuestLink>
      <span className={cn('min-w-0 flex-1 break-words', bad ? 'text-destructive-text' : 'text-muted')}>
        {t(`bulk.guest_${guest.state}`)}
        {guest.detail && `: ${guest.detail}`}
      </span>
      {guest.task && (
        <Button
          size="sm"
          variant="ghost"
          aria-label={t('tasks.log_of', { name: guest.guest_name })}
          onClick={() => setDrawer({ tab: 'tasks', task: guest.task ?? null })}
        >
          {t('tasks.log')}
        </Button>
      )}
    </li>
  )
}

/** The same action again, on those where it did not work. */
function Retry({ tenant, bulk, guests }: { tenant: string; bulk: BulkAction; guests: BulkGuest[] }) {
  const { t } = useTranslation()
  const again = useBulkDialog(tenant)
  const list = useQuery(guestsQuery(tenant)).data?.guests
  const failed = useMemo(() => (bulk.ended_at ? retryable(guests, list ?? []) : []), [bulk.ended_at, guests, list])
  if (failed.length === 0) return null
  return (
    <>
      <Button size="sm" onClick={() => again.open(bulk.action, failed)}>
        <RotateCw className="size-3.5" aria-hidden />
        {t('bulk.retry', { count: failed.length })}
      </Button>
      {again.dialog}
    </>
  )
}

function Stop({ tenant, bulk }: { tenant: string; bulk: BulkAction }) {
  const { t } = useTranslation()
  const text = useBulkText()
  const stop = useStopBulk(tenant)
  const [asking, setAsking] = useState(false)
  if (bulk.ended_at || !bulk.may_stop) return null
  const stopping = bulk.state === 'stopping'
  return (
    <>
      <Button size="sm" busy={stop.isPending || stopping} onClick={() => setAsking(true)}>
        {!stop.isPending && !stopping && <CircleStop className="size-3.5" aria-hidden />}
        {t('bulk.stop')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('bulk.ask_end', { what: text(bulk) })}
        consequence={t('bulk.consequence_end', { running: bulk.counts.running, waiting: bulk.counts.waiting })}
        confirm={t('bulk.confirm_end')}
        busy={stop.isPending}
        error={stop.error ? <ErrorNote error={stop.error} className="mt-3" /> : undefined}
        onConfirm={() => stop.mutate(bulk.id, { onSuccess: () => setAsking(false) })}
      />
    </>
  )
}
