import { CircleAlert, Route } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/ui/badge'
import type { ServerHealth } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDuration, formatMilliseconds, formatNumber, formatPercent } from '@/lib/format'

type Way = ServerHealth['ways'][number]

/** The ways to a server, each with how it has been doing. `asOf`: when that was told, on this computer's clock. */
export function WayList({ ways, asOf }: { ways: Way[]; asOf: number }) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(20rem,100%),1fr))] gap-4">
      {ways.map(way => (
        <li key={way.way} className="flex min-w-0 flex-col gap-3 rounded-card border bg-raised p-4 text-table">
          <WayCard way={way} asOf={asOf} />
        </li>
      ))}
    </ul>
  )
}

function WayCard({ way, asOf }: { way: Way; asOf: number }) {
  const { t, i18n } = useTranslation()
  const language = i18n.language
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Route className="size-4 text-muted" aria-hidden />
        <h3 className="font-semibold text-base">{t(`way.${way.way}`)}</h3>
        {way.last_used && <Badge tone="primary">{t('servers.way_in_use')}</Badge>}
      </div>
      <p className="-mt-2 select-all break-all font-mono text-muted">{way.host}</p>
      {way.open_for_ms != null && <Open ms={way.open_for_ms} asOf={asOf} />}
      <Timeouts way={way} />
      <dl className="nums grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Fact name={t('servers.way_attempts')}>{formatNumber(way.attempts, language)}</Fact>
        <Fact name={t('servers.way_failures')}>
          {formatNumber(way.failures, language)}
          {way.failures > 0 && way.attempts > 0 && (
            <span className="text-muted"> · {formatPercent(way.failures / way.attempts, language)}</span>
          )}
        </Fact>
        {way.last_error && (
          <Fact name={t('servers.way_last_error')}>
            <span className="break-words">{way.last_error}</span>
          </Fact>
        )}
      </dl>
      {way.attempts === 0 && (
        <p className="text-muted">
          {t('servers.way_unused', { time: formatMilliseconds(way.configured_timeout_ms, language) })}
        </p>
      )}
    </>
  )
}

/** Nexus does not ask for a while: every call fails at once, until the next try. */
function Open({ ms, asOf }: { ms: number; asOf: number }) {
  const { t } = useTranslation()
  useNow(1000)
  const left = Math.max(0, Math.ceil((ms - (Date.now() - asOf)) / 1000))
  return (
    <p className="flex gap-2 rounded-card border border-destructive/40 bg-destructive/8 px-3 py-2">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-destructive-text" aria-hidden />
      {left > 0 ? t('servers.way_open', { time: formatDuration(left) }) : t('servers.way_trying')}
    </p>
  )
}

/** What Nexus has learned beside what was configured, which is the cap. */
function Timeouts({ way }: { way: Way }) {
  const { t, i18n } = useTranslation()
  const { learned_timeout_ms: learned, configured_timeout_ms: configured } = way
  const share = learned == null ? 0 : Math.min(1, learned / configured)
  return (
    <div className="flex flex-col gap-1.5">
      <div className="nums flex justify-between gap-3">
        <span>
          <span className="text-muted">{t('servers.way_learned')}</span>{' '}
          {learned == null ? t('servers.way_nothing_learned') : formatMilliseconds(learned, i18n.language)}
        </span>
        <span>
          <span className="text-muted">{t('servers.way_configured')}</span>{' '}
          {formatMilliseconds(configured, i18n.language)}
        </span>
      </div>
      <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-hover">
        <div
          className={cn('h-full rounded-full', share > 0.8 ? 'bg-warning' : 'bg-primary')}
          style={{ width: `${100 * share}%` }}
        />
      </div>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}
