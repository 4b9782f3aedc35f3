import type { Guest } from '@/lib/api/types'
import { filterValue } from '@/lib/filter-value'
import { guestKey } from '@/lib/guest-key'

/**
 * The filter line: words, and `field:value` terms. Values with commas between them are alternatives, and so are terms of
 * one field that can only have one value; several `tag:` terms must all hold, as a guest has many. Different fields must
 * all hold, a leading minus turns a term round, quotes keep blanks and commas together, `*` stands for anything.
 */
export const FIELDS = [
  'name',
  'status',
  'server',
  'node',
  'type',
  'tag',
  'pool',
  'vmid',
  'ha',
  'lock',
  'is',
  'has',
] as const
export type Field = (typeof FIELDS)[number]

/** What is asked for. Without a field it is one word to look for. */
export type Term = { field: Field | null; values: string[]; not: boolean }

type Piece = { text: string; start: number; end: number }
/** A term with the places of its parts in the line. `unknown` is a name before a colon that is no field. */
export type Token = { field: Field | null; unknown: string | null; values: Piece[]; not: boolean } & Omit<Piece, 'text'>

/** Fields whose values are a short fixed list, and what else people write for them. */
export const WORDS = {
  status: { running: 'running', paused: 'paused', stopped: 'stopped', unknown: 'unknown', suspended: 'paused' },
  type: { vm: 'qemu', qemu: 'qemu', ct: 'lxc', lxc: 'lxc', container: 'lxc' },
  is: { favourite: 'favourite', favorite: 'favourite', template: 'template' },
  has: { lock: 'lock', tag: 'tag', pool: 'pool', ha: 'ha' },
} as const satisfies Partial<Record<Field, Record<string, string>>>

const ALIASES: Record<string, Field> = { state: 'status', tags: 'tag', id: 'vmid', kind: 'type', host: 'node' }

function fieldOf(name: string): Field | undefined {
  const low = name.toLowerCase()
  return FIELDS.find(known => known === low) ?? (Object.hasOwn(ALIASES, low) ? ALIASES[low] : undefined)
}

const BLANK = /\s/

/** One value from `at` on: quoted, or up to the next blank (or comma, where a list is possible). */
function readValue(line: string, at: number, list: boolean): Piece {
  let text = ''
  let end = at
  if (line[at] === '"') {
    for (end = at + 1; end < line.length && line[end] !== '"'; end += 1) {
      if (line[end] === '\\' && end + 1 < line.length) end += 1
      text += line[end]
    }
    const closed = line[end] === '"'
    return { text: closed ? text : text.trimEnd(), start: at, end: closed ? end + 1 : line.length }
  }
  while (end < line.length && !BLANK.test(line[end] ?? '') && !(list && line[end] === ',')) end += 1
  return { text: line.slice(at, end), start: at, end }
}

function readToken(line: string, start: number): Token {
  const not = line[start] === '-' && start + 1 < line.length && !BLANK.test(line[start + 1] ?? '')
  let at = not ? start + 1 : start
  const name = /^[a-z]+(?=:)/i.exec(line.slice(at))?.[0]
  const field = name === undefined ? undefined : fieldOf(name)
  // "template:yes" is how it was written before there was `is:`.
  if (name?.toLowerCase() === 'template') {
    const value = readValue(line, at + name.length + 1, false)
    const no = ['no', 'false', '0', 'nein'].includes(value.text.toLowerCase())
    const values = value.text === '' ? [] : [{ ...value, text: 'template' }]
    return { field: 'is', unknown: null, values, not: no !== not, start, end: value.end }
  }
  if (name === undefined || field === undefined) {
    // An unknown field is text to look for, so that "https://a" or "a:b" finds what it says.
    const shift = name === undefined ? 0 : name.length + 1
    const value = readValue(line, at + shift, false)
    const text = name === undefined ? value.text : `${name}:${value.text}`
    const unknown = name === undefined || value.text.startsWith('//') ? null : name
    return { field: null, unknown, values: [{ ...value, text, start: at }], not, start, end: value.end }
  }
  at += name.length + 1
  const values: Piece[] = []
  for (;;) {
    const value = readValue(line, at, true)
    values.push(value)
    at = value.end
    if (line[at] !== ',') break
    at += 1
  }
  return { field, unknown: null, values, not, start, end: at }
}

