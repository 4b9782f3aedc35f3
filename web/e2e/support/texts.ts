// The English catalogue of the page: tests find things by the words that people read, and follow when a word changes.

import { readFileSync } from 'node:fs'

const catalogue = JSON.parse(readFileSync(new URL('../../src/locales/en.json', import.meta.url), 'utf8'))

/** The text at a key such as `sign_in.email`, with its values put in. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  let found: unknown = catalogue
  for (const part of key.split('.')) found = (found as Record<string, unknown> | undefined)?.[part]
  if (typeof found !== 'string') throw new Error(`the catalogue has no text ${key}`)
  return found.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => String(values[name] ?? whole))
}
