import { useQuery } from '@tanstack/react-query'
import { CircleCheck, ListChecks, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Bar } from '@/components/ui/bar'
import { Button } from '@/components/ui/button'
import { checkRunQuery, useCheckAll } from '@/lib/api/live-queries'
import type { CheckRun } from '@/lib/api/types'
import { useNow } from '@/lib/clock'

/** How long a result stays, in milliseconds. */
const STAYS = 2 * 60_000

type CheckAllProps = {
  tenant: string
  /** Shows the servers that do not answer. */
  onFailed: () => void
}

/** Checks all servers now. Whoever comes while that is under way sees it too. */
export function CheckAll({ tenant, onFailed }: CheckAllProps) {
  const { t } = useTranslation()
  const check = useCheckAll(tenant)
  const run = useQuery(checkRunQuery(tenant)).data?.run ?? null
  const running = run !== null && !run.ended_at
  return (
    <>
      {check.error && <ErrorNote error={check.error} className="py-1" />}
      {run && <Progress run={run} onFailed={onFailed} />}
      <Button busy={check.isPending || running} onClick={() => check.mutate()}>
        {!check.isPending && !running && <ListChecks className="size-4" aria-hidden />}
        <span className="max-md:sr-only">{t('servers.check_all')}</span>
      </Button>
    </>
  )
}

function Progress({ run, onFailed }: { run: CheckRun; onFailed: () => void }) {
  const { t } = useTranslation()
  const now = useNow(10_000)
  const { total, done, failed, ended_at: ended } = run
  if (ended && now - Date.parse(ended) > STAYS) return null
  const Icon = failed > 0 ? TriangleAlert : CircleCheck
  return (
    <div role="status" className="nums flex items-center gap-2 text-table">
      {ended ? (
        <>
          <Icon
            className={failed > 0 ? 'size-4 shrink-0 text-warning-text' : 'size-4 shrink-0 text-success-text'}
            aria-hidden
          />
          {failed > 0 ? (
            <button type="button" onClick={onFailed} className="min-h-6 rounded text-left hover:underline">
              {t('servers.check_all_failed', { failed, count: total })}
            </button>
          ) : (
            t('servers.check_all_passed', { count: total })
          )}
        </>
      ) : (
        <>
          <Bar share={total > 0 ? done / total : 0} plain className="w-24" />
          {t('servers.check_all_running', { done, total })}
        </>
      )}
    </div>
  )
}
