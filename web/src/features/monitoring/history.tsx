import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ListChecks, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CheckCards, CheckHead, CheckRows, NewerChecks } from '@/components/check-entries'
import { FullState } from '@/components/full-state'
import { ListCards, ListSkeleton, ListTable, LoadFailed, LoadMore } from '@/components/list-state'
import { Button } from '@/components/ui/button'
import type { MonitoringSearch } from '@/features/monitoring/monitoring-page'
import { KINDS } from '@/features/monitoring/view'
import { checksQuery, metricsQuery, useNewerChecks } from '@/lib/api/live-queries'
import type { Tenant } from '@/lib/api/types'
import { useMediaQuery } from '@/lib/use-media-query'

type HistoryProps = {
  tenant: Tenant
  search: MonitoringSearch
  onSearch: (change: MonitoringSearch) => void
}

/** Every check and call, newest first. New ones wait for a click, so that nothing moves. */
export function History({ tenant, search, onSearch }: HistoryProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)')
  const { server, kind, failed } = search
  const query = useInfiniteQuery(checksQuery(tenant.id, { server, kind, failed }))
  const entries = query.data?.pages.flatMap(page => page.checks)
  const newer = useNewerChecks(tenant.id, { server, kind, failed }, entries?.[0]?.at)
  const filtered = server !== undefined || kind !== undefined || failed !== undefined
  const more = <LoadMore query={query} />
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 px-6 py-3 max-md:px-4">
        <Filters tenant={tenant} search={search} onSearch={onSearch} />
        {entries && <NewerChecks count={newer} onShow={() => void query.refetch()} />}
      </div>
      {query.isPending && <ListSkeleton rows={10} />}
      {query.isError && !entries && (
        <LoadFailed
          title={t('monitoring.history_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {entries?.length === 0 && (
        <FullState
          icon={filtered ? <SearchX aria-hidden /> : <ListChecks aria-hidden />}
          title={filtered ? t('monitoring.no_match') : t('monitoring.no_history')}
          hint={filtered ? undefined : t('monitoring.no_history_hint')}
          action={
            filtered && (
              <Button onClick={() => onSearch({ server: undefined, kind: undefined, failed: undefined })}>
                {t('monitoring.show_all')}
              </Button>
            )
          }
          className="border-t"
        />
      )}
      {entries &&
        entries.length > 0 &&
        (narrow ? (
          <ListCards label={t('monitoring.history')} after={more}>
            <CheckCards entries={entries} slug={tenant.slug} />
          </ListCards>
        ) : (
          <ListTable label={t('monitoring.history')} head={<CheckHead servers />} after={more}>
            <CheckRows entries={entries} slug={tenant.slug} />
          </ListTable>
        ))}
    </>
  )
}

const select = 'h-8 rounded-control border border-input bg-background px-2 max-md:h-10 max-md:min-w-24 max-md:flex-1'

function Filters({ tenant, search, onSearch }: HistoryProps) {
  const { t } = useTranslation()
  const servers = useQuery(metricsQuery(tenant.id, 'hour')).data?.servers ?? []
  const names = [...servers].sort((a, b) => a.server_name.localeCompare(b.server_name, undefined, { numeric: true }))
  return (
    <>
      <select
        aria-label={t('monitoring.server')}
        value={search.server ?? ''}
        onChange={event => onSearch({ server: event.target.value || undefined })}
        className={`${select} max-w-72`}
      >
        <option value="">{t('monitoring.any_server')}</option>
        {names.map(one => (
          <option key={one.server} value={one.server}>
            {one.server_name}
          </option>
        ))}
      </select>
      <select
        aria-label={t('monitoring.kind')}
        value={search.kind ?? ''}
        onChange={event => onSearch({ kind: KINDS.find(one => one === event.target.value) })}
        className={select}
      >
        <option value="">{t('monitoring.any_kind')}</option>
        {KINDS.map(one => (
          <option key={one} value={one}>
            {t(`monitoring.kind_${one}`)}
          </option>
        ))}
      </select>
      <label className="inline-flex h-8 cursor-pointer items-center gap-2 px-1 max-md:h-10">
        <input
          type="checkbox"
          checked={search.failed ?? false}
          onChange={event => onSearch({ failed: event.target.checked || undefined })}
          className="size-4 accent-primary-solid"
        />
        {t('monitoring.only_failed')}
      </label>
    </>
  )
}
