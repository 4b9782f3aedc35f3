import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { KEPT, withLines } from '@/components/task/use-task-log'
import { TaskDrawer } from '@/features/tasks/task-drawer'
import { makeTask } from '@/lib/fixtures'
import { setDrawer } from '@/lib/task-drawer'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => {
  vi.unstubAllGlobals()
  setDrawer({ open: false, tab: 'tasks', task: null, bulk: null })
})

const failed = makeTask({
  id: 'task-2',
  guest_name: 'db-01',
  state: 'failed',
  detail: 'got timeout',
  may: { stop: false, log: false },
})

async function open(tasks = [makeTask(), failed]) {
  const calls = stubApi({
    'GET /tenants/t/tasks': { body: { tasks } },
    'GET /tenants/t/guests': { body: { guests: [], servers: [] } },
    'GET /tenants/t/tasks/task-1/log': {
      body: { lines: [{ number: 1, text: 'starting <b>VM</b>' }], next: 2, complete: true },
    },
    'POST /tenants/t/tasks/task-1/stop': { status: 202, body: makeTask({ state: 'stopped', stopped_by: 'Jane' }) },
  })
  await renderPage(<TaskDrawer tenant="t" slug="acme" me="Jane" bulk={null} bulkLine={null} />)
  await userEvent.click(screen.getByRole('button', { name: /^Tasks/ }))
  return calls
}

it('lists tasks with their results and leads to their guests', async () => {
  await open()
  const table = await screen.findByRole('table', { name: 'Tasks' })
  expect(within(table).getByText('got timeout')).toBeTruthy()
  expect(within(table).getByRole('link', { name: 'web-01' }).getAttribute('href')).toContain('/qemu/100')
  expect(within(table).getAllByText('You').length).toBeGreaterThan(0)
})

it('shows the log of a task as it stands there', async () => {
  await open()
  await userEvent.click(await screen.findByRole('button', { name: 'Start, web-01: details and log' }))
  expect((await screen.findByRole('log')).textContent).toContain('starting <b>VM</b>')
})

it('says who sees a log where the person does not', async () => {
  const calls = await open()
  await userEvent.click(await screen.findByRole('button', { name: 'Start, db-01: details and log' }))
  expect(await screen.findByText(/managers and administrators see it/)).toBeTruthy()
  expect(calls.some(call => call.path.endsWith('/log'))).toBe(false)
})

it('asks before it stops a task, and only what may be stopped', async () => {
  const calls = await open()
  const stops = await screen.findAllByRole('button', { name: /^Stop task/ })
  expect(stops).toHaveLength(1)
  await userEvent.click(stops[0] as HTMLElement)
  expect(document.activeElement).toBe(await screen.findByRole('button', { name: 'Cancel' }))
  await userEvent.click(screen.getByRole('button', { name: 'Stop task' }))
  await waitFor(() => expect(calls.some(call => call.path === '/tenants/t/tasks/task-1/stop')).toBe(true))
  expect((await screen.findAllByText('stopped by Jane')).length).toBeGreaterThan(0)
})

it('says what to do where there is nothing', async () => {
  await open([])
  expect(await screen.findByText(/What somebody does with a guest/)).toBeTruthy()
})

it('keeps a log that never ends within bounds', () => {
  const line = (number: number) => ({ number, text: `${number}` })
  const empty = { lines: [], dropped: 0, complete: false, loaded: false, error: null }
  const full = withLines(
    empty,
    Array.from({ length: KEPT }, (_, index) => line(index + 1)),
    false,
  )
  const more = withLines(full, [line(KEPT + 1), line(KEPT + 2)], false)
  expect(more.lines).toHaveLength(KEPT)
  expect(more.dropped).toBe(2)
  expect(more.lines.at(-1)?.number).toBe(KEPT + 2)
})
