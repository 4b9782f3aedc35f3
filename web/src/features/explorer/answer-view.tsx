import { Check, CircleCheck, CircleX, Copy, Download, ListTree, TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { JsonTree } from '@/components/json-tree'
import { ScrollArea } from '@/components/list-state'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { Spinner } from '@/components/ui/spinner'
import { type Read, readAnswer, tableOf } from '@/features/explorer/answer'
import { AnswerTable } from '@/features/explorer/answer-table'
import type { Call } from '@/features/explorer/commands'
import { asApiError } from '@/lib/api/error'
import type { PveAnswer } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatBytes, formatMilliseconds } from '@/lib/format'
import { saveFile } from '@/lib/save-file'

/** What became of a call. */
export type Made = { call: Call; at: number } & (
  | { state: 'running' }
  | { state: 'answered'; answer: PveAnswer }
  | { state: 'failed'; error: unknown }
)

type AnswerProps = { made: Made | undefined; onTaskLog: ((upid: string) => void) | undefined }

export function Answer({ made, onTaskLog }: AnswerProps) {
  const { t } = useTranslation()
  return (
    <section aria-labelledby="answer" className="flex min-w-0 flex-col gap-3 border-t pt-4">
      <h3 id="answer" className="font-semibold">
        {t('explorer.answer')}
      </h3>
      {!made && <p className="text-muted">{t('explorer.no_answer')}</p>}
      {made && (
        <p className="break-all font-mono text-muted text-xs">
          {made.call.method} {made.call.path}
        </p>
      )}
      {made?.state === 'running' && <Running since={made.at} />}
      {made?.state === 'failed' && <NotMade error={made.error} />}
      {made?.state === 'answered' && <Answered key={made.at} answer={made.answer} onTaskLog={onTaskLog} />}
    </section>
  )
}

function Running({ since }: { since: number }) {
  const { t } = useTranslation()
  const seconds = Math.floor((useNow(1000) - since) / 1000)
  return (
    <p role="status" className="flex min-h-40 items-start gap-2 text-muted">
      <Spinner className="mt-0.5" />
      {seconds < 2 ? t('explorer.running') : <span className="nums">{t('explorer.running_for', { seconds })}</span>}
    </p>
  )
}

/** Nexus did not pass the call on, or PVE did not answer. */
function NotMade({ error }: { error: unknown }) {
  const note = useRef<HTMLDivElement>(null)
  useEffect(() => {
    note.current?.scrollIntoView?.({ block: 'nearest' })
  }, [])
  const refused = asApiError(error).fields.map(({ field, detail }): [string, string] => [field, detail])
  return (
    <div ref={note} className="flex scroll-mb-6 flex-col gap-2">
      <ErrorNote error={error} />
      <ParameterErrors errors={refused} />
    </div>
  )
}

function ParameterErrors({ errors }: { errors: readonly [string, string][] }) {
  if (errors.length === 0) return null
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-table">
      {errors.map(([name, text]) => (
        <div key={name} className="contents">
          <dt className="font-mono">{name}</dt>
          <dd className="whitespace-pre-line break-words">{text}</dd>
        </div>
      ))}
    </dl>
  )
}

type View = 'tree' | 'table' | 'raw'

/** The form in which the last answer was looked at holds for the next one. */
let preferred: View | null = null

