import { Play, Square } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Server } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'

/** How many guests of a server run and how many do not. */
export function GuestCounts({ guests }: Pick<Server, 'guests'>) {
  const { t, i18n } = useTranslation()
  const { running, stopped } = guests
  return (
    <span className="nums flex items-center gap-3">
      <span className="inline-flex items-center gap-1" title={t('servers.running', { count: running })}>
        <Play className="size-3 fill-current text-success-text" aria-hidden />
        {formatNumber(running, i18n.language)}
        <span className="sr-only">{t('status.running')}</span>
      </span>
      <span className="inline-flex items-center gap-1" title={t('servers.stopped', { count: stopped })}>
        <Square className="size-3 scale-90 fill-current text-muted" aria-hidden />
        {formatNumber(stopped, i18n.language)}
        <span className="sr-only">{t('status.stopped')}</span>
      </span>
    </span>
  )
}
