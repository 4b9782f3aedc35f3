import { useTranslation } from 'react-i18next'
import { Tooltip } from '@/components/ui/tooltip'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { type Live, useLive } from '@/lib/events'
import { formatDuration, formatTime } from '@/lib/format'

/** Data younger than this is simply live. */
export const FRESH_SECONDS = 15
/** A line that is away for less than this is not worth a number. */
const SHORT_SECONDS = 3

const dots = { connecting: 'bg-muted', live: 'bg-success', lost: 'bg-destructive' } as const

/** Whether events arrive and since when not, and how old the oldest data on the page is when that is worth saying. */
export function LiveIndicator({ dataAt }: { dataAt: number | null }) {
  const { t, i18n } = useTranslation()
  const live = useLive()
  const now = useNow()
  const age = dataAt === null ? 0 : Math.max(0, (now - dataAt) / 1000)
  const old = live.state === 'live' && age > FRESH_SECONDS
  const time = formatTime(live.since, i18n.language)
  const hint =
    live.state === 'lost'
      ? t('live.lost_hint', { time })
      : live.state === 'connecting'
        ? t('live.connecting_hint', { time })
        : old
          ? t('live.age_hint')
          : t('live.hint')
  return (
    <Tooltip text={hint} side="bottom">
      <button
        type="button"
        className="flex h-8 cursor-default items-center gap-2 rounded-control px-2 text-muted text-table"
      >
        <span className={cn('size-2 rounded-full', old ? 'bg-warning' : dots[live.state])} aria-hidden />
        {old ? (
          <span className="nums">{t('live.age', { age: formatDuration(age) })}</span>
        ) : (
          <span role="status">{t(`live.${live.state}`)}</span>
        )}
        {live.state !== 'live' && <Away live={live} />}
      </button>
    </Tooltip>
  )
}

/** For how long, on this computer's clock: it alone knows when it last heard something. */
function Away({ live }: { live: Live }) {
  const seconds = (Date.now() - live.since) / 1000
  if (seconds < SHORT_SECONDS) return null
  return <span className="nums max-sm:hidden">{formatDuration(seconds)}</span>
}
