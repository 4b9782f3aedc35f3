import { chunksOf, partsOf, type SheetRow, writeSheet } from '@/features/server-import/sheet'
import type { FieldProblem, ServerImport } from '@/lib/api/types'
import { fieldProblemText } from '@/lib/problem-text'

/** What becomes of a row: `ready` can be imported, `error` cannot, `waiting` is on its way; then `done` or `failed`. */
type RowState = 'ready' | 'error' | 'waiting' | 'done' | 'failed'
export type ImportRow = { row: SheetRow; state: RowState; errors: FieldProblem[] }

/** Rows that are sent at once: few enough for progress to be seen, and for a stop to be near. */
const CHUNK = 20
/** Bytes of a sheet that is only looked at; the server takes some more. */
const LOOK = 200_000

export const importParts = (rows: SheetRow[]) => chunksOf(rows, CHUNK)
export const lookParts = (rows: SheetRow[]) => partsOf(rows, LOOK)

/** Asks about some rows and brings each answer to its row, whatever its line was in the text that was sent. */
export async function ask(rows: SheetRow[], run: (csv: string) => Promise<ServerImport>) {
  const { csv, lines } = writeSheet(rows)
  const result = await run(csv)
  const byLine = result.rows.every(answer => lines.has(answer.line))
  const answers = new Map(
    result.rows.map((answer, index) => [byLine ? lines.get(answer.line) : rows[index], answer] as const),
  )
  return { slots: { used: result.used, limit: result.limit }, answerOf: (row: SheetRow) => answers.get(row) }
}

/** Has not become a server: wrong from the start, refused, or never tried. */
export const isLeft = (row: ImportRow) => row.state !== 'done'
export const isWrong = (row: ImportRow) => row.state === 'error' || row.state === 'failed'

/** There were too many new servers in a short time: the row can be tried again after a while. */
export const isTooSoon = (errors: FieldProblem[]) => errors.some(({ code }) => code === 'too_many_tests')

/** The API's names of what stands in a column, and the other way round. */
const FIELDS: Record<string, string> = {
  tailscale_hostname: 'tailscale_host',
  connection_timeout: 'connect_timeout_seconds',
  fingerprint: 'tls',
}
const TITLES = new Map(Object.entries(FIELDS).map(([title, field]) => [field, title]))

/** What is wrong with a row: the column, where it is of one, and why. */
export function rowProblem({ field, code, detail }: FieldProblem): { column: string; text: string } {
  const name = FIELDS[field] ?? field
  const ofRow = code === 'duplicate' || code === 'slots_full'
  return { column: ofRow ? '' : (TITLES.get(field) ?? field), text: fieldProblemText(name, code, detail) }
}
