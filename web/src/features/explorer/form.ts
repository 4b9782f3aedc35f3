import type { PveMethod, PveMethodInfo, PveParam, PveParameter, PvePath } from '@/lib/api/types'

/** What a call is made of: what a value may be, how a path is filled in, and how a call from before finds its form again. */

/** Values as they are typed, by the name that is sent. An array has one part in each line. */
export type Values = Readonly<Record<string, string>>

export type ValueProblem = {
  code: 'missing' | 'masked' | 'not_integer' | 'not_number' | 'too_small' | 'too_large' | 'too_long' | 'no_slash'
  limit?: number
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text)

/** Why PVE would refuse the value, by what its schema says; `null` where nothing speaks against it. */
export function problemOf(spec: PveParameter, text: string, isLast = false): ValueProblem | null {
  const value = text.trim()
  // A text may well be empty where it can be left out, a number or a part of a path not.
  if (value === '') return spec.optional && spec.type === 'string' ? null : { code: 'missing' }
  if (spec.in_path && (/^\.\.?$|[\\%?#]/.test(value) || (!isLast && value.includes('/')))) return { code: 'no_slash' }
  if (spec.type === 'integer' && !/^-?\d+$/.test(value)) return { code: 'not_integer' }
  if (spec.type === 'number' && !isNumber(value)) return { code: 'not_number' }
  if (isNumber(value) && (spec.type === 'integer' || spec.type === 'number')) {
    const { minimum, maximum } = spec
    if (minimum != null && Number(value) < minimum) return { code: 'too_small', limit: minimum }
    if (maximum != null && Number(value) > maximum) return { code: 'too_large', limit: maximum }
  }
  if (spec.max_length != null && text.length > spec.max_length) return { code: 'too_long', limit: spec.max_length }
  return null
}

/** Longer ones are not tried: the pattern comes from the server, and must not keep the page busy. */
const TRIED = 64
const REPEATED_GROUP = /\)[*+{]/
const ENDLESS = /[*+]|\{\d+,\}/g

/**
 * Whether the value does not look as the schema's pattern says. PVE writes its patterns for Perl, so this only warns; and
 * patterns that could take forever are left to PVE.
 */
export function looksOdd({ pattern }: PveParameter, text: string): boolean {
  if (!pattern || text === '' || text.length > TRIED || pattern.length > 200) return false
  if (REPEATED_GROUP.test(pattern) || /\\\d/.test(pattern) || (pattern.match(ENDLESS) ?? []).length > 3) return false
  try {
    return !new RegExp(`^(?:${pattern})$`).test(text)
  } catch {
    return false
  }
}

const PLACE = /\{([^{}/]+)\}/g

export function placesOf(template: string): string[] {
  return [...template.matchAll(PLACE)].map(match => match[1] ?? '')
}

/** The path with its values; a place without one stays as it is. */
export function fillPath(template: string, values: Values): string {
  return template.replace(PLACE, (whole, name: string) => values[name]?.trim() || whole)
}

/** A path as it stands in an address: each part of it encoded. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** `net[n]` stands for net0, net1 and so on. */
export const isNumbered = (name: string) => name.endsWith('[n]')
const numberedName = (name: string, number: number | string) => name.replace(/\[n\]$/, String(number))

/** What the schema says about a name as it is sent. */
export function specOf({ parameters }: Pick<PveMethodInfo, 'parameters'>, name: string): PveParameter | undefined {
  const general = name.replace(/\d+$/, '[n]')
  return parameters.find(spec => spec.name === name) ?? parameters.find(spec => spec.name === general)
}

/** The first name that is still free: `net[n]` becomes net0, then net1. */
export function freeName(spec: PveParameter, taken: readonly string[]): string {
  if (!isNumbered(spec.name)) return spec.name
  let number = 0
  while (taken.includes(numberedName(spec.name, number))) number += 1
  return numberedName(spec.name, number)
}

/** What a field begins with. */
export function firstValue(spec: PveParameter): string {
  if (spec.type === 'boolean') return spec.default === '1' ? '0' : '1'
  return ''
}

/** What is sent beside the path: what must be there, then what was chosen. */
export function paramsOf(info: PveMethodInfo, chosen: readonly string[], values: Values): PveParam[] {
  return namesOf(info, chosen).flatMap(name => {
    const value = values[name] ?? ''
    if (specOf(info, name)?.type !== 'array') return [{ name, value }]
    const parts = value.split('\n').filter(part => part.trim() !== '')
    return parts.map(part => ({ name, value: part }))
  })
}

/** The names of the fields under the path. */
export function namesOf({ parameters }: PveMethodInfo, chosen: readonly string[]): string[] {
  const required = parameters.filter(spec => !spec.in_path && !spec.optional).map(spec => numberedName(spec.name, 0))
  return [...required, ...chosen.filter(name => !required.includes(name))]
}

/** The path of the schema that a filled-in one was made of, with the values; the one with the fewest places wins. */
export function templateOf(paths: readonly PvePath[], filled: string): { path: string; values: Values } | null {
  const parts = filled.split('/')
  let best: { path: string; values: Values; places: number } | null = null
  for (const { path } of paths) {
    const wanted = path.split('/')
    // The last place takes what follows, slashes and all: the names of volumes have them.
    const tail = wanted.at(-1)?.startsWith('{') ? parts.slice(wanted.length - 1).join('/') : null
    if (tail === null ? wanted.length !== parts.length : wanted.length > parts.length) continue
    const values: Record<string, string> = {}
    const fits = wanted.every((want, index) => {
      const part = index === wanted.length - 1 && tail !== null ? tail : (parts[index] ?? '')
      if (!want.startsWith('{')) return want === part
      values[want.slice(1, -1)] = part
      return part !== ''
    })
    const places = Object.keys(values).length + (wanted.length < parts.length ? 100 : 0)
    if (fits && (!best || places < best.places)) best = { path, values, places }
  }
  return best && { path: best.path, values: best.values }
}

/** Names whose values are secret: they are typed unseen, and calls from before have only a mask of them. */
const SECRET = /passw|secret|^(key|token|private|otp)$/i
export const isSecret = (name: string) => SECRET.test(name)
export const isMask = (value: string) => /^(\*{3,}|•+|\[masked\])$/.test(value)

export const METHODS: readonly PveMethod[] = ['GET', 'POST', 'PUT', 'DELETE']

/** Reading first. */
export function byMethod(methods: readonly PveMethodInfo[]): PveMethodInfo[] {
  return [...methods].sort((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method))
}
