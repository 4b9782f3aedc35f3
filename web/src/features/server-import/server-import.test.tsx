import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ServerImportSheet } from '@/features/server-import/server-import-sheet'
import { ServerTools } from '@/features/server-import/server-tools'
import { makeTenant } from '@/lib/fixtures'
import * as files from '@/lib/save-file'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

const SECRET = '1b4e28ba-2fa1-11d2-883f-0016d3cca427'
const HEAD = 'name,host,api_token\n'
const sheetOf = (names: string[]) =>
  HEAD + names.map(name => `${name},${name}.example.org,n@pve!b=${SECRET}\n`).join('')

beforeEach(() => {
  // The table draws what is in sight, so something must be.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

type Sent = { csv: string; dry_run: boolean }

/** Refuses names that begin with "bad" when looking, and those with "late" when importing. */
function answer({ body }: Call) {
  const { csv, dry_run } = body as Sent
  const rows = csv
    .trim()
    .split('\n')
    .slice(1)
    .map((text, index) => {
      const [name = '', host = ''] = text.split(',')
      const wrong = name.startsWith('bad') || (!dry_run && name.startsWith('late'))
      const errors = wrong ? [{ field: 'host', code: 'invalid', detail: 'no' }] : []
      return { line: index + 2, name, host, outcome: wrong ? 'error' : 'create', errors }
    })
  return { body: { rows, used: 3, limit: 50, done: !dry_run } }
}

const PATH = 'POST /tenants/t/servers/import'
const sent = (calls: Call[], dry: boolean) =>
  calls.map(call => call.body as Sent).filter(body => body && body.dry_run === dry)
const linesOf = (csv: string | undefined) => (csv ?? '').trim().split('\n')
const rowOf = (name: string) => screen.getByText(name).closest('tr') as HTMLElement

async function preview(names: string[]) {
  await renderPage(<ServerImportSheet tenant="t" onClose={vi.fn()} />)
  await userEvent.click(screen.getByLabelText('Or paste the rows'))
  await userEvent.paste(sheetOf(names))
  await userEvent.click(screen.getByRole('button', { name: 'Preview' }))
}

it('shows what the rows would do, their slots and their errors, but no token, before anything is stored', async () => {
  const calls = stubApi({ [PATH]: answer })
  await preview(['a', 'bad', 'c'])
  expect(await screen.findByText('2 servers can be imported.')).toBeTruthy()
  expect(screen.getByText('1 row has an error and is left out.')).toBeTruthy()
  expect(screen.getByText('3 of 50 server slots used, 5 after the import')).toBeTruthy()
  expect(within(rowOf('bad')).getByText(/without https/)).toBeTruthy()
  expect(within(rowOf('bad')).getByText('3')).toBeTruthy()
  expect(document.body.textContent).not.toContain(SECRET)
  expect(sent(calls, false)).toEqual([])
})

it('imports in parts of twenty, and a row that is refused leaves the others', async () => {
  const calls = stubApi({ [PATH]: answer })
  const names = Array.from({ length: 44 }, (_, index) => `s${index}`)
  names[3] = 'bad'
  names[25] = 'late'
  await preview(names)
  await userEvent.click(await screen.findByRole('button', { name: 'Import 43 servers' }))
  expect(await screen.findByText('42 servers were imported.')).toBeTruthy()
  expect(screen.getByText('2 rows failed.')).toBeTruthy()
  const parts = sent(calls, false).map(({ csv }) => linesOf(csv))
  expect(parts.map(lines => lines.length - 1)).toEqual([20, 20, 3])
  expect(new Set(parts.map(lines => lines[0]))).toEqual(new Set(['name,host,api_token']))
  expect(parts.flat().filter(line => line.startsWith('bad'))).toEqual([])
  await userEvent.click(screen.getByLabelText(/Failed/))
  expect(within(rowOf('late')).getByText('27')).toBeTruthy()
  expect(within(rowOf('bad')).getByText('5')).toBeTruthy()
  expect(screen.queryByText('s0')).toBeNull()
})

it('gives the failed rows back as a file', async () => {
  stubApi({ [PATH]: answer })
  const save = vi.spyOn(files, 'saveFile').mockReturnValue()
  await preview(['a', 'late-1'])
  await userEvent.click(await screen.findByRole('button', { name: 'Import 2 servers' }))
  await screen.findByText('1 server was imported.')
  await userEvent.click(screen.getByRole('button', { name: 'Download failed rows' }))
  const csv = save.mock.calls[0]?.[1] ?? ''
  expect(csv.split('\r\n')).toHaveLength(3)
  expect(csv).toContain(`late-1,late-1.example.org,,n@pve!b=${SECRET}`)
  expect(csv).toContain('host: A host name')
})

it('stops after the part that is on its way, and goes on from there', async () => {
  let release: () => void = () => undefined
  let asked = 0
  stubApi({ [PATH]: answer })
  const plain = globalThis.fetch
  vi.stubGlobal('fetch', async (request: Request) => {
    asked += 1
    if (asked === 2) await new Promise<void>(resolve => (release = resolve))
    return plain(request)
  })
  await preview(Array.from({ length: 30 }, (_, index) => `s${index}`))
  await userEvent.click(await screen.findByRole('button', { name: 'Import 30 servers' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Stop' }))
  release()
  expect(await screen.findByText('10 rows were not tried.')).toBeTruthy()
  expect(screen.getByText('20 servers were imported.')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(await screen.findByText('30 servers were imported.')).toBeTruthy()
  expect(asked).toBe(3)
})

it('stands still when Nexus does not answer, and loses nothing', async () => {
  let down = true
  const calls = stubApi({
    [PATH]: call => (down && !(call.body as Sent).dry_run ? { status: 500, body: { code: 'internal' } } : answer(call)),
  })
  await preview(['a', 'b'])
  await userEvent.click(await screen.findByRole('button', { name: 'Import 2 servers' }))
  expect(await screen.findByRole('alert')).toBeTruthy()
  expect(screen.getByText('2 rows were not tried.')).toBeTruthy()
  down = false
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(await screen.findByText('2 servers were imported.')).toBeTruthy()
  expect(sent(calls, false)).toHaveLength(2)
})

it('says what is wrong with a text before it asks anybody', async () => {
  const calls = stubApi({})
  await renderPage(<ServerImportSheet tenant="t" onClose={vi.fn()} />)
  await userEvent.click(screen.getByRole('button', { name: 'Preview' }))
  expect(await screen.findByText('There are no rows in it.')).toBeTruthy()
  await userEvent.click(screen.getByLabelText('Or paste the rows'))
  await userEvent.paste('name,host\na,b')
  await userEvent.click(screen.getByRole('button', { name: 'Preview' }))
  expect(await screen.findByText('Columns are missing: api_token.')).toBeTruthy()
  expect(calls).toEqual([])
})

it('looks at a file right away, also at one of Windows', async () => {
  const calls = stubApi({ [PATH]: answer })
  await renderPage(<ServerImportSheet tenant="t" onClose={vi.fn()} />)
  const bytes = Uint8Array.from(`${HEAD}K\u00f6ln,h,n@pve!b=${SECRET}`, letter => letter.charCodeAt(0))
  await userEvent.upload(screen.getByLabelText('Choose a file', { selector: 'input' }), new File([bytes], 's.csv'))
  expect(await screen.findByText('Köln')).toBeTruthy()
  await waitFor(() => expect(sent(calls, true)).toHaveLength(1))
})

it('offers import to those who may, and the export to all who see servers', async () => {
  const tenant = makeTenant()
  const page = await renderPage(<ServerTools tenant={tenant} />)
  expect(screen.getByRole('link', { name: 'Export CSV' }).getAttribute('href')).toBe('/api/v1/tenants/t/servers/export')
  await userEvent.click(screen.getByRole('button', { name: 'Import CSV' }))
  expect(await screen.findByRole('dialog', { name: 'Import servers' })).toBeTruthy()
  page.unmount()
  await renderPage(<ServerTools tenant={{ ...tenant, may: { ...tenant.may, manage_servers: false } }} />)
  expect(screen.queryByRole('button', { name: 'Import CSV' })).toBeNull()
})

it('waits when there were too many new servers, and tries those rows again', async () => {
  let full = true
  const calls = stubApi({
    [PATH]: call => {
      const reply = answer(call)
      const { dry_run } = call.body as Sent
      if (dry_run || !full) return reply
      const [, second] = reply.body.rows
      if (second) {
        second.outcome = 'error'
        second.errors = [{ field: 'name', code: 'too_many_tests', detail: 'later' }]
      }
      return reply
    },
  })
  await preview(['a', 'b'])
  await userEvent.click(await screen.findByRole('button', { name: 'Import 2 servers' }))
  expect(await screen.findByText('1 row was not tried.')).toBeTruthy()
  expect(screen.getByText('1 server was imported.')).toBeTruthy()
  full = false
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(await screen.findByText('2 servers were imported.')).toBeTruthy()
  expect(linesOf(sent(calls, false)[1]?.csv)).toHaveLength(2)
})