/** The line in parts, with their places; also what is only begun. */
export function readTokens(line: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < line.length) {
    if (BLANK.test(line[at] ?? '')) {
      at += 1
      continue
    }
    const token = readToken(line, at)
    tokens.push(token)
    at = Math.max(token.end, at + 1)
  }
  return tokens
}

/** What the line asks for. "status:" while it is being typed asks for nothing yet. */
export function parseFilter(line: string): Term[] {
  return readTokens(line).flatMap(({ field, values, not }) => {
    const texts = values.map(value => value.text).filter(text => text !== '')
    return texts.length > 0 ? [{ field, values: texts, not }] : []
  })
}

/** A word that would be read as something else stands in quotes. */
function formatWord(word: string): string {
  const [token, ...more] = readTokens(word)
  const plain = token && more.length === 0 && token.field === null && !token.not && token.values[0]?.text === word
  return plain && !word.startsWith('"') ? word : `"${word.replace(/["\\]/g, '\\$&')}"`
}

export function formatTerm({ field, values, not }: Term): string {
  const text = field ? `${field}:${values.map(filterValue).join(',')}` : formatWord(values[0] ?? '')
  return `${not ? '-' : ''}${text}`
}

/** A value of a field that is found by its parts, so that it finds no other of these. */
export function onlyThis(value: string, all: Iterable<string>): string {
  const low = value.toLowerCase()
  for (const other of all) if (other !== value && other.toLowerCase().includes(low)) return `=${value}`
  return value
}

export const formatFilter = (terms: Term[]): string => terms.map(formatTerm).join(' ')

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** Whether the line asks for this value of this field. */
export function hasTerm(line: string, field: Field, value: string): boolean {
  return parseFilter(line).some(term => term.field === field && !term.not && term.values.some(one => same(one, value)))
}

/** The line with the value added to what it asks of the field, or taken out when it was there. */
export function toggleTerm(line: string, field: Field, value: string): string {
  const terms = parseFilter(line)
  const mine = (term: Term) => term.field === field && !term.not
  if (hasTerm(line, field, value)) {
    const without = terms.map(term =>
      mine(term) ? { ...term, values: term.values.filter(one => !same(one, value)) } : term,
    )
    return formatFilter(without.filter(term => term.values.length > 0))
  }
  const first = terms.findIndex(mine)
  if (first < 0) return formatFilter([...terms, { field, values: [value], not: false }])
  return formatFilter(
    terms.map((term, index) => (index === first ? { ...term, values: [...term.values, value] } : term)),
  )
}

/** What the words of fixed lists stand for: also those that are only begun, so that the list follows while one types. */
function meanings(field: keyof typeof WORDS, value: string): string[] {
  const words: Record<string, string> = WORDS[field]
  const whole = Object.hasOwn(words, value) ? words[value] : undefined
  if (whole !== undefined) return [whole]
  return Object.keys(words).flatMap(word => (word.startsWith(value) ? [words[word] ?? word] : []))
}

export type FilterProblem =
  | { kind: 'field'; name: string; near: Field | null }
  | { kind: 'value'; field: keyof typeof WORDS; value: string; known: string[] }

/** What in the line is no field, or no value of its field. */
export function filterProblems(line: string): FilterProblem[] {
  return readTokens(line).flatMap(({ field, unknown, values }): FilterProblem[] => {
    if (unknown !== null) return [{ kind: 'field', name: unknown, near: nearestField(unknown) }]
    if (field === null || !(field in WORDS)) return []
    const listed = field as keyof typeof WORDS
    return values
      .filter(({ text }) => text !== '' && meanings(listed, text.toLowerCase()).length === 0)
      .map(({ text }) => ({ kind: 'value', field: listed, value: text, known: knownWords(listed) }))
  })
}

/** The words of a fixed list under which a value is offered: one for each meaning. */
export function knownWords(field: keyof typeof WORDS): string[] {
  const words = Object.entries(WORDS[field])
  return words
    .filter(([, meaning], index) => words.findIndex(([, other]) => other === meaning) === index)
    .map(([w]) => w)
}

