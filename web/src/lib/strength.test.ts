import { expect, it } from 'vitest'
import { strengthOf } from '@/lib/strength'

it.each([
  ['', 'short'],
  ['ninechars', 'short'],
  ['qzkvbmwxjp', 'fair'],
  ['aaaaaaaaaaaaaaaa', 'weak'],
  ['123456789012', 'weak'],
  ['passwordpassword', 'weak'],
  ['correct horse', 'fair'],
  ['correct horse battery', 'good'],
  ['ümläute zählen auch mit', 'good'],
])('"%s" is %s', (password, strength) => {
  expect(strengthOf(password)).toBe(strength)
})

it('does not count the words of the form itself', () => {
  expect(strengthOf('acme hosting jane', ['Jane Doe', 'jane@acme.org', 'Acme Hosting'])).toBe('weak')
})
