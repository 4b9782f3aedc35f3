import { describe, expect, it } from 'vitest'
import { jsonHint, jsonRows } from '@/lib/json-rows'

describe('a JSON value as rows', () => {
  const value = [{ vmid: 100, tags: ['web'] }, 'text', []]

  it('has only what is open', () => {
    expect(jsonRows(value, () => false).map(row => row.id)).toEqual(['/0', '/1', '/2'])
    expect(jsonRows(value, id => id === '/0').map(row => row.id)).toEqual(['/0', '/0/vmid', '/0/tags', '/1', '/2'])
  })

  it('has nothing to open where nothing is inside', () => {
    const [object, text, empty] = jsonRows(value, () => false)
    expect([object?.open, text?.open, empty?.open]).toEqual([false, undefined, undefined])
  })

  it('is empty for a single value', () => {
    expect(jsonRows('text', () => true)).toEqual([])
    expect(jsonRows(null, () => true)).toEqual([])
  })

  it('names a part by what tells it from the others', () => {
    expect(jsonHint({ status: 'running', vmid: 100 })).toBe('100')
    expect(jsonHint({ status: 'running' })).toBeNull()
    expect(jsonHint([1])).toBeNull()
  })
})