function Answered({ answer, onTaskLog }: { answer: PveAnswer; onTaskLog: AnswerProps['onTaskLog'] }) {
  const { t, i18n } = useTranslation()
  const read = useMemo(() => readAnswer(answer), [answer])
  const table = useMemo(() => tableOf(read.data), [read])
  const nested = typeof read.data === 'object' && read.data !== null
  const views: View[] = [...(nested ? (['tree'] as const) : []), ...(table ? (['table'] as const) : []), 'raw']
  const [chosen, setChosen] = useState(preferred)
  const view = chosen && views.includes(chosen) ? chosen : table ? 'table' : (views[0] ?? 'raw')
  const upid = typeof read.data === 'string' && read.data.startsWith('UPID:') ? read.data : null
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Status answer={answer} />
        <span className="nums text-muted text-table">
          {formatMilliseconds(answer.took_ms, i18n.language)} · {formatBytes(answer.body.length, i18n.language)}
        </span>
        <div className="ml-auto flex items-center gap-2">
          {views.length > 1 && (
            <Choices
              label={t('explorer.view')}
              value={view}
              onChange={next => {
                preferred = next
                setChosen(next)
              }}
              choices={views.map(value => ({ value, label: t(`explorer.view_${value}`) }))}
            />
          )}
          <CopyButton text={answer.body} label={t('explorer.copy_answer')} />
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={t('explorer.save_answer')}
            title={t('explorer.save_answer')}
            onClick={() => saveFile('answer.json', answer.body, 'application/json')}
          >
            <Download className="size-4" aria-hidden />
          </Button>
        </div>
      </div>
      {answer.truncated && (
        <p className="flex items-center gap-2 text-table">
          <TriangleAlert className="size-4 shrink-0 text-warning-text" aria-hidden />
          {t('explorer.truncated')}
        </p>
      )}
      <Refused read={read} />
      {upid && onTaskLog && (
        <Button className="w-fit" onClick={() => onTaskLog(upid)}>
          <ListTree className="size-4" aria-hidden />
          {t('explorer.task_log')}
        </Button>
      )}
      {view === 'tree' && (
        <JsonTree
          label={t('explorer.answer')}
          value={read.data}
          className="max-h-[min(70vh,40rem)] rounded-card border"
        />
      )}
      {view === 'table' && table && <AnswerTable table={table} />}
      {view === 'raw' && <Raw body={answer.body} read={read} />}
    </>
  )
}

function Status({ answer: { status, reason } }: { answer: PveAnswer }) {
  const line = useRef<HTMLSpanElement>(null)
  // On a phone the form fills the screen: what came of the call is brought into sight.
  useEffect(() => {
    line.current?.scrollIntoView?.({ block: 'nearest' })
  }, [])
  const good = status >= 200 && status < 300
  const Icon = good ? CircleCheck : CircleX
  return (
    <span ref={line} role="status" className="flex min-w-0 scroll-mb-80 items-center gap-1.5 font-medium">
      <Icon className={cn('size-4 shrink-0', good ? 'text-success-text' : 'text-destructive-text')} aria-hidden />
      <span className="nums min-w-0 break-words">
        {status} {reason}
      </span>
    </span>
  )
}

/** What PVE had against the parameters. */
function Refused({ read: { message, errors } }: { read: Read }) {
  if (!message && errors.length === 0) return null
  return (
    <div className="flex flex-col gap-1 rounded-card border border-destructive/40 bg-destructive/8 px-3 py-2.5">
      {message && <p className="whitespace-pre-line break-words">{message}</p>}
      <ParameterErrors errors={errors} />
    </div>
  )
}

/** More letters than this at once make a page slow; the whole can be copied and saved. */
const SHOWN = 200_000

function Raw({ body, read }: { body: string; read: Read }) {
  const { t, i18n } = useTranslation()
  const [laidOut, setLaidOut] = useState(true)
  const text = useMemo(
    () => (laidOut && read.isJson ? JSON.stringify(JSON.parse(body), null, 2) : body),
    [body, laidOut, read],
  )
  return (
    <div className="flex flex-col gap-2">
      {read.isJson && (
        <label className="inline-flex min-h-6 w-fit cursor-pointer items-center gap-2 text-table max-md:min-h-10">
          <input
            type="checkbox"
            checked={laidOut}
            onChange={event => setLaidOut(event.target.checked)}
            className="size-4 accent-primary-solid"
          />
          {t('explorer.laid_out')}
        </label>
      )}
      <ScrollArea label={t('explorer.view_raw')} className="max-h-[min(70vh,40rem)] rounded-card border bg-surface">
        <pre className="whitespace-pre-wrap break-all p-3 font-mono text-xs/5">{text.slice(0, SHOWN)}</pre>
        {text.length > SHOWN && (
          <p className="border-t p-3 text-muted">
            {t('explorer.raw_cut', { size: formatBytes(SHOWN, i18n.language) })}
          </p>
        )}
      </ScrollArea>
    </div>
  )
}

function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const name = copied ? t('common.copied') : label
  return (
    <Button
      size="icon-sm"
      variant="ghost"
      aria-label={name}
      title={name}
      onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))}
    >
      {copied ? <Check className="size-4 text-success-text" aria-hidden /> : <Copy className="size-4" aria-hidden />}
    </Button>
  )
}
