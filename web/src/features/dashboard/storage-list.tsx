import { CircleOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Section } from '@/components/section'
import { Bar } from '@/components/ui/bar'
import { Button } from '@/components/ui/button'
import { sortStorages, storageKey } from '@/features/dashboard/view'
import type { ServerBrief, StorageStats } from '@/lib/api/types'
import { formatBytesOf, formatPercent } from '@/lib/format'

const FIRST = 6

/** The storages: what is away, then the fullest. Those shared in a cluster are there once. */
export function StorageList({ storages, missing }: { storages: StorageStats[]; missing: ServerBrief[] }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const sorted = sortStorages(storages, missing)
  const shown = all ? sorted : sorted.slice(0, FIRST)
  return (
    <Section id="storage" title={t('dashboard.storage')} count={storages.length}>
      <ul
        aria-label={t('dashboard.storage')}
        className="grid gap-x-6 rounded-card border bg-raised py-1 lg:grid-cols-2"
      >
        {shown.map(storage => (
          <StorageRow key={storageKey(storage)} storage={storage} />
        ))}
      </ul>
      {storages.length > FIRST && (
        <Button size="sm" variant="ghost" className="self-start" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('dashboard.show_less') : t('dashboard.show_all', { count: storages.length })}
        </Button>
      )}
    </Section>
  )
}

function StorageRow({ storage }: { storage: StorageStats }) {
  const { t, i18n } = useTranslation()
  const { used_bytes: used, total_bytes: total } = storage
  const share = used != null && total ? used / total : null
  const place = [storage.server_name, storage.shared ? t('dashboard.shared') : storage.node].filter(Boolean).join(' · ')
  return (
    <li className="flex min-w-0 items-center gap-4 px-4 py-2 text-table max-md:flex-wrap max-md:gap-y-1.5 max-md:px-3">
      <div className="min-w-0 flex-1 basis-40 max-md:basis-full">
        <span className="block truncate font-medium" title={storage.name}>
          {storage.name}
          {storage.plugin && <span className="font-normal text-muted"> {storage.plugin}</span>}
        </span>
        <span className="block truncate text-muted text-xs" title={place}>
          {place}
        </span>
      </div>
      {!storage.available && (
        <span className="inline-flex items-center gap-1.5 text-destructive-text">
          <CircleOff className="size-4" aria-hidden />
          {t('dashboard.not_available')}
        </span>
      )}
      {storage.available && share === null && <span className="text-muted">–</span>}
      {storage.available && share !== null && (
        <>
          <Bar share={share} className="w-24 max-md:flex-1" />
          <span className="nums w-28 whitespace-nowrap text-right text-muted max-md:w-auto">
            {formatBytesOf(used ?? 0, total ?? 0, i18n.language)}
          </span>
          <span className="nums w-11 text-right">{formatPercent(share, i18n.language)}</span>
        </>
      )}
    </li>
  )
}
