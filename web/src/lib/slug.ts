/** A tenant's short name, as page addresses carry it: 2 to 40 of a-z, 0-9 and inner hyphens. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/

const LETTERS: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' }

/** What the server would make of a name, or an empty text where nothing of it can be used. */
export function slugOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[äöüß]/g, letter => LETTERS[letter] ?? '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return SLUG.test(plain) ? plain : ''
}
