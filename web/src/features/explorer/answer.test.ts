import { describe, expect, it } from 'vitest'
import { readAnswer, sortRows, tableOf, wordOf } from '@/features/explorer/answer'

describe('what PVE said', () => {
  it('is taken out of its envelope', () => {
    expect(readAnswer({ body: '{"data":[1]}' })).toEqual({ data: [1], message: null, errors: [], isJson: true })
    expect(readAnswer({ body: '{"data":null,"message":"no\\n","errors":{"vmid":"wrong"}}' })).toEqual({
      data: null,
      message: 'no',
      errors: [['vmid', 'wrong']],
      isJson: true,
    })
  })

  it('may be no JSON at all', () => {
    expect(readAnswer({ body: '<html>' }).isJson).toBe(false)
    expect(readAnswer({ body: '' }).isJson).toBe(false)
  })

  it('is a table where it is a list of things', () => {
    expect(
      tableOf([
        { cpu: 1, vmid: 100 },
        { vmid: 101, name: 'web', cpu: 2 },
      ])?.columns,
    ).toEqual(['vmid', 'name', 'cpu'])
    expect(tableOf([])).toBeNull()
    expect(tableOf([1])).toBeNull()
    expect(tableOf({ a: 1 })).toBeNull()
  })
})

describe('the rows of a table', () => {
  const rows = [{ n: 10, name: 'web-10' }, { n: 9, name: 'web-9' }, { name: 'db' }]

  it('are sorted by size, and words with the numbers in them', () => {
    expect(sortRows(rows, { column: 'n', down: false }, 'en').map(row => row.n)).toEqual([9, 10, undefined])
    expect(sortRows(rows, { column: 'n', down: true }, 'en').map(row => row.n)).toEqual([10, 9, undefined])
    expect(sortRows(rows, { column: 'name', down: false }, 'en').map(row => row.name)).toEqual([
      'db',
      'web-9',
      'web-10',
    ])
  })

  it('show what is nested in one line', () => {
    expect([wordOf(null), wordOf(0), wordOf({ a: 1 })]).toEqual(['', '0', '{"a":1}'])
  })
})
