import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { AuditEntries } from '@/components/audit-entries'
import { AuditExport, AuditFilterBar, VerifyAudit } from '@/components/audit-tools'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, LoadMore } from '@/components/list-state'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { type AuditPlace, auditQuery } from '@/lib/api/audit-queries'
import { type AuditFilter, hasAuditFilter } from '@/lib/audit-filter'

type AuditLogProps = {
  /** The tenant's id, or null for the installation's log. */
  place: AuditPlace
  title: string
  filter: AuditFilter
  onFilter: (filter: AuditFilter) => void
}

/** An audit log with its filters, newest first. */
export function AuditLogPage({ place, title, filter, onFilter }: AuditLogProps) {
  const { t } = useTranslation()
  const log = useInfiniteQuery(auditQuery(place, filter))
  const entries = log.data?.pages.flatMap(page => page.entries)
  return (
    <Page
      title={title}
      actions={
        <>
          <VerifyAudit place={place} />
          <AuditExport place={place} filter={filter} />
        </>
      }
    >
      <AuditFilterBar place={place} filter={filter} onFilter={onFilter} />
      {log.isPending && <ListSkeleton rows={10} />}
      {log.isError && !entries && (
        <LoadFailed
          title={t('audit.load_failed')}
          error={log.error}
          busy={log.isFetching}
          onRetry={() => void log.refetch()}
        />
      )}
      {entries?.length === 0 && <NoEntries filter={filter} onFilter={onFilter} />}
      {entries && entries.length > 0 && (
        <AuditEntries title={title} entries={entries} after={<LoadMore query={log} />} />
      )}
    </Page>
  )
}

function NoEntries({ filter, onFilter }: Pick<AuditLogProps, 'filter' | 'onFilter'>) {
  const { t } = useTranslation()
  if (hasAuditFilter(filter)) {
    return (
      <FullState
        icon={<SearchX aria-hidden />}
        title={t('audit.no_match')}
        hint={t('audit.no_match_hint')}
        action={<Button onClick={() => onFilter({ range: filter.range })}>{t('audit.clear')}</Button>}
        className="border-t"
      />
    )
  }
  return (
    <FullState
      icon={<ScrollText aria-hidden />}
      title={t('audit.none')}
      hint={t('audit.none_hint')}
      action={<Button onClick={() => onFilter({ range: 'all' })}>{t('audit.show_all')}</Button>}
      className="border-t"
    />
  )
}
