import { describe, expect, it } from 'vitest'
import { formOf, planForm, planIn, problemOfPaths, rhythmOf } from '@/features/config-snapshots/plan-form'

describe('the paths of a plan', () => {
  it.each([
    ['', 'none'],
    ['cluster/options', 'not_a_path'],
    ['/cluster/../access', 'not_a_path'],
    ['/cluster//options', 'not_a_path'],
    ['/cluster options', 'not_a_path'],
    ['/a?b', 'not_a_path'],
    ['/pools\n/pools', 'twice'],
    [`/${'a'.repeat(300)}`, 'too_long'],
    [Array.from({ length: 51 }, (_, index) => `/p${index}`).join('\n'), 'too_many'],
  ])('%j are refused', (text, code) => {
    expect(problemOfPaths(text)?.code).toBe(code)
  })

  it('may have places, empty lines and spaces around', () => {
    expect(problemOfPaths('  /nodes/{node}/qemu/{vmid}/config \n\n/storage')).toBeNull()
  })
})

describe('how often', () => {
  it('is one of a few, or a number of hours', () => {
    expect([null, 24, 168, 5].map(rhythmOf)).toEqual(['hand', 'day', 'week', 'own'])
    const plan = formOf({ paths: ['/pools'], every_hours: 5, next_at: null, version: 1 })
    expect(planIn(plan)).toEqual({ paths: ['/pools'], every_hours: 5 })
    expect(planIn({ ...plan, rhythm: 'hand' }).every_hours).toBeNull()
    expect(planForm.safeParse({ ...plan, hours: '721' }).success).toBe(false)
    expect(planForm.safeParse({ ...plan, rhythm: 'day', hours: '' }).success).toBe(true)
  })
})
