import type { PveAnswer } from '@/lib/api/types'

/** What PVE said, taken apart for the eye; what is raw stays as it came. */

export type Read = {
  /** Of the envelope; the whole where there is none. */
  data: unknown
  /** PVE's words about what went wrong. */
  message: string | null
  /** And about single parameters. */
  errors: [string, string][]
  /** False where the body is no JSON. */
  isJson: boolean
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function readAnswer({ body }: Pick<PveAnswer, 'body'>): Read {
  let whole: unknown
  try {
    whole = JSON.parse(body)
  } catch {
    return { data: null, message: null, errors: [], isJson: false }
  }
  if (!isRecord(whole)) return { data: whole, message: null, errors: [], isJson: true }
  const errors = isRecord(whole.errors) ? Object.entries(whole.errors).map(pairOf) : []
  const message = typeof whole.message === 'string' ? whole.message.trim() : null
  return { data: 'data' in whole ? whole.data : whole, message: message || null, errors, isJson: true }
}

const pairOf = ([name, text]: [string, unknown]): [string, string] => [name, wordOf(text)]

/** A value in one line. */
export function wordOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export type Row = Record<string, unknown>
export type Table = { columns: string[]; rows: Row[] }

/** The list as a table, or `null` where it is none. Columns that more rows have come first, then in the rows' own order. */
export function tableOf(data: unknown): Table | null {
  if (!Array.isArray(data) || data.length === 0 || !data.every(isRecord)) return null
  const counts = new Map<string, number>()
  for (const row of data) for (const name of Object.keys(row)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const weight = (name: string) => (NAMES.includes(name) ? data.length + NAMES.length - NAMES.indexOf(name) : 0)
  const columns = [...counts.keys()].sort(
    (a, b) => weight(b) - weight(a) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0),
  )
  return { columns, rows: data }
}

/** What says which row it is. */
const NAMES = ['vmid', 'node', 'name', 'storage', 'iface', 'userid', 'id', 'type', 'status']

export type Order = { column: string; down: boolean }

/** Numbers by size, words by alphabet with the numbers in them by size; what is not there comes last. */
export function sortRows(rows: readonly Row[], { column, down }: Order, language: string): Row[] {
  const words = new Intl.Collator(language, { numeric: true })
  const sign = down ? -1 : 1
  return [...rows].sort((a, b) => {
    const [left, right] = [a[column], b[column]]
    if (left == null || right == null) return Number(left == null) - Number(right == null)
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right)
    return sign * words.compare(wordOf(left), wordOf(right))
  })
}
