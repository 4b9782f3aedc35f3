import { useTranslation } from 'react-i18next'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatRelative, formatTime } from '@/lib/format'

/** "2 min. ago", with the exact time on hover; `never` stands where there was no such time. */
export function TimeAgo({
  at,
  never,
  className,
}: {
  at: string | null | undefined
  never: string
  className?: string
}) {
  const { i18n } = useTranslation()
  const now = useNow(10_000)
  if (!at) return <span className={cn('whitespace-nowrap text-muted', className)}>{never}</span>
  const time = Date.parse(at)
  return (
    <time
      dateTime={at}
      title={formatTime(time, i18n.language)}
      className={cn('nums whitespace-nowrap text-muted', className)}
    >
      {formatRelative(Math.min(time, now), now, i18n.language)}
    </time>
  )
}
