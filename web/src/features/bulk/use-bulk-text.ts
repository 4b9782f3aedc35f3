import { useTranslation } from 'react-i18next'
import { totalOf } from '@/features/bulk/plan'
import type { BulkAction, BulkCounts } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'

/** "Shut down 12 guests". */
export function useBulkText(): (bulk: BulkAction) => string {
  const { t, i18n } = useTranslation()
  return ({ action, counts }) => {
    const count = totalOf(counts)
    return t(`bulk.confirm_${action}`, { count, shown: formatNumber(count, i18n.language) })
  }
}

const PARTS = ['running', 'waiting', 'ok', 'failed', 'refused', 'skipped'] as const

/** "3 running, 5 waiting, 4 done": what there is none of is left out. */
export function useCountsText(): (counts: BulkCounts) => string {
  const { t, i18n } = useTranslation()
  return counts =>
    PARTS.filter(part => counts[part] > 0)
      .map(part => t(`bulk.count_${part}`, { shown: formatNumber(counts[part], i18n.language) }))
      .join(' · ')
}
