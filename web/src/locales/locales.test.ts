import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import de from '@/locales/de.json'
import en from '@/locales/en.json'

type Tree = { [key: string]: string | Tree }

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) found.set(inner, text)
  }
  return found
}

const english = flatten(en)
const german = flatten(de)
const places = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]).sort()
/** "x_one" and "x_other" are asked for as "x". */
const asked = (key: string) => key.replace(/_(one|other)$/, '')

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter(file => /\.tsx?$/.test(file) && !/\.test\.|schema\.d\.ts|routeTree/.test(file))
  .map(file => readFileSync(join('src', file), 'utf8'))
  .join('\n')

/** Keys in quotes, and the shape of those that are put together. */
const literal = new Set([...sources.matchAll(/'([a-z_]+(?:\.[a-z_]+)+)'/g)].map(match => match[1] ?? ''))
const patterns = [...sources.matchAll(/`([a-z_]+\.[^`]*\$\{[^`]*)`/g)].map(match => {
  const parts = (match[1] ?? '').split(/\$\{[^}]*\}/).map(part => part.replace(/[.]/g, '\\.'))
  return new RegExp(`^${parts.join('[a-z_]+')}$`)
})

describe('the catalogues', () => {
  it('have the same keys', () => {
    expect([...german.keys()]).toEqual([...english.keys()])
  })

  it('put the same values into each text', () => {
    for (const [key, text] of english) expect([key, places(german.get(key) ?? '')]).toEqual([key, places(text)])
  })

  it('have words behind every key', () => {
    for (const [key, text] of [...english, ...german]) expect(text.trim(), key).not.toBe('')
  })

  it('have every key that the pages ask for', () => {
    const known = new Set([...english.keys()].map(asked))
    const groups = new Set(Object.keys(en))
    const missing = [...literal].filter(
      key => groups.has(key.split('.')[0] ?? '') && !known.has(key) && !english.has(key),
    )
    expect(missing).toEqual([])
  })

  it('have no key that nothing asks for', () => {
    const unused = [...english.keys()].filter(key => {
      const name = asked(key)
      return (
        !literal.has(name) && !literal.has(key) && !patterns.some(pattern => pattern.test(name) || pattern.test(key))
      )
    })
    expect(unused).toEqual([])
  })
})
