import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX, History, Star, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, ScrollArea } from '@/components/list-state'
import { TimeAgo } from '@/components/time-ago'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { callsQuery, favouritesQuery, useFavourite, useForgetCalls } from '@/features/explorer/queries'
import type { PveCall, PveFavourite } from '@/lib/api/types'
import { cn } from '@/lib/cn'

type FavouritesProps = { tenant: string; current: string; onChoose: (favourite: PveFavourite) => void }

/** The calls that a person keeps. */
export function Favourites({ tenant, current, onChoose }: FavouritesProps) {
  const { t } = useTranslation()
  const query = useQuery(favouritesQuery(tenant))
  const favourite = useFavourite(tenant)
  if (query.isPending) return <ListSkeleton rows={5} />
  if (!query.data) return <Failed query={query} />
  if (query.data.length === 0) {
    return (
      <FullState
        icon={<Star aria-hidden />}
        title={t('explorer.no_favourites')}
        hint={t('explorer.no_favourites_hint')}
        className="py-10"
      />
    )
  }
  return (
    <ScrollArea label={t('explorer.favourites')} className="border-t">
      {favourite.isError && <ErrorNote error={favourite.error} className="m-3" />}
      <ul aria-label={t('explorer.favourites')}>
        {query.data.map(one => (
          <li key={one.id} className="flex items-center border-b pr-2 hover:bg-hover/70">
            <CallButton
              method={one.method}
              path={one.path}
              current={current === `${one.method} ${one.path}`}
              onClick={() => onChoose(one)}
            />
            <Button
              size="icon-sm"
              variant="ghost"
              aria-label={t('explorer.unfavourite', { call: `${one.method} ${one.path}` })}
              onClick={() => favourite.mutate({ ...one, known: one })}
            >
              <Star className="size-4 fill-warning text-warning" aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
    </ScrollArea>
  )
}

type HistoryProps = {
  tenant: string
  /** Names of servers by their id. */
  servers: ReadonlyMap<string, string>
  onChoose: (call: PveCall) => void
}

/** The calls that a person has made, the newest first. */
export function CallHistory({ tenant, servers, onChoose }: HistoryProps) {
  const { t } = useTranslation()
  const query = useQuery(callsQuery(tenant))
  const forget = useForgetCalls(tenant)
  const [asking, setAsking] = useState(false)
  if (query.isPending) return <ListSkeleton rows={8} />
  if (!query.data) return <Failed query={query} />
  if (query.data.length === 0) {
    return (
      <FullState
        icon={<History aria-hidden />}
        title={t('explorer.no_calls')}
        hint={t('explorer.no_calls_hint')}
        className="py-10"
      />
    )
  }
  return (
    <>
      <ScrollArea label={t('explorer.history')} className="border-t">
        <ul aria-label={t('explorer.history')}>
          {query.data.map(call => (
            <li key={call.id} className="border-b hover:bg-hover/70">
              <CallButton method={call.method} path={call.path} onClick={() => onChoose(call)}>
                <span className="flex min-w-0 items-center gap-2 text-muted text-xs">
                  <Outcome status={call.status} />
                  <span className="min-w-0 truncate">{servers.get(call.server) ?? t('explorer.gone_server')}</span>
                  <TimeAgo at={call.at} never="" className="ml-auto" />
                </span>
                {call.params.length > 0 && (
                  <span className="block truncate font-mono text-muted text-xs">
                    {call.params.map(({ name, value }) => `${name}=${value}`).join(' ')}
                  </span>
                )}
              </CallButton>
            </li>
          ))}
        </ul>
      </ScrollArea>
      <div className="border-t p-2">
        <Button size="sm" variant="ghost" onClick={() => setAsking(true)}>
          <Trash2 className="size-4" aria-hidden />
          {t('explorer.forget')}
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('explorer.forget_title')}
        consequence={t('explorer.forget_hint')}
        confirm={t('explorer.forget')}
        busy={forget.isPending}
        error={forget.isError && <ErrorNote error={forget.error} className="mt-4" />}
        onConfirm={() => forget.mutate(undefined, { onSuccess: () => setAsking(false) })}
      />
    </>
  )
}

function Outcome({ status }: { status: number | null | undefined }) {
  const { t } = useTranslation()
  const good = status != null && status >= 200 && status < 300
  const Icon = good ? CircleCheck : CircleX
  return (
    <span className="nums inline-flex shrink-0 items-center gap-1">
      <Icon className={cn('size-3.5', good ? 'text-success-text' : 'text-destructive-text')} aria-hidden />
      {status ?? t('explorer.unanswered')}
    </span>
  )
}

type CallButtonProps = {
  method: string
  path: string
  current?: boolean
  onClick: () => void
  children?: React.ReactNode
}

function CallButton({ method, path, current, onClick, children }: CallButtonProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      aria-current={current || undefined}
      className={cn(
        'flex min-h-10 w-full min-w-0 flex-col justify-center gap-0.5 px-3 py-1.5 text-left -outline-offset-2',
        current && 'bg-primary/12',
      )}
    >
      <span className="flex min-w-0 items-baseline gap-2">
        <span className="w-12 shrink-0 font-medium font-mono text-xs">{method === 'DELETE' ? 'DEL' : method}</span>
        <span className="min-w-0 break-all font-mono text-xs/4.5">{path}</span>
      </span>
      {children}
    </button>
  )
}

type FailedProps = { query: { error: unknown; isFetching: boolean; refetch: () => unknown } }

function Failed({ query }: FailedProps) {
  const { t } = useTranslation()
  return (
    <LoadFailed
      title={t('explorer.calls_failed')}
      error={query.error}
      busy={query.isFetching}
      onRetry={() => void query.refetch()}
    />
  )
}