function nearestField(name: string): Field | null {
  const low = name.toLowerCase()
  const begun = FIELDS.find(field => low.length > 1 && (field.startsWith(low) || low.startsWith(field)))
  return begun ?? FIELDS.find(field => field.length > 2 && distance(low, field) <= (field.length > 4 ? 2 : 1)) ?? null
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

type Test = (guest: Guest) => boolean
type Match = (text: string | null | undefined) => boolean

/** How a value is looked for in a text: a whole pattern where it has a star, else as the field has it. */
function matcher(value: string, how: 'part' | 'whole'): Match {
  if (value.startsWith('=') && value.length > 1) return matcher(value.slice(1), 'whole')
  if (value.includes('*')) {
    const parts = value.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    const pattern = new RegExp(`^${parts.join('.*')}$`, 'is')
    return text => text != null && pattern.test(text)
  }
  if (how === 'whole') return text => text != null && text.toLowerCase() === value
  return text => text?.toLowerCase().includes(value) ?? false
}

/** "100-199": from and to; "100-" has no end. Else the numbers that start so. */
function vmidTest(value: string): Test {
  const range = /^(\d+)-(\d*)$/.exec(value)
  if (!range) return guest => String(guest.vmid).startsWith(value)
  const from = Number(range[1])
  const to = range[2] ? Number(range[2]) : Number.POSITIVE_INFINITY
  return guest => guest.vmid >= from && guest.vmid <= to
}

const PRESENT: Record<string, Test> = {
  lock: guest => guest.lock != null,
  tag: guest => guest.tags.length > 0,
  pool: guest => guest.pool != null,
  ha: guest => guest.ha_state != null,
}

function fieldTest(field: Field, value: string, favourites: ReadonlySet<string>): Test {
  switch (field) {
    case 'status': {
      const states = meanings('status', value)
      return guest => states.includes(guest.status)
    }
    case 'type': {
      const types = meanings('type', value)
      return guest => types.includes(guest.type)
    }
    case 'is': {
      const marks = meanings('is', value)
      return guest =>
        (guest.template && marks.includes('template')) ||
        (marks.includes('favourite') && favourites.has(guestKey(guest)))
    }
    case 'has': {
      const tests = meanings('has', value).map(name => PRESENT[name])
      return guest => tests.some(test => test?.(guest))
    }
    case 'vmid':
      return vmidTest(value)
    case 'tag': {
      const match = matcher(value, 'whole')
      return guest => guest.tags.some(match)
    }
    case 'pool': {
      const match = matcher(value, 'whole')
      // A pool holds those inside of it.
      return guest => match(guest.pool) || (guest.pool?.toLowerCase().startsWith(`${value}/`) ?? false)
    }
    case 'server': {
      const match = matcher(value, 'part')
      return guest => match(guest.server.name)
    }
    case 'ha': {
      const match = matcher(value, 'part')
      return guest => match(guest.ha_state)
    }
    default: {
      const match = matcher(value, field === 'lock' ? 'whole' : 'part')
      return guest => match(guest[field])
    }
  }
}

const texts = new WeakMap<Guest, string>()

/** All that words are looked for in; made once for each state of a guest. */
function textOf(guest: Guest): string {
  const known = texts.get(guest)
  if (known !== undefined) return known
  const { name, vmid, tags, server, node, pool } = guest
  const text = [name, vmid, ...tags, server.name, node ?? '', pool ?? ''].join('\n').toLowerCase()
  texts.set(guest, text)
  return text
}

function termTest({ field, values }: Term, favourites: ReadonlySet<string>): Test {
  const lows = values.map(value => value.toLowerCase())
  if (field === null) return guest => lows.some(low => textOf(guest).includes(low))
  const tests = lows.map(low => fieldTest(field, low, favourites))
  return guest => tests.some(test => test(guest))
}

const NONE: ReadonlySet<string> = new Set()

/** A test for guests made from the line. Templates pass only when the line speaks of them. */
export function compileFilter(line: string, favourites: ReadonlySet<string> = NONE): Test {
  const terms = parseFilter(line)
  const excluded = terms.filter(term => term.not).map(term => termTest(term, favourites))
  const groups = new Map<string, Test[]>()
  terms.forEach((term, index) => {
    if (term.not) return
    const alone = term.field === null || term.field === 'tag' || term.field === 'is' || term.field === 'has'
    const group = alone ? `${index}` : (term.field ?? '')
    groups.set(group, [...(groups.get(group) ?? []), termTest(term, favourites)])
  })
  const required = [...groups.values()]
  const asked = (term: Term) => term.values.some(value => meanings('is', value.toLowerCase()).includes('template'))
  const templates = terms.some(term => term.field === 'is' && !term.not && asked(term))
  return guest => {
    if (guest.template && !templates) return false
    if (excluded.some(test => test(guest))) return false
    return required.every(tests => tests.some(test => test(guest)))
  }
}
