import type { Guest } from '@/lib/api/types'

/**
 * The filter line: words and `field:value` terms. Terms of one field are alternatives, different fields must all
 * hold, a leading minus turns a term round, quotes hold a value with blanks together.
 */
const FIELDS = ['status', 'server', 'type', 'tag', 'vmid', 'pool', 'node', 'name', 'template'] as const
export type Field = (typeof FIELDS)[number]

export type Term = { field: Field | null; value: string; not: boolean }

const TOKEN = /(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/giy

export function parseFilter(text: string): Term[] {
  const terms: Term[] = []
  let rest = text.trim()
  while (rest !== '') {
    TOKEN.lastIndex = 0
    const match = TOKEN.exec(rest)
    if (!match) break
    const [whole, minus, name, quoted, plain] = match
    const value = quoted ?? plain ?? ''
    rest = rest.slice(whole.length).trimStart()
    // "status:" while it is being typed does not hide everything.
    if (value === '' || isField(value.replace(/:$/, ''), value.endsWith(':'))) continue
    const field = FIELDS.find(known => known === name?.toLowerCase())
    // An unknown field is text to look for, so that "https://a" or "a:b" finds what it says.
    terms.push({ field: field ?? null, value: name && !field ? `${name}:${value}` : value, not: minus === '-' })
  }
  return terms
}

function isField(word: string, open: boolean): boolean {
  return open && FIELDS.some(known => known === word.toLowerCase())
}

export function formatTerm({ field, value, not }: Term): string {
  const quoted = /\s/.test(value) || value === '' ? `"${value}"` : value
  return `${not ? '-' : ''}${field ? `${field}:` : ''}${quoted}`
}

/** Whether the line asks for this value of this field. */
export function hasTerm(text: string, field: Field, value: string): boolean {
  return parseFilter(text).some(term => isTerm(term, field, value))
}

/** The line with the term added, or taken out when it was there. */
export function toggleTerm(text: string, field: Field, value: string): string {
  const terms = parseFilter(text)
  const without = terms.filter(term => !isTerm(term, field, value))
  const next = without.length < terms.length ? without : [...terms, { field, value, not: false }]
  return next.map(formatTerm).join(' ')
}

function isTerm(term: Term, field: Field, value: string): boolean {
  return term.field === field && !term.not && term.value.toLowerCase() === value.toLowerCase()
}

const TYPE_WORDS: Record<string, string> = { vm: 'qemu', qemu: 'qemu', ct: 'lxc', container: 'lxc', lxc: 'lxc' }

function holds(guest: Guest, field: Field | null, value: string): boolean {
  switch (field) {
    case 'status':
      return guest.status === value || (value === 'locked' && guest.lock != null)
    case 'server':
      return guest.server.name.toLowerCase().includes(value)
    case 'type':
      return guest.type === (TYPE_WORDS[value] ?? value)
    case 'tag':
      return guest.tags.some(tag => tag.toLowerCase() === value)
    case 'vmid':
      return String(guest.vmid).startsWith(value)
    case 'pool':
      return guest.pool?.toLowerCase() === value
    case 'node':
      return guest.node?.toLowerCase().includes(value) ?? false
    case 'name':
      return guest.name.toLowerCase().includes(value)
    case 'template':
      return guest.template === ['yes', 'true', '1', 'ja'].includes(value)
    case null:
      return (
        guest.name.toLowerCase().includes(value) ||
        String(guest.vmid).includes(value) ||
        guest.tags.some(tag => tag.toLowerCase().includes(value)) ||
        guest.server.name.toLowerCase().includes(value) ||
        (guest.node?.toLowerCase().includes(value) ?? false)
      )
  }
}

/** A test for guests made from the line. Templates pass only when the line speaks of them. */
export function compileFilter(text: string): (guest: Guest) => boolean {
  const terms = parseFilter(text).map(term => ({ ...term, value: term.value.toLowerCase() }))
  const excluded = terms.filter(term => term.not)
  const words = terms.filter(term => !term.not && term.field === null)
  const byField = new Map<Field, string[]>()
  for (const { field, value, not } of terms) {
    if (field && !not) byField.set(field, [...(byField.get(field) ?? []), value])
  }
  const asksForTemplates = terms.some(term => term.field === 'template')
  return guest => {
    if (guest.template && !asksForTemplates) return false
    if (excluded.some(term => holds(guest, term.field, term.value))) return false
    if (!words.every(term => holds(guest, null, term.value))) return false
    for (const [field, values] of byField) if (!values.some(value => holds(guest, field, value))) return false
    return true
  }
}
