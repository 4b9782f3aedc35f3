/** A JSON value as the rows of a tree, of which only those under what is open are made. */

export type JsonRow = {
  /** The way to it: `data/3/name`. */
  id: string
  name: string
  value: unknown
  level: number
  position: number
  size: number
  open: boolean | undefined
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function partsOf(value: object): [string, unknown][] {
  return Array.isArray(value) ? value.map((part, index) => [String(index), part]) : Object.entries(value)
}

/** `open` is asked with the id and the level; what is empty has nothing to open. */
export function jsonRows(value: unknown, open: (id: string, level: number) => boolean): JsonRow[] {
  const rows: JsonRow[] = []
  const add = (whole: object, level: number, prefix: string) => {
    const parts = partsOf(whole)
    parts.forEach(([name, part], index) => {
      const id = `${prefix}/${name}`
      const isOpen = isObject(part) && partsOf(part).length > 0 ? open(id, level) : undefined
      rows.push({ id, name, value: part, level, position: index + 1, size: parts.length, open: isOpen })
      if (isOpen && isObject(part)) add(part, level + 1, id)
    })
  }
  if (isObject(value)) add(value, 1, '')
  return rows
}

const NAMES = ['name', 'vmid', 'node', 'id', 'storage', 'iface', 'userid', 'poolid', 'subdir', 'title']

/** What tells a part of a list from the others: its name, or the like. */
export function jsonHint(value: unknown): string | null {
  if (!isObject(value) || Array.isArray(value)) return null
  const name = NAMES.find(one => ['string', 'number'].includes(typeof (value as Record<string, unknown>)[one]))
  return name === undefined ? null : String((value as Record<string, unknown>)[name])
}
