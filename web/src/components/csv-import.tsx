import { useMutation } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import { Badge, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextArea } from '@/components/ui/field'
import { asApiError } from '@/lib/api/error'
import { formatNumber } from '@/lib/format'
import { fieldProblemText } from '@/lib/problem-text'

type Outcome = 'add' | 'invite' | 'create' | 'change' | 'same' | 'error'
export type CsvRow = { line: number; email: string; outcome: Outcome; error?: string | null | undefined }
type Result<R> = { rows: R[]; done: boolean }

type CsvImportProps<R extends CsvRow> = {
  title: string
  description: string
  /** The first lines of a file as it should be. */
  example: string
  /** Asks the server: what the rows would do, or, when not `dry`, does it. */
  run: (csv: string, dry: boolean) => Promise<Result<R>>
  /** What a row is about, beside its address. */
  what: (row: R) => ReactNode
  whatLabel: string
  /** Stands over the rows when they were imported. */
  after?: (rows: R[]) => ReactNode
  onClose: () => void
}

const tones: Record<Outcome, Tone> = {
  add: 'success',
  invite: 'primary',
  create: 'success',
  change: 'primary',
  same: 'neutral',
  error: 'destructive',
}

const MAX_BYTES = 1024 * 1024

/** Rows from a file or the clipboard: looked at first, row by row, then imported. */
export function CsvImportDialog<R extends CsvRow>(props: CsvImportProps<R>) {
  const { title, description, example, run, onClose } = props
  const { t, i18n } = useTranslation()
  const [csv, setCsv] = useState('')
  const [missing, setMissing] = useState(false)
  const look = useMutation({ mutationFn: () => run(csv, true) })
  const save = useMutation({ mutationFn: () => run(csv, false) })
  const result = save.data ?? look.data
  const done = save.data?.done === true
  const willDo = result?.rows.filter(row => row.outcome !== 'error' && row.outcome !== 'same').length ?? 0
  const back = () => {
    look.reset()
    save.reset()
  }
  const check = () => {
    setMissing(csv.trim() === '')
    if (csv.trim() !== '') look.mutate()
  }
  const footer = done ? (
    <Button variant="primary" onClick={onClose}>
      {t('link.done')}
    </Button>
  ) : result ? (
    <>
      <Button variant="ghost" onClick={back}>
        {t('common.back')}
      </Button>
      <Button variant="primary" disabled={willDo === 0} busy={save.isPending} onClick={() => save.mutate()}>
        {t('csv.import', { count: willDo, shown: formatNumber(willDo, i18n.language) })}
      </Button>
    </>
  ) : (
    <>
      <Button variant="ghost" onClick={onClose}>
        {t('common.cancel')}
      </Button>
      <Button variant="primary" busy={look.isPending} onClick={check}>
        {t('csv.preview')}
      </Button>
    </>
  )
  return (
    <Dialog open onOpenChange={open => !open && onClose()} title={title} description={description} footer={footer} wide>
      <div className="flex flex-col gap-4">
        <RunError error={save.error ?? look.error} />
        {save.data && !done && <Note>{t('csv.nothing_done')}</Note>}
        {!result && <Source csv={csv} onCsv={setCsv} example={example} missing={missing && csv.trim() === ''} />}
        {done && result && props.after?.(result.rows)}
        {result && <Rows {...props} rows={result.rows} done={done} />}
      </div>
    </Dialog>
  )
}

/** A file that is wrong as a whole, or anything else that went wrong. */
function RunError({ error }: { error: unknown }) {
  if (!error) return null
  const [field] = asApiError(error).fields
  if (!field) return <ErrorNote error={error} />
  return <Note>{fieldProblemText(field.field, field.code, field.detail)}</Note>
}

type SourceProps = { csv: string; onCsv: (csv: string) => void; example: string; missing: boolean }

function Source({ csv, onCsv, example, missing }: SourceProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [tooLarge, setTooLarge] = useState(false)
  const read = async (file: File | undefined) => {
    if (!file) return
    setTooLarge(file.size > MAX_BYTES)
    if (file.size <= MAX_BYTES) onCsv(await file.text())
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a file may also be dropped; the button does the same */}
      <div
        onDragOver={event => event.preventDefault()}
        onDrop={event => {
          if (event.dataTransfer.files.length === 0) return
          event.preventDefault()
          void read(event.dataTransfer.files[0])
        }}
      >
        <TextArea
          label={t('csv.rows')}
          help={t('csv.help')}
          error={tooLarge ? t('csv.too_large') : missing ? t('csv.missing') : undefined}
          rows={9}
          autoFocus
          spellCheck={false}
          value={csv}
          placeholder={example}
          onChange={event => onCsv(event.target.value)}
          className="font-mono text-table"
        />
      </div>
      <div>
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv,text/plain"
          className="hidden"
          aria-label={t('csv.file')}
          onChange={event => {
            void read(event.target.files?.[0])
            event.target.value = ''
          }}
        />
        <Button onClick={() => input.current?.click()}>
          <FileUp className="size-4" aria-hidden />
          {t('csv.file')}
        </Button>
      </div>
    </>
  )
}

type RowsProps<R extends CsvRow> = CsvImportProps<R> & { rows: R[]; done: boolean }

function Rows<R extends CsvRow>({ rows, what, whatLabel, done, title }: RowsProps<R>) {
  const { t } = useTranslation()
  const errors = rows.filter(row => row.outcome === 'error').length
  return (
    <>
      <p role="status" className="nums text-muted">
        {t('csv.summary', { count: rows.length })}
        {errors > 0 && <span className="text-destructive-text"> {t('csv.errors', { count: errors })}</span>}
      </p>
      <div className="-mx-5 max-h-[26rem] overflow-auto border-y">
        <table aria-label={title} className="w-full text-table">
          <thead className="sticky top-0 bg-raised text-left text-muted shadow-[inset_0_-1px_0_var(--color-border)]">
            <tr className="h-8 [&>th]:px-2 [&>th]:font-medium [&>th]:first:pl-5 [&>th]:last:pr-5">
              <th scope="col">{t('csv.line')}</th>
              <th scope="col">{t('csv.email')}</th>
              <th scope="col">{whatLabel}</th>
              <th scope="col">{t('csv.outcome')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr
                key={row.line}
                className="border-b align-top last:border-b-0 [&>td]:px-2 [&>td]:py-1.5 [&>td]:first:pl-5 [&>td]:last:pr-5"
              >
                <td className="nums text-muted">{row.line}</td>
                <td className="break-all">{row.email}</td>
                <td>{what(row)}</td>
                <td>
                  <Badge tone={tones[row.outcome]}>
                    {done ? t(`csv.done_${row.outcome}`) : t(`csv.will_${row.outcome}`)}
                  </Badge>
                  {row.error && <div className="mt-0.5 break-words text-destructive-text">{row.error}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
