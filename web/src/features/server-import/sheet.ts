import Papa from 'papaparse'

/** Sheets of servers: read from what a spreadsheet wrote, cut into parts, and written again. */

export const COLUMNS = [
  'name',
  'host',
  'port',
  'api_token',
  'verify_ssl',
  'use_tailscale',
  'tailscale_hostname',
  'tailscale_port',
  'connection_timeout',
  'fingerprint',
] as const

export type Column = (typeof COLUMNS)[number]
export type Cells = Record<Column, string>

/** `line` is where the row begins in the text that was given. */
export type SheetRow = { line: number; cells: Cells }

/** Why a text is no sheet. */
export type Fault =
  | { code: 'empty' | 'no_header' | 'too_many' }
  | { code: 'quote'; line: number }
  | { code: 'no_column'; columns: Column[] }

/** `unknown`: titles of columns that mean nothing here. */
export type Sheet = { rows: SheetRow[]; unknown: string[] }

export const MOST_ROWS = 1000
export const NEEDED: readonly Column[] = ['name', 'host', 'api_token']

/** What a spreadsheet would run, kept from that by an apostrophe when it was written. */
const QUOTED_FORMULA = /^'(?=[=+\-@\t\r])/

/** The rows of a text. The first row names the columns; commas, semicolons and tabs, a BOM, CRLF and quotes are understood. */
export function readSheet(text: string): Sheet | Fault {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  if (plain.trim() === '') return { code: 'empty' }
  const { records, openQuote } = readRecords(plain)
  if (openQuote !== null) return { code: 'quote', line: openQuote }
  const [head, ...body] = records
  const titles = head?.cells.map(title => title.trim().toLowerCase()) ?? []
  const places = new Map(COLUMNS.map(column => [column, titles.indexOf(column)]))
  if ([...places.values()].every(place => place === -1)) return { code: 'no_header' }
  const has = (column: Column) => places.get(column) !== -1
  // With a name in the tailnet there need be no other.
  const missing = NEEDED.filter(column => !has(column) && !(column === 'host' && has('tailscale_hostname')))
  if (missing.length > 0) return { code: 'no_column', columns: missing }
  if (body.length === 0) return { code: 'empty' }
  if (body.length > MOST_ROWS) return { code: 'too_many' }
  const cell = (cells: string[], column: Column) =>
    (cells[places.get(column) ?? -1] ?? '').trim().replace(QUOTED_FORMULA, '')
  const rows = body.map(({ line, cells }) => ({ line, cells: makeCells(column => cell(cells, column)) }))
  return {
    // What has something in strange columns alone is no row.
    rows: rows.filter(row => COLUMNS.some(column => row.cells[column] !== '')),
    unknown: titles.filter(title => title !== '' && !COLUMNS.includes(title as Column)),
  }
}

function makeCells(value: (column: Column) => string): Cells {
  return Object.fromEntries(COLUMNS.map(column => [column, value(column)])) as Cells
}

type SheetRecord = { line: number; cells: string[] }

/** Records that have something in them, each with its first line. A quote that never ends takes all after it along. */
function readRecords(text: string): { records: SheetRecord[]; openQuote: number | null } {
  const records: SheetRecord[] = []
  let openQuote: number | null = null
  let [line, counted] = [1, 0]
  Papa.parse<string[]>(text, {
    newline: '\n',
    delimitersToGuess: [',', ';', '\t'],
    step: ({ data, errors, meta }) => {
      if (errors.some(error => error.code === 'MissingQuotes')) openQuote ??= line
      if (data.some(cell => cell.trim() !== '')) records.push({ line, cells: data })
      line += newLines(text.slice(counted, meta.cursor))
      counted = meta.cursor
    },
  })
  return { records, openQuote }
}

const newLines = (text: string) => text.split('\n').length - 1

/** Rows as a text of their own, with titles, and the row that begins on each of its lines. */
export function writeSheet(rows: SheetRow[]): { csv: string; lines: Map<number, SheetRow> } {
  const lines = new Map<number, SheetRow>()
  const used = (column: Column) => NEEDED.includes(column) || rows.some(row => row.cells[column] !== '')
  const titles = COLUMNS.filter(used)
  let line = 2
  const body = rows.map(row => {
    lines.set(line, row)
    const text = Papa.unparse([titles.map(column => row.cells[column])], { newline: '\n' })
    line += newLines(text) + 1
    return text
  })
  return { csv: [titles.join(','), ...body, ''].join('\n'), lines }
}

/** The rows in parts of at most `size`. */
export function chunksOf(rows: SheetRow[], size: number): SheetRow[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, part) => rows.slice(part * size, (part + 1) * size))
}

/** The rows in as few parts as keep under `most` bytes each. */
export function partsOf(rows: SheetRow[], most: number): SheetRow[][] {
  const bytes = new TextEncoder()
  const parts: SheetRow[][] = []
  let length = 0
  for (const row of rows) {
    const own = COLUMNS.reduce((sum, column) => sum + bytes.encode(row.cells[column]).length + 3, 1)
    const last = parts.at(-1)
    if (last && length + own <= most) last.push(row)
    else parts.push([row])
    length = last && length + own <= most ? length + own : own
  }
  return parts
}

/** Rows to be mended, with what is wrong with each. No spreadsheet runs anything of it. */
export function failedSheet(rows: { row: SheetRow; error: string }[]): string {
  const data = rows.map(({ row, error }) => [...COLUMNS.map(column => row.cells[column]), error])
  return `${Papa.unparse({ fields: [...COLUMNS, 'error'], data }, { newline: '\r\n', escapeFormulae: true })}\r\n`
}

/** A file to fill in: the titles, and a row that shows what belongs into them. */
export const TEMPLATE = `${[
  COLUMNS.join(','),
  'Frankfurt,pve.example.org,8006,nexus@pve!broker=00000000-0000-0000-0000-000000000000,true,false,,,10,',
].join('\r\n')}\r\n`

/** Whether a cell means yes; an empty one means `otherwise`. */
export function isYes(cell: string, otherwise: boolean): boolean {
  return cell === '' ? otherwise : /^(1|true|yes|y|on|ja|wahr)$/i.test(cell)
}
