import { FileDown, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import { Bar } from '@/components/ui/bar'
import { Button } from '@/components/ui/button'
import { ConfirmDialog, Sheet } from '@/components/ui/dialog'
import { useImportServers } from '@/features/server-import/queries'
import { RowTable } from '@/features/server-import/row-table'
import { isLeft, isWrong, rowProblem } from '@/features/server-import/rows'
import { type Fault, failedSheet, readSheet } from '@/features/server-import/sheet'
import { Source } from '@/features/server-import/source'
import { useImport } from '@/features/server-import/use-import'
import { asApiError } from '@/lib/api/error'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'
import { fieldProblemText } from '@/lib/problem-text'
import { saveFile } from '@/lib/save-file'

type Import = ReturnType<typeof useImport>

/** Many servers from a sheet: read here, looked at by the server row by row, then imported in parts. */
export function ServerImportSheet({ tenant, onClose }: { tenant: string; onClose: () => void }) {
  const { t } = useTranslation()
  const work = useImport(tenant, useImportServers(tenant))
  const [text, setText] = useState('')
  const [fault, setFault] = useState<Fault | null>(null)
  const [unknown, setUnknown] = useState<string[]>([])
  const [leaving, setLeaving] = useState(false)
  const read = (given: string) => {
    const sheet = readSheet(given)
    if ('code' in sheet) return setFault(sheet)
    setFault(null)
    setUnknown(sheet.unknown)
    void work.look(sheet.rows)
  }
  const asking = work.phase === 'source' || work.phase === 'looking'
  const close = () => (work.phase === 'running' ? setLeaving(true) : onClose())
  return (
    <Sheet
      open
      onOpenChange={open => !open && close()}
      title={t('server_import.title')}
      className="w-[860px] max-w-full"
    >
      <header className="flex items-start justify-between gap-3 border-b px-5 py-4">
        <div className="min-w-0">
          <h2 className="font-semibold text-[1rem]/6">{t('server_import.title')}</h2>
          <p className="text-muted">{t('server_import.lead')}</p>
        </div>
        <Button variant="ghost" size="icon" aria-label={t('common.close')} onClick={close}>
          <X className="size-4" aria-hidden />
        </Button>
      </header>
      {asking ? (
        <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">
          <Source
            text={text}
            onText={setText}
            onFile={read}
            fault={fault}
            busy={work.phase === 'looking'}
            error={<RunError error={work.error} />}
          />
        </div>
      ) : (
        <Rows work={work} unknown={unknown} />
      )}
      <Footer work={work} onRead={() => read(text)} onClose={onClose} />
      <ConfirmDialog
        open={leaving && work.phase === 'running'}
        onOpenChange={setLeaving}
        title={t('server_import.leave')}
        consequence={t('server_import.leave_text')}
        confirm={t('server_import.leave_confirm')}
        onConfirm={onClose}
      />
    </Sheet>
  )
}

/** A sheet that is refused as a whole, or anything else that went wrong. */
function RunError({ error }: { error: unknown }) {
  if (!error) return null
  const [field] = asApiError(error).fields
  if (!field) return <ErrorNote error={error} />
  return <Note>{fieldProblemText(field.field, field.code, field.detail)}</Note>
}

type Shown = 'all' | 'failed'

function Rows({ work, unknown }: { work: Import; unknown: string[] }) {
  const { t, i18n } = useTranslation()
  const [shown, setShown] = useState<Shown>('all')
  const { rows, phase } = work
  const wrong = rows.filter(isWrong)
  const number = (value: number) => formatNumber(value, i18n.language)
  return (
    <>
      <div className="flex flex-col gap-3 px-5 py-4">
        {phase === 'preview' ? <PreviewHead work={work} /> : <ProgressHead work={work} />}
        {unknown.length > 0 && (
          <p className="break-words text-muted text-table">
            {t('server_import.unknown', { columns: unknown.join(', ') })}
          </p>
        )}
        <fieldset className="flex w-fit rounded-control border border-input p-0.5">
          <legend className="sr-only">{t('server_import.show')}</legend>
          {(['all', 'failed'] as const).map(value => (
            <label
              key={value}
              className={cn(
                'flex h-7 cursor-pointer items-center rounded px-2.5 font-medium text-table text-muted max-md:h-10',
                'has-checked:bg-hover has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-primary',
              )}
            >
              <input
                type="radio"
                name="shown"
                className="sr-only"
                checked={shown === value}
                onChange={() => setShown(value)}
              />
              {t(`server_import.show_${value}`)}
              <span className="nums ml-1.5 font-normal text-muted">
                {number(value === 'all' ? rows.length : wrong.length)}
              </span>
            </label>
          ))}
        </fieldset>
      </div>
      {shown === 'failed' && wrong.length === 0 ? (
        <p className="flex-1 border-t px-5 py-8 text-center text-muted">{t('server_import.none_failed')}</p>
      ) : (
        <RowTable rows={shown === 'all' ? rows : wrong} running={phase === 'running'} />
      )}
    </>
  )
}

/** What the import would do, and the slots that it would take. */
function PreviewHead({ work: { rows, slots } }: { work: Import }) {
  const { t, i18n } = useTranslation()
  const number = (value: number) => formatNumber(value, i18n.language)
  const ready = rows.filter(one => one.state === 'ready').length
  const errors = rows.length - ready
  const after = (slots?.used ?? 0) + ready
  return (
    <>
      <p role="status" className="nums">
        {t('server_import.ready', { count: ready, shown: number(ready) })}
        {errors > 0 && (
          <span className="text-destructive-text">
            {' '}
            {t('server_import.errors', { count: errors, shown: number(errors) })}
          </span>
        )}
      </p>
      {slots && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-table">
          <Bar share={after / Math.max(1, slots.limit)} className="w-32" />
          <span className="nums">
            {t('server_import.slots', { used: number(slots.used), after: number(after), limit: number(slots.limit) })}
          </span>
          {after > slots.limit && (
            <span className="text-warning-text">
              {t('server_import.slots_short', { count: after - slots.limit, shown: number(after - slots.limit) })}
            </span>
          )}
        </div>
      )}
    </>
  )
}

