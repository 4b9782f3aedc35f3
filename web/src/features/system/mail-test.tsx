import { Check, CircleDashed, Send, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Spinner } from '@/components/ui/spinner'
import { Reason } from '@/components/ui/tooltip'
import { useTestMail } from '@/features/system/queries'
import type { TestMail } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatMilliseconds } from '@/lib/format'

const STAGES = ['resolve', 'connect', 'tls', 'sign_in', 'send'] as const
type Stage = (typeof STAGES)[number]
type State = 'running' | 'ok' | 'failed' | 'skipped'

/** A mail to oneself, on the way that every mail takes, and how far it came. */
export function MailTest({ mail }: { mail: boolean }) {
  const { t } = useTranslation()
  const test = useTestMail()
  const reason = mail ? undefined : t('problem.mail_not_configured')
  const { data, error, isPending } = test
  return (
    <section aria-labelledby="mail-test">
      <div className="mb-3 flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h2 id="mail-test" className="font-semibold">
            {t('mail_test.title')}
          </h2>
          <p className="text-muted text-table">{t('mail_test.hint')}</p>
        </div>
        <Reason text={reason}>
          <Button disabled={reason !== undefined} busy={isPending} onClick={() => test.mutate()}>
            {!isPending && <Send className="size-4" aria-hidden />}
            {t('mail_test.send')}
          </Button>
        </Reason>
      </div>
      {error && !isPending && <ErrorNote error={error} />}
      {(isPending || data) && <Report test={isPending ? undefined : data} />}
    </section>
  )
}

function Report({ test }: { test: TestMail | undefined }) {
  const { t, i18n } = useTranslation()
  return (
    <div className="flex flex-col gap-3 rounded-card border px-4 py-3">
      <p
        role="status"
        className={cn('font-medium', test && (test.sent ? 'text-success-text' : 'text-destructive-text'))}
      >
        {test ? t(test.sent ? 'mail_test.sent' : 'mail_test.failed') : t('mail_test.running')}
        {test && (
          <span className="nums font-normal text-muted">
            {' '}
            {t('mail_test.took', { time: formatMilliseconds(test.took_ms, i18n.language) })}
          </span>
        )}
      </p>
      <ol aria-label={t('mail_test.stages')} className="flex flex-wrap gap-x-5 gap-y-1.5">
        {STAGES.map(stage => (
          <li key={stage} className="flex items-center gap-2">
            <StageIcon state={stateOf(stage, test)} />
            {t(`mail_test.stage_${stage}`)}
          </li>
        ))}
      </ol>
      {test?.detail && (
        <p className="text-table">
          <span className="text-muted">{t('mail_test.answer')}</span>{' '}
          <code className="select-all break-all font-mono">{test.detail}</code>
        </p>
      )}
      {test && !test.sent && <p className="text-table">{t(`mail_test.remedy_${asStage(test.stage)}`)}</p>}
    </div>
  )
}

/** A stage that is not known is the last one: the server then refused the mail itself. */
function asStage(stage: string | null | undefined): Stage {
  return STAGES.find(one => one === stage) ?? 'send'
}

function stateOf(stage: Stage, test: TestMail | undefined): State {
  if (!test) return 'running'
  if (test.sent) return 'ok'
  const [at, failed] = [STAGES.indexOf(stage), STAGES.indexOf(asStage(test.stage))]
  return at < failed ? 'ok' : at === failed ? 'failed' : 'skipped'
}

function StageIcon({ state }: { state: State }) {
  const { t } = useTranslation()
  if (state === 'running') return <Spinner className="size-4 text-muted" />
  if (state === 'skipped') return <CircleDashed aria-label={t('stage.skipped')} className="size-4 text-muted" />
  if (state === 'ok') return <Check aria-label={t('stage.ok')} className="size-4 text-success-text" strokeWidth={2.5} />
  return <X aria-label={t('stage.failed')} className="size-4 text-destructive-text" strokeWidth={2.5} />
}
