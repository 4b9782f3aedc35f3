import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useBulkText, useCountsText } from '@/features/bulk/use-bulk-text'
import type { BulkAction } from '@/lib/api/types'
import { setDrawer } from '@/lib/task-drawer'

/** Says when an action that was seen running has ended, and where it did not work. */
export function useBulkToasts(bulks: BulkAction[] | undefined): void {
  const { t } = useTranslation()
  const text = useBulkText()
  const counts = useCountsText()
  const running = useRef(new Set<string>())
  useEffect(() => {
    for (const bulk of bulks ?? []) {
      if (!bulk.ended_at) running.current.add(bulk.id)
      else if (running.current.delete(bulk.id)) {
        const well = bulk.counts.failed + bulk.counts.refused === 0
        const options = {
          description: counts(bulk.counts),
          action: { label: t('tasks.show'), onClick: () => setDrawer({ open: true, tab: 'bulk', bulk: bulk.id }) },
        }
        if (well) toast.success(t('bulk.toast_done', { what: text(bulk) }), options)
        else toast.error(t('bulk.toast_trouble', { what: text(bulk) }), options)
      }
    }
  }, [bulks, t, text, counts])
}
