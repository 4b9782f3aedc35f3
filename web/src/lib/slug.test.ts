import { expect, it } from 'vitest'
import { SLUG, slugOf } from '@/lib/slug'

it.each([
  ['Höhere Schule, Köln!', 'hoehere-schule-koeln'],
  ['  Acme  Hosting ', 'acme-hosting'],
  ['日本', ''],
  ['x', ''],
  ['a'.repeat(60), 'a'.repeat(40)],
  [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
])('"%s" becomes "%s"', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})

it('knows what a short name is', () => {
  expect(['ab', 'a-b', '2024'].every(text => SLUG.test(text))).toBe(true)
  expect(['a', '-ab', 'ab-', 'Ab', 'a b', 'a'.repeat(41)].some(text => SLUG.test(text))).toBe(false)
})
