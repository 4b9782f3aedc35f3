import { describe, expect, it } from 'vitest'
import {
  COLUMNS,
  chunksOf,
  type Fault,
  failedSheet,
  isYes,
  partsOf,
  readSheet,
  type Sheet,
  type SheetRow,
  TEMPLATE,
  writeSheet,
} from '@/features/server-import/sheet'

const HEAD = 'name,host,api_token'

function rowsOf(text: string): SheetRow[] {
  const sheet = readSheet(text)
  if ('code' in sheet) throw new Error(sheet.code)
  return sheet.rows
}

const fault = (text: string) => readSheet(text) as Fault
const names = (text: string) => rowsOf(text).map(row => [row.line, row.cells.name])

function makeRow(line: number, cells: Partial<SheetRow['cells']> = {}): SheetRow {
  const empty = Object.fromEntries(COLUMNS.map(column => [column, ''])) as SheetRow['cells']
  return { line, cells: { ...empty, name: `s${line}`, host: `h${line}.example.org`, api_token: 'x', ...cells } }
}

describe('reading', () => {
  it('understands what spreadsheets write: BOM, CRLF, semicolons, quotes, columns in any order', () => {
    const text =
      '\uFEFFHost;Comment;Name;API_Token\r\n"a.example.org";x;"Köln; Süd";t\r\n\r\n;;;\r\nb;;"say ""hi""";t\r\n'
    const sheet = readSheet(text) as Sheet
    expect(sheet.rows.map(row => [row.line, row.cells.name, row.cells.host])).toEqual([
      [2, 'Köln; Süd', 'a.example.org'],
      [5, 'say "hi"', 'b'],
    ])
    expect(sheet.unknown).toEqual(['comment'])
  })

  it('knows the line of each row, also after cells with more than one', () => {
    expect(names(`\n${HEAD}\n"a\nb\nc",h,t\n\nd,h,t\n"e",h,t`)).toEqual([
      [3, 'a\nb\nc'],
      [7, 'd'],
      [8, 'e'],
    ])
    expect(names(`${HEAD}\r\na,h,t\r\n\r\nb,h,t`)).toEqual([
      [2, 'a'],
      [4, 'b'],
    ])
  })

  it('takes tabs, and rows that are too short', () => {
    expect(rowsOf('name\thost\tapi_token\na\th').map(row => row.cells)).toEqual([
      { ...makeRow(2).cells, name: 'a', host: 'h', api_token: '' },
    ])
  })

  it('takes the apostrophe off again that keeps a cell from being run', () => {
    expect(names(`${HEAD}\n'=1+1,h,t\n'quoted',h,t`)).toEqual([
      [2, '=1+1'],
      [3, "'quoted'"],
    ])
  })

  it('says what is wrong with a text as a whole', () => {
    expect(fault('  \n')).toEqual({ code: 'empty' })
    expect(fault(HEAD)).toEqual({ code: 'empty' })
    expect(fault('Frankfurt,pve.example.org,8006')).toEqual({ code: 'no_header' })
    expect(fault('name,host\na,b')).toEqual({ code: 'no_column', columns: ['api_token'] })
    expect(rowsOf('name,tailscale_hostname,api_token\na,b,t')).toHaveLength(1)
    expect(fault(`${HEAD}\na,h,t\nb,"h,t\nc,h,t\n`)).toEqual({ code: 'quote', line: 3 })
    expect(fault(`${HEAD}\n${'a,h,t\n'.repeat(1001)}`)).toEqual({ code: 'too_many' })
    expect(rowsOf(`${HEAD}\n${'a,h,t\n'.repeat(1000)}`)).toHaveLength(1000)
  })

  it('leaves out rows that have nothing but strange columns', () => {
    expect(names(`${HEAD},remark\n,,,later\na,h,t,x`)).toEqual([[3, 'a']])
  })

  it('reads its own template', () => {
    expect(names(TEMPLATE)).toEqual([[2, 'Frankfurt']])
  })
})

describe('writing', () => {
  it('repeats the titles, and knows which row stands on which line', () => {
    const rows = [makeRow(7), makeRow(9, { name: 'two\nlines, "quoted"' }), makeRow(12, { port: '8007' })]
    const { csv, lines } = writeSheet(rows)
    expect(csv).toBe(
      'name,host,port,api_token\ns7,h7.example.org,,x\n"two\nlines, ""quoted""",h9.example.org,,x\ns12,h12.example.org,8007,x\n',
    )
    expect([...lines].map(([line, row]) => [line, row.line])).toEqual([
      [2, 7],
      [3, 9],
      [5, 12],
    ])
    expect(rowsOf(csv).map(row => lines.get(row.line))).toEqual(rows)
  })

  it('names the columns that must be there also where they are empty', () => {
    expect(writeSheet([makeRow(2, { name: '', api_token: '' })]).csv).toBe('name,host,api_token\n,h2.example.org,\n')
  })

  it('makes parts of a size and of a length', () => {
    const rows = Array.from({ length: 45 }, (_, index) => makeRow(index + 2))
    expect(chunksOf(rows, 20).map(part => part.length)).toEqual([20, 20, 5])
    expect(chunksOf(rows, 20).flat()).toEqual(rows)
    expect(chunksOf([], 20)).toEqual([])
    const parts = partsOf(rows, 500)
    expect(parts.flat()).toEqual(rows)
    for (const part of parts) expect(writeSheet(part).csv.length).toBeLessThan(700)
    expect(parts.length).toBeLessThan(10)
    expect(partsOf([makeRow(2, { name: 'x'.repeat(900) }), makeRow(3)], 500).map(part => part.length)).toEqual([1, 1])
  })

  it('gives failed rows back with their errors, and nothing that a spreadsheet would run', () => {
    const row = makeRow(4, { name: '=HYPERLINK("http://x")', host: '@host', port: '-1' })
    const csv = failedSheet([{ row, error: 'host: no' }])
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")","'@host","'-1",x`)
    expect(csv.split('\r\n')[0]).toBe(`${COLUMNS.join(',')},error`)
    const [again] = rowsOf(csv)
    expect(again?.cells).toEqual(row.cells)
  })
})

it('knows yes from no', () => {
  expect(['true', 'YES', '1', 'on'].map(cell => isYes(cell, false))).toEqual([true, true, true, true])
  expect(['false', 'no', '0', 'whatever'].map(cell => isYes(cell, true))).toEqual([false, false, false, false])
  expect([isYes('', true), isYes('', false)]).toEqual([true, false])
})