function ProgressHead({ work: { rows, phase, error } }: { work: Import }) {
  const { t, i18n } = useTranslation()
  const number = (value: number) => formatNumber(value, i18n.language)
  const count = (state: string) => rows.filter(one => one.state === state).length
  const [done, failed, waiting] = [count('done'), count('failed'), count('waiting')]
  const errors = count('error')
  const tried = done + failed
  const total = tried + waiting
  return (
    <>
      <div className="flex flex-col gap-1.5">
        <div className="nums flex items-baseline justify-between gap-3">
          <span className="font-medium">
            {t(`server_import.phase_${phase === 'running' ? 'running' : phase === 'done' ? 'done' : 'paused'}`)}
          </span>
          <span className="text-muted">
            {t('server_import.progress', { done: number(tried), total: number(total) })}
          </span>
        </div>
        <div
          role="progressbar"
          aria-label={t('server_import.title')}
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={tried}
          className="h-2 overflow-hidden rounded-full bg-border"
        >
          <div
            className="h-full origin-left rounded-full bg-primary transition-transform duration-[160ms]"
            style={{ transform: `scaleX(${total === 0 ? 0 : tried / total})` }}
          />
        </div>
      </div>
      <p role="status" className="nums text-table">
        {t('server_import.imported', { count: done, shown: number(done) })}
        {failed + errors > 0 && (
          <span className="text-destructive-text">
            {' '}
            {t('server_import.failed', { count: failed + errors, shown: number(failed + errors) })}
          </span>
        )}
        {phase === 'paused' && (
          <span className="text-muted"> {t('server_import.left', { count: waiting, shown: number(waiting) })}</span>
        )}
      </p>
      <RunError error={error} />
    </>
  )
}

type FooterProps = { work: Import; onRead: () => void; onClose: () => void }

function Footer({ work, onRead, onClose }: FooterProps) {
  const { t, i18n } = useTranslation()
  const { phase, rows } = work
  const ready = rows.filter(one => one.state === 'ready').length
  const left = rows.filter(isLeft)
  const bar = (children: ReactNode) => (
    <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">{children}</footer>
  )
  if (phase === 'source' || phase === 'looking') {
    return bar(
      <>
        <Button variant="ghost" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button variant="primary" busy={phase === 'looking'} onClick={onRead}>
          {t('csv.preview')}
        </Button>
      </>,
    )
  }
  if (phase === 'preview') {
    return bar(
      <>
        <Button variant="ghost" onClick={work.back} className="mr-auto">
          {t('common.back')}
        </Button>
        {left.length > ready && <DownloadFailed work={work} />}
        <Button variant="primary" disabled={ready === 0} onClick={() => void work.start()}>
          {t('server_import.import', { count: ready, shown: formatNumber(ready, i18n.language) })}
        </Button>
      </>,
    )
  }
  if (phase === 'running') return bar(<Button onClick={work.stop}>{t('server_import.stop')}</Button>)
  return bar(
    <>
      {left.length > 0 && <DownloadFailed work={work} />}
      {phase === 'paused' && <Button onClick={() => void work.start()}>{t('server_import.go_on')}</Button>}
      <Button variant="primary" onClick={onClose}>
        {t('link.done')}
      </Button>
    </>,
  )
}

/** The rows that are no servers yet, to be mended and brought again. Their tokens are in it, as they were given. */
function DownloadFailed({ work: { rows, phase } }: { work: Import }) {
  const { t } = useTranslation()
  const download = () => {
    const wanted = rows.filter(one => (phase === 'preview' ? isWrong(one) : isLeft(one)))
    const failed = wanted.map(({ row, errors }) => {
      const texts = errors.map(rowProblem).map(({ column, text }) => (column ? `${column}: ${text}` : text))
      return { row, error: texts.join(' ') || t('server_import.state_left') }
    })
    saveFile('nexus-servers-failed.csv', failedSheet(failed))
  }
  return (
    <Button onClick={download} title={t('server_import.download_hint')}>
      <FileDown className="size-4" aria-hidden />
      {t('server_import.download')}
    </Button>
  )
}
