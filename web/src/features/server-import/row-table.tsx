import { useVirtualizer } from '@tanstack/react-virtual'
import { Check, CircleDashed, Network, ShieldAlert, ShieldCheck, X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/ui/badge'
import { Spinner } from '@/components/ui/spinner'
import { type ImportRow, rowProblem } from '@/features/server-import/rows'
import { type Cells, isYes } from '@/features/server-import/sheet'
import { formatNumber } from '@/lib/format'

const ROW_HEIGHT = 52

/** The rows and what becomes of them, any number: only those in sight are drawn. Tokens are not among what it shows. */
export function RowTable({ rows, running }: { rows: ImportRow[]; running: boolean }) {
  const { t, i18n } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: index => rows[index]?.row.line ?? index,
    overscan: 10,
  })
  const items = virtual.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/useSemanticElements: what scrolls, not fields of a form
    <div
      ref={scroller}
      role="group"
      aria-label={t('server_import.rows')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll what has the focus
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto border-t -outline-offset-2"
    >
      <table
        aria-label={t('server_import.rows')}
        aria-rowcount={rows.length + 1}
        className="w-full table-fixed text-table"
      >
        <thead className="sticky top-0 z-10 bg-surface text-left text-muted shadow-[inset_0_-1px_0_var(--color-border)]">
          <tr className="h-9 [&>th]:px-2 [&>th]:font-medium [&>th]:first:pl-5 [&>th]:last:pr-5" aria-rowindex={1}>
            <th scope="col" className="w-20 max-sm:w-16">
              {t('csv.line')}
            </th>
            <th scope="col">{t('server_import.server')}</th>
            <th scope="col" className="w-44 max-sm:hidden">
              {t('server_import.connection')}
            </th>
            <th scope="col" className="w-[36%] max-sm:w-[46%]">
              {t('csv.outcome')}
            </th>
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} />
          {items.map(item => {
            const row = rows[item.index]
            if (!row) return null
            return (
              <tr
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                aria-rowindex={item.index + 2}
                className="h-13 border-b align-top [&>td]:px-2 [&>td]:py-1.5 [&>td]:first:pl-5 [&>td]:last:pr-5"
              >
                <td className="nums text-muted">{formatNumber(row.row.line, i18n.language)}</td>
                <td>
                  <Place cells={row.row.cells} />
                </td>
                <td className="max-sm:hidden">
                  <Marks cells={row.row.cells} />
                </td>
                <td>
                  <Outcome row={row} running={running} />
                </td>
              </tr>
            )
          })}
          <Spacer height={after} />
        </tbody>
      </table>
    </div>
  )
}

function Spacer({ height }: { height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden style={{ height }}>
      <td />
    </tr>
  )
}

function Place({ cells }: { cells: Cells }) {
  const { t } = useTranslation()
  const host = cells.host || cells.tailscale_hostname
  const port = cells.host ? cells.port : cells.tailscale_port
  return (
    <>
      <div className="truncate font-medium" title={cells.name}>
        {cells.name || <span className="font-normal text-muted">{t('server_import.no_name')}</span>}
      </div>
      <div className="truncate font-mono text-muted" title={host}>
        {host || '–'}
        {host && port && `:${port}`}
      </div>
      <div className="mt-1 sm:hidden">
        <Marks cells={cells} />
      </div>
    </>
  )
}

/** How the server is reached, and how its certificate is checked. */
function Marks({ cells }: { cells: Cells }) {
  const { t } = useTranslation()
  const checked = isYes(cells.verify_ssl, true)
  const tls = cells.fingerprint ? 'pin' : checked ? 'verify' : 'insecure'
  return (
    <span className="flex flex-wrap gap-1">
      <Badge tone={tls === 'insecure' ? 'warning' : 'neutral'}>
        {tls === 'insecure' ? (
          <ShieldAlert className="size-3.5" aria-hidden />
        ) : (
          <ShieldCheck className="size-3.5" aria-hidden />
        )}
        {t(`tls.${tls}`)}
      </Badge>
      {isYes(cells.use_tailscale, false) && (
        <Badge>
          <Network className="size-3.5" aria-hidden />
          Tailscale
        </Badge>
      )}
    </span>
  )
}

function Outcome({ row, running }: { row: ImportRow; running: boolean }) {
  const { t } = useTranslation()
  const { state, errors } = row
  return (
    <>
      {state === 'done' && (
        <Badge tone="success">
          <Check className="size-3.5" aria-hidden />
          {t('server_import.state_done')}
        </Badge>
      )}
      {(state === 'error' || state === 'failed') && (
        <Badge tone="destructive">
          <X className="size-3.5" aria-hidden />
          {t(`server_import.state_${state}`)}
        </Badge>
      )}
      {state === 'ready' && <Badge tone="primary">{t('server_import.state_ready')}</Badge>}
      {state === 'waiting' && (
        <Badge>
          {running ? <Spinner className="size-3" /> : <CircleDashed className="size-3.5" aria-hidden />}
          {t(running ? 'server_import.state_waiting' : 'server_import.state_left')}
        </Badge>
      )}
      {errors.map(problem => {
        const { column, text } = rowProblem(problem)
        return (
          <div key={`${problem.field} ${problem.code}`} className="mt-0.5 break-words text-destructive-text">
            {column && <span className="font-mono text-xs">{column}: </span>}
            {text}
          </div>
        )
      })}
    </>
  )
}
