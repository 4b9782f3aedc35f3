/** What changed between two states of a thing, line by line, as the audit log keeps them. */
export type Change = { name: string; before: string | null; after: string | null }

/** Every value that is not the same; lists and inner objects are compared by their parts. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const old = flatten(before)
  const fresh = flatten(after)
  const names = new Set([...old.keys(), ...fresh.keys()])
  return [...names]
    .map(name => ({ name, before: old.get(name) ?? null, after: fresh.get(name) ?? null }))
    .filter(change => change.before !== change.after)
}

function flatten(value: unknown, prefix = '', found = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (prefix && value === null) found.set(prefix, '–')
  } else if (Array.isArray(value) && value.every(item => typeof item !== 'object')) {
    found.set(prefix, value.join(', ') || '–')
  } else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) flatten(inner, prefix ? `${prefix}.${key}` : key, found)
  } else found.set(prefix, String(value))
  return found
}
