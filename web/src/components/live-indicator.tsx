import { useTranslation } from 'react-i18next'
import { Tooltip } from '@/components/ui/tooltip'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { useLiveState } from '@/lib/events'
import { formatDuration } from '@/lib/format'

/** Data younger than this is simply live. */
export const FRESH_SECONDS = 15

/** Whether events arrive, and how old the oldest data on the page is when that is worth saying. */
export function LiveIndicator({ dataAt }: { dataAt: number | null }) {
  const { t } = useTranslation()
  const state = useLiveState()
  const now = useNow()
  const age = dataAt === null ? 0 : Math.max(0, (now - dataAt) / 1000)
  const old = age > FRESH_SECONDS
  const look =
    state === 'lost'
      ? { dot: 'bg-destructive', text: t('live.lost') }
      : state === 'connecting'
        ? { dot: 'bg-muted', text: t('live.connecting') }
        : old
          ? { dot: 'bg-warning', text: t('live.age', { age: formatDuration(age) }) }
          : { dot: 'bg-success', text: t('live.live') }
  const hint = state === 'lost' ? t('live.lost_hint') : old ? t('live.age_hint') : t('live.hint')
  return (
    <Tooltip text={hint} side="bottom">
      <button
        type="button"
        className="flex h-8 cursor-default items-center gap-2 rounded-control px-2 text-muted text-table"
      >
        <span className={cn('size-2 rounded-full', look.dot)} aria-hidden />
        <span className="nums">{look.text}</span>
      </button>
    </Tooltip>
  )
}
