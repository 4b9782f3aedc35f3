import { FIELDS, type Field, knownWords, onlyThis, readTokens, WORDS } from '@/features/guests/filter'
import type { Guest } from '@/lib/api/types'
import { filterValue } from '@/lib/filter-value'

/** What can be asked for: the values of each field with how many guests have them, and what to offer while one types. */

type Counts = ReadonlyMap<string, number>
export type Facets = { total: number } & Record<
  'status' | 'server' | 'node' | 'type' | 'tag' | 'pool' | 'ha' | 'lock',
  Counts
>
type FacetField = Exclude<keyof Facets, 'total'>

/** Counted over everything but templates, which only show when they are asked for. */
export function countFacets(guests: Guest[]): Facets {
  const counts: Record<FacetField, Map<string, number>> = {
    status: new Map(),
    server: new Map(),
    node: new Map(),
    type: new Map(),
    tag: new Map(),
    pool: new Map(),
    ha: new Map(),
    lock: new Map(),
  }
  const add = (field: FacetField, value: string | null | undefined) => {
    if (value != null) counts[field].set(value, (counts[field].get(value) ?? 0) + 1)
  }
  let total = 0
  for (const guest of guests) {
    if (guest.template) continue
    total += 1
    add('status', guest.status)
    add('server', guest.server.name)
    add('node', guest.node)
    add('type', guest.type)
    for (const tag of guest.tags) add('tag', tag)
    add('pool', guest.pool)
    add('ha', guest.ha_state)
    add('lock', guest.lock)
  }
  const sorted = (map: Map<string, number>) => new Map([...map].sort(([a], [b]) => a.localeCompare(b)))
  return {
    total,
    status: counts.status,
    server: sorted(counts.server),
    node: sorted(counts.node),
    type: sorted(counts.type),
    tag: sorted(counts.tag),
    pool: sorted(counts.pool),
    ha: sorted(counts.ha),
    lock: sorted(counts.lock),
  }
}

/** `value` is null for a field alone: "status:". */
export type Suggestion = { field: Field; value: string | null; count: number | null; insert: string }
export type Suggestions = { from: number; to: number; items: Suggestion[] }

/** The fields for people who only have single guests: nothing of where they run. */
const PLAIN_FIELDS: readonly Field[] = ['status', 'tag', 'is']

const MOST = 8

/** What may stand where the caret is, best first. The part of the line from `from` to `to` is what it would replace. */
export function suggest(line: string, caret: number, facets: Facets, plain: boolean): Suggestions {
  const fields = plain ? PLAIN_FIELDS : FIELDS
  const token = readTokens(line).find(({ start, end }) => start < caret && caret <= end)
  const gap = (end: number) => (line[end] === ' ' ? '' : ' ')
  if (!token) return { from: caret, to: caret, items: fields.map(field => fieldItem(field)) }
  if (token.field !== null) {
    const last = token.values.at(-1)
    const piece = token.values.find(({ start, end }) => start <= caret && caret <= end) ?? last
    if (!piece || !fields.includes(token.field)) return { from: caret, to: caret, items: [] }
    const taken = new Set(token.values.filter(other => other !== piece).map(other => other.text.toLowerCase()))
    const typed = line.slice(piece.start, caret).replace(/^"?=?/, '').toLowerCase()
    const items = valuesOf(token.field, facets)
      .filter(({ value }) => !taken.has(value.toLowerCase()))
      .map(item => ({ item, rank: rankOf(item.value, typed) }))
      .filter(({ rank }) => rank >= 0)
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => ({ ...item, insert: filterValue(written(item, facets)) + gap(piece.end) }))
    // What is written out needs no list.
    const done = items.length === 1 && items[0]?.value?.toLowerCase() === typed
    return { from: piece.start, to: piece.end, items: done ? [] : items.slice(0, MOST) }
  }
  const from = token.start + (token.not ? 1 : 0)
  const typed = line.slice(from, caret).toLowerCase()
  if (typed === '' || typed.startsWith('"')) return { from: caret, to: caret, items: [] }
  const named = fields.filter(field => field.startsWith(typed)).map(field => fieldItem(field))
  const values = (['is', 'tag', 'server', 'pool', 'node', 'status'] as const)
    .filter(field => fields.includes(field))
    .flatMap(field => valuesOf(field, facets))
    .filter(({ value }) => value.toLowerCase().startsWith(typed))
    .map(item => ({ ...item, insert: `${item.field}:${filterValue(written(item, facets))}${gap(token.end)}` }))
  return { from, to: token.end, items: [...named, ...values].slice(0, MOST) }
}

function fieldItem(field: Field): Suggestion {
  return { field, value: null, count: null, insert: `${field}:` }
}

type Value = { field: Field; value: string; count: number | null }

function valuesOf(field: Field, facets: Facets): Value[] {
  if (field === 'type') {
    return knownWords('type').map(word => ({ field, value: word, count: facets.type.get(typeOf(word)) ?? 0 }))
  }
  if (field === 'status') {
    return knownWords('status').map(word => ({ field, value: word, count: facets.status.get(word) ?? 0 }))
  }
  if (field === 'is' || field === 'has') return knownWords(field).map(value => ({ field, value, count: null }))
  if (field === 'name' || field === 'vmid') return []
  return [...facets[field]].map(([value, count]) => ({ field, value, count }))
}

/** Servers and nodes are found by a part of their names: one that is a part of another is written as the whole. */
function written({ field, value }: Value, facets: Facets): string {
  return field === 'server' || field === 'node' ? onlyThis(value, facets[field].keys()) : value
}

const typeOf = (word: string) => (WORDS.type as Record<string, string>)[word] ?? word

/** 0 where it begins so, 1 where a part of it does, -1 where it does not. */
function rankOf(value: string, typed: string): number {
  const low = value.toLowerCase()
  if (low.startsWith(typed)) return 0
  return low.includes(typed) ? 1 : -1
}
