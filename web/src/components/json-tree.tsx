import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Tree } from '@/components/tree'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'
import { type JsonRow, jsonHint, jsonRows } from '@/lib/json-rows'

/** So many parts open by themselves; more would bury what stands beside them. */
const OPEN_AT_FIRST = 12

/** A JSON value that can be opened part by part. */
export function JsonTree({ label, value, className }: { label: string; value: unknown; className?: string }) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const rows = useMemo(() => {
    const few = typeof value === 'object' && value !== null && Object.keys(value).length <= OPEN_AT_FIRST
    return jsonRows(value, (id, level) => toggled.get(id) ?? (few && level === 1))
  }, [value, toggled])
  const toggle = (row: JsonRow, open: boolean) => setToggled(new Map(toggled).set(row.id, open))
  return (
    <Tree
      label={label}
      rows={rows}
      onSelect={row => row.open !== undefined && toggle(row, !row.open)}
      onToggle={toggle}
      textOf={row => row.name}
      className={cn('font-mono', className)}
    >
      {row => (
        <>
          <span className="whitespace-pre text-muted">{row.name}:</span>
          <Value row={row} />
        </>
      )}
    </Tree>
  )
}

/** Longer texts are cut in their row; the raw view has all of them. */
const LONGEST = 400

function Value({ row: { value, open } }: { row: JsonRow }) {
  const { t, i18n } = useTranslation()
  if (typeof value === 'object' && value !== null) {
    const count = Object.keys(value).length
    const shown = formatNumber(count, i18n.language)
    const parts = Array.isArray(value) ? t('json.parts', { count, shown }) : t('json.fields', { count, shown })
    const hint = open ? null : jsonHint(value)
    return (
      <span className="whitespace-pre">
        {hint && <span>{hint} </span>}
        <span className="font-sans text-muted text-xs">{parts}</span>
      </span>
    )
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  const colour = typeof value === 'string' ? 'text-success-text' : value === null ? 'text-muted' : 'text-primary-text'
  return (
    <span className={cn('whitespace-pre', colour)}>{text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}</span>
  )
}
