import { diffLines, type Line } from '@/features/config-snapshots/line-diff'
import type { ConfigPart } from '@/lib/api/types'

/** Two snapshots beside each other, path by path. */

/** `unread`: one of both did not get an answer, so nothing can be said. */
export type PartKind = 'changed' | 'added' | 'removed' | 'unread' | 'same'

export type PartDiff = {
  path: string
  kind: PartKind
  before: ConfigPart | undefined
  after: ConfigPart | undefined
  lines: Line[]
  /** Lines that came and went. */
  added: number
  removed: number
}

const ORDER: readonly PartKind[] = ['changed', 'added', 'removed', 'unread', 'same']

/** What changed comes first, each kind in the order of the paths. */
export function compareParts(before: readonly ConfigPart[], after: readonly ConfigPart[]): PartDiff[] {
  const old = new Map(before.map(part => [part.path, part]))
  const fresh = new Map(after.map(part => [part.path, part]))
  const paths = [...new Set([...old.keys(), ...fresh.keys()])]
  return paths
    .map(path => comparePart(path, old.get(path), fresh.get(path)))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || paths.indexOf(a.path) - paths.indexOf(b.path))
}

function comparePart(path: string, before: ConfigPart | undefined, after: ConfigPart | undefined): PartDiff {
  const unread = (before && failed(before)) || (after && failed(after))
  const lines = unread ? [] : diffLines(before ? linesOf(before.data) : [], after ? linesOf(after.data) : [])
  const added = lines.filter(line => line.kind === 'added').length
  const removed = lines.filter(line => line.kind === 'removed').length
  const differs = added + removed > 0
  const kind = !before ? 'added' : !after ? 'removed' : unread ? 'unread' : differs ? 'changed' : 'same'
  return { path, kind, before, after, lines, added, removed }
}

/** Taken by the plan itself, not by a person. */
export const isScheduled = (taken_by: string) => taken_by === '' || taken_by === 'schedule'

/** PVE did not answer, or refused. An answer may well be empty. */
export function failed({ status, error }: ConfigPart): boolean {
  return error != null || status == null || status < 200 || status >= 300
}

/**
 * The data in lines. Lists of named things are put in the order of their names: PVE gives them in any order. Commas at the
 * end are left out: a line is not another one because something comes after it.
 */
export function linesOf(data: unknown): string[] {
  const lines = JSON.stringify(ordered(data), null, 2).split('\n')
  return lines.map(line => line.replace(/,$/, ''))
}

const NAMES = ['vmid', 'id', 'storage', 'node', 'iface', 'poolid', 'userid', 'groupid', 'roleid', 'name', 'pos', 'sid']

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const parts = value.map(ordered)
    const name = NAMES.find(one => new Set(parts.map(part => nameOf(part, one))).size === parts.length)
    const known = name !== undefined && parts.every(part => nameOf(part, name) !== undefined)
    return known ? parts.sort((a, b) => compare(nameOf(a, name), nameOf(b, name))) : parts
  }
  if (typeof value !== 'object' || value === null) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ordered(inner)]))
}

const words = new Intl.Collator('en', { numeric: true })
const compare = (a = '', b = '') => words.compare(a, b)

function nameOf(part: unknown, name: string): string | undefined {
  const value = typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

export function countKinds(parts: readonly PartDiff[]): Record<PartKind, number> {
  const counts = { changed: 0, added: 0, removed: 0, unread: 0, same: 0 }
  for (const { kind } of parts) counts[kind] += 1
  return counts
}
