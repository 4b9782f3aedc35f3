import { Check, CircleDashed, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Remedy } from '@/components/server-test/remedy'
import { Spinner } from '@/components/ui/spinner'
import type { TestReport, TestStage } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatMilliseconds } from '@/lib/format'

const STAGES: TestStage['stage'][] = ['resolve', 'connect', 'tls', 'api', 'permissions']

/** The stages of a check: under way (without a report) or as measured, each beginning where the one before it ended. */
export function Stages({ report, running }: { report: TestReport | undefined; running: boolean }) {
  const { t } = useTranslation()
  const found = (name: TestStage['stage']) => (running ? undefined : report?.stages.find(one => one.stage === name))
  const times = STAGES.map(name => found(name)?.milliseconds ?? 0)
  const total = times.reduce((sum, time) => sum + time, 0)
  return (
    <ol aria-busy={running} aria-label={t('stage.label')} className="flex flex-col gap-2">
      {STAGES.map((name, index) => {
        const stage = found(name)
        const start = times.slice(0, index).reduce((sum, time) => sum + time, 0)
        return (
          <li key={name}>
            <div className="grid grid-cols-[1rem_minmax(0,1fr)_4.5rem] items-center gap-x-2.5 sm:grid-cols-[1rem_minmax(0,13rem)_minmax(0,1fr)_4.5rem]">
              <StageIcon stage={stage} running={running} />
              <span className={cn('truncate', stage?.skipped ? 'text-muted' : 'font-medium')}>
                {t(`stage.${name}`)}
              </span>
              <Span start={start} time={times[index] ?? 0} total={total} failed={isFailed(stage)} />
              <Time stage={stage} />
            </div>
            {stage && isFailed(stage) && <Failure stage={stage} />}
          </li>
        )
      })}
    </ol>
  )
}

export function isFailed(stage: TestStage | undefined): boolean {
  return stage !== undefined && !stage.ok && !stage.skipped
}

function StageIcon({ stage, running }: { stage: TestStage | undefined; running: boolean }) {
  const { t } = useTranslation()
  if (running) return <Spinner className="size-4 text-muted" />
  if (!stage || stage.skipped) return <CircleDashed aria-label={t('stage.skipped')} className="size-4 text-muted" />
  if (stage.ok) return <Check aria-label={t('stage.ok')} className="size-4 text-success-text" strokeWidth={2.5} />
  return <X aria-label={t('stage.failed')} className="size-4 text-destructive-text" strokeWidth={2.5} />
}

type SpanProps = { start: number; time: number; total: number; failed: boolean }

/** When a stage ran and how long, against all of them. The number stands beside it. */
function Span({ start, time, total, failed }: SpanProps) {
  const share = (value: number) => `${total > 0 ? (100 * value) / total : 0}%`
  return (
    <span aria-hidden className="relative h-1.5 rounded-full bg-hover max-sm:hidden">
      {time > 0 && (
        <span
          className={cn('absolute inset-y-0 min-w-1 rounded-full', failed ? 'bg-destructive' : 'bg-primary')}
          style={{ left: `min(${share(start)}, calc(100% - 0.25rem))`, width: share(time) }}
        />
      )}
    </span>
  )
}

function Time({ stage }: { stage: TestStage | undefined }) {
  const { i18n } = useTranslation()
  if (stage?.milliseconds == null || stage.skipped) return <span />
  return (
    <span className="nums text-right text-muted text-table">
      {formatMilliseconds(stage.milliseconds, i18n.language)}
    </span>
  )
}

/** What went wrong and what to do about it, under the stage where it did. */
function Failure({ stage }: { stage: TestStage }) {
  return (
    <div className="mt-1.5 ml-[1.625rem] flex flex-col gap-2 rounded-card border border-destructive/40 bg-destructive/8 px-3 py-2.5">
      <p className="break-words font-medium text-destructive-text first-letter:uppercase">{stage.detail}</p>
      {stage.remedy && <Remedy text={stage.remedy} />}
    </div>
  )
}
