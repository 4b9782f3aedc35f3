import { Link } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { bodyRow, card } from '@/components/list-state'
import { Badge } from '@/components/ui/badge'
import type { CheckEntry } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDuration, formatMilliseconds, formatRelative, formatTime } from '@/lib/format'

/** Checks of servers and calls of PVE as they were measured: rows of a table, or cards where there is no room. */

type EntriesProps = {
  entries: CheckEntry[]
  /** Where the server is worth saying: the tenant's short name, for the link. */
  slug?: string | undefined
}

/** New rows wait for a click, so that nothing moves under the eye. */
export function NewerChecks({ count, onShow }: { count: number; onShow: () => void }) {
  const { t } = useTranslation()
  if (count === 0) return null
  return (
    <button
      type="button"
      onClick={onShow}
      className="nums h-7 animate-fade-in rounded-full bg-primary-solid px-3 font-medium text-table text-white hover:bg-primary-hover"
    >
      {t('checks.newer', { count })}
    </button>
  )
}

export function CheckHead({ servers }: { servers: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      <th scope="col">{t('checks.when')}</th>
      {servers && <th scope="col">{t('checks.server')}</th>}
      <th scope="col">{t('checks.what')}</th>
      <th scope="col">{t('checks.result')}</th>
      <th scope="col" className="text-right">
        {t('checks.time')}
      </th>
      <th scope="col">{t('checks.way')}</th>
      <th scope="col" className="text-right">
        {t('checks.attempts')}
      </th>
    </>
  )
}

export function CheckRows({ entries, slug }: EntriesProps) {
  return entries.map(entry => (
    <tr key={entry.id} className={cn(bodyRow, 'h-11')}>
      <td>
        <When entry={entry} />
      </td>
      {slug !== undefined && (
        <td className="w-[20%] max-w-0">
          <ServerName entry={entry} slug={slug} />
        </td>
      )}
      <td className="w-[28%] max-w-0">
        <What entry={entry} />
      </td>
      <td className="w-[32%] max-w-0 py-1.5">
        <Result entry={entry} />
      </td>
      <td className="whitespace-nowrap text-right">
        <Time entry={entry} />
      </td>
      <td className="whitespace-nowrap">
        <Way entry={entry} />
      </td>
      <td className={cn('nums text-right', entry.attempts > 1 ? 'text-warning-text' : 'text-muted')}>
        {entry.attempts}
      </td>
    </tr>
  ))
}

export function CheckCards({ entries, slug }: EntriesProps) {
  const { t } = useTranslation()
  return entries.map(entry => (
    <li key={entry.id} className={card}>
      <div className="flex items-center justify-between gap-3">
        {slug !== undefined ? <ServerName entry={entry} slug={slug} /> : <What entry={entry} />}
        <When entry={entry} />
      </div>
      {slug !== undefined && <What entry={entry} />}
      <Result entry={entry} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Time entry={entry} />
        <Way entry={entry} />
        {entry.attempts > 1 && (
          <span className="nums text-warning-text">{t('checks.attempts_of', { count: entry.attempts })}</span>
        )}
      </div>
    </li>
  ))
}

function When({ entry }: { entry: CheckEntry }) {
  const { i18n } = useTranslation()
  const now = useNow(10_000)
  const at = Date.parse(entry.at)
  return (
    <time
      dateTime={entry.at}
      title={formatTime(at, i18n.language)}
      className="nums shrink-0 whitespace-nowrap text-muted"
    >
      {formatRelative(Math.min(at, now), now, i18n.language)}
    </time>
  )
}

function ServerName({ entry, slug }: { entry: CheckEntry; slug: string }) {
  return (
    <Link
      to="/t/$slug/servers/$server"
      params={{ slug, server: entry.server }}
      title={entry.server_name}
      className="block w-fit min-w-0 max-w-full truncate rounded py-[3px] font-medium hover:underline"
    >
      {entry.server_name}
    </Link>
  )
}

function What({ entry: { kind, what } }: { entry: CheckEntry }) {
  const { t } = useTranslation()
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Badge tone={kind === 'check' ? 'primary' : 'neutral'}>{t(`checks.kind_${kind}`)}</Badge>
      <span className="min-w-0 truncate font-mono text-muted text-xs" title={what}>
        {what}
      </span>
    </span>
  )
}

function Result({ entry: { ok, error } }: { entry: CheckEntry }) {
  const { t } = useTranslation()
  if (ok) {
    return (
      <span className="inline-flex items-center gap-2">
        <Check className="size-4 shrink-0 text-success-text" strokeWidth={2.5} aria-hidden />
        {t('checks.ok')}
      </span>
    )
  }
  return (
    <span className="flex min-w-0 items-start gap-2" title={error ?? undefined}>
      <X className="mt-px size-4 shrink-0 text-destructive-text" strokeWidth={2.5} aria-hidden />
      <span className="line-clamp-2 min-w-0 break-words">{error ?? t('checks.failed')}</span>
    </span>
  )
}

function Time({ entry: { took_ms: took, timeout_ms: timeout } }: { entry: CheckEntry }) {
  const { t, i18n } = useTranslation()
  const limit = timeout == null ? undefined : formatDuration(timeout / 1000)
  return (
    <span className="nums" title={limit && t('checks.limit', { time: limit })}>
      {formatMilliseconds(took, i18n.language)}
    </span>
  )
}

function Way({ entry: { way } }: { entry: CheckEntry }) {
  const { t } = useTranslation()
  return way ? <span>{t(`way.${way}`)}</span> : <span className="text-muted">–</span>
}
