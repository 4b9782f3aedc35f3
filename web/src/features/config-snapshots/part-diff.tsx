import { ChevronRight, CircleAlert } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge, type Tone } from '@/components/ui/badge'
import { failed, type PartDiff, type PartKind } from '@/features/config-snapshots/compare'
import { type Line, type Pair, pairsOf, partsOf, stretchesOf } from '@/features/config-snapshots/line-diff'
import type { ConfigPart } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { useMediaQuery } from '@/lib/use-media-query'

const tones: Record<PartKind, Tone> = {
  changed: 'primary',
  added: 'success',
  removed: 'destructive',
  unread: 'warning',
  same: 'neutral',
}

/** One path of two snapshots: what stood there, and what stands there now. */
export function PartChange({ part, open: first }: { part: PartDiff; open: boolean }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(first)
  const { path, kind, added, removed } = part
  return (
    <li className="min-w-0 overflow-hidden rounded-card border">
      <h3>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-10 w-full items-center gap-2 bg-surface px-3 py-1.5 text-left -outline-offset-2 hover:bg-hover"
        >
          <ChevronRight
            className={cn('size-4 shrink-0 text-muted transition-transform duration-[120ms]', open && 'rotate-90')}
            aria-hidden
          />
          <span className="min-w-0 flex-1 break-all font-mono text-table">{path}</span>
          {kind !== 'same' && kind !== 'unread' && (
            <span className="nums shrink-0 text-xs">
              <span className="text-success-text" aria-hidden>
                +{added}
              </span>{' '}
              <span className="text-destructive-text" aria-hidden>
                −{removed}
              </span>
              <span className="sr-only">{t('configuration.lines', { added, removed })}</span>
            </span>
          )}
          <Badge tone={tones[kind]}>{t(`configuration.kind_${kind}`)}</Badge>
        </button>
      </h3>
      {open && (kind === 'unread' ? <Unread part={part} /> : <Lines part={part} />)}
    </li>
  )
}

function Unread({ part: { before, after } }: { part: PartDiff }) {
  const { t } = useTranslation()
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 border-t px-3 py-2.5 text-table">
      <dt className="text-muted">{t('configuration.before')}</dt>
      <dd>{before && <Outcome part={before} />}</dd>
      <dt className="text-muted">{t('configuration.after')}</dt>
      <dd>{after && <Outcome part={after} />}</dd>
    </dl>
  )
}

/** How reading a path went. */
export function Outcome({ part }: { part: ConfigPart }) {
  const { t } = useTranslation()
  if (!failed(part)) return <span className="text-muted">{t('configuration.was_read')}</span>
  return (
    <span className="flex min-w-0 items-start gap-1.5">
      <CircleAlert className="mt-px size-4 shrink-0 text-destructive-text" aria-hidden />
      <span className="min-w-0 break-words">{[part.status, part.error].filter(Boolean).join(' · ')}</span>
    </span>
  )
}

function Lines({ part }: { part: PartDiff }) {
  const { t } = useTranslation()
  const wide = useMediaQuery('(min-width: 1024px)')
  if (part.lines.length === 0) return <p className="border-t px-3 py-2.5 text-muted">{t('configuration.nothing')}</p>
  const beside = wide && part.kind === 'changed'
  return (
    <div className="border-t font-mono text-xs/5">
      {beside ? <Beside lines={part.lines} /> : <Under lines={part.lines} />}
    </div>
  )
}

/** Both versions beside each other. */
function Beside({ lines }: { lines: readonly Line[] }) {
  const { t } = useTranslation()
  const stretches = useMemo(() => stretchesOf(pairsOf(lines)), [lines])
  return (
    <table aria-label={t('configuration.changes')} className="w-full table-fixed">
      <thead className="sr-only">
        <tr>
          <th scope="col">{t('configuration.before')}</th>
          <th scope="col">{t('configuration.after')}</th>
        </tr>
      </thead>
      {stretches.map((stretch, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the stretches of a comparison stay as they are
        <tbody key={index}>
          <Stretched
            hidden={stretch.kind === 'hidden'}
            count={stretch.lines.length}
            wrap={button => (
              <tr>
                <td colSpan={2}>{button}</td>
              </tr>
            )}
          >
            {() =>
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a comparison stay as they are
              stretch.lines.map((pair, at) => <PairRow key={at} pair={pair} />)
            }
          </Stretched>
        </tbody>
      ))}
    </table>
  )
}

const cell = 'relative whitespace-pre-wrap break-all px-3 pl-7 align-top'
const removedLook = 'bg-destructive/8 before:absolute before:left-3 before:text-destructive-text before:content-["−"]'
const addedLook = 'bg-success/10 before:absolute before:left-3 before:text-success-text before:content-["+"]'

function PairRow({ pair: { kind, left, right } }: { pair: Pair }) {
  const both = kind === 'changed' && left !== null && right !== null ? partsOf(left, right) : null
  return (
    <tr>
      <td className={cn(cell, 'border-r', kind === 'changed' && (left === null ? 'bg-surface' : removedLook))}>
        {both ? <Marked {...both} middle={both.left} look="bg-destructive/25" /> : left}
      </td>
      <td className={cn(cell, kind === 'changed' && (right === null ? 'bg-surface' : addedLook))}>
        {both ? <Marked {...both} middle={both.right} look="bg-success/30" /> : right}
      </td>
    </tr>
  )
}

function Marked({ head, middle, tail, look }: { head: string; middle: string; tail: string; look: string }) {
  // Where nothing is the same but a bracket, marks would only distract.
  if (head.trim().length + tail.trim().length < 3) return head + middle + tail
  return (
    <>
      {head}
      <mark className={cn('rounded-xs text-text', look)}>{middle}</mark>
      {tail}
    </>
  )
}

/** One version under the other. */
function Under({ lines }: { lines: readonly Line[] }) {
  const { t } = useTranslation()
  const stretches = useMemo(() => stretchesOf(lines), [lines])
  return (
    <div>
      {stretches.map((stretch, index) => (
        <Stretched
          // biome-ignore lint/suspicious/noArrayIndexKey: the stretches of a comparison stay as they are
          key={index}
          hidden={stretch.kind === 'hidden'}
          count={stretch.lines.length}
          wrap={button => button}
        >
          {() =>
            stretch.lines.map((line, at) => (
              <div
                // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a comparison stay as they are
                key={at}
                className={cn(cell, line.kind === 'removed' && removedLook, line.kind === 'added' && addedLook)}
              >
                {line.kind !== 'same' && (
                  <span className="sr-only">
                    {t(line.kind === 'removed' ? 'configuration.line_removed' : 'configuration.line_added')}{' '}
                  </span>
                )}
                {line.text}
              </div>
            ))
          }
        </Stretched>
      ))}
    </div>
  )
}

type StretchedProps = {
  hidden: boolean
  count: number
  wrap: (button: ReactNode) => ReactNode
  children: () => ReactNode
}

/** Lines that are the same show on request. */
function Stretched({ hidden, count, wrap, children }: StretchedProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(!hidden)
  if (open) return children()
  return wrap(
    <button
      type="button"
      onClick={() => setOpen(true)}
      className="min-h-7 w-full bg-surface px-3 text-left font-sans text-muted -outline-offset-2 hover:bg-hover hover:text-text"
    >
      {t('configuration.same_lines', { count })}
    </button>,
  )
}
