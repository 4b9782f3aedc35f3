import type { RosterRow } from '@/lib/api/types'

/** The invitations of a roster as a file: address and link. What a spreadsheet would run is quoted. */
export function linksAsCsv(rows: RosterRow[]): string {
  const lines = rows.filter(row => row.link).map(row => `${cell(row.email)},${cell(row.link ?? '')}`)
  return ['email,link', ...lines, ''].join('\r\n')
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
