import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { DEFAULT_COLUMNS } from '@/features/guests/columns'
import { defaultView } from '@/features/guests/list-choice'
import { lookOf } from '@/features/guests/look'
import { ViewsMenu } from '@/features/guests/views-menu'
import type { SavedView } from '@/lib/api/types'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => {
  vi.unstubAllGlobals()
  localStorage.clear()
})

const look = lookOf('tag:web', '-cpu', { layout: 'table', columns: DEFAULT_COLUMNS }, 1193)
const mine: SavedView = { ...look, id: 'v1', name: 'Mine', version: 3, created_at: '2026-01-01T00:00:00Z' }

async function show(current: string | undefined, now = look, replies: Parameters<typeof stubApi>[0] = {}) {
  const calls = stubApi({ 'GET /tenants/t/views': { body: { views: [mine] } }, ...replies })
  const told = { onView: vi.fn(), onGone: vi.fn() }
  await renderPage(<ViewsMenu tenant="t" me="me" current={current} look={now} {...told} />)
  await userEvent.click(await screen.findByRole('button', { name: current ? /Mine/ : 'Views' }))
  return { calls, ...told }
}

const choose = async (name: string) => userEvent.click(await screen.findByRole('menuitem', { name }))

it('opens a view, and all guests again', async () => {
  const { onView } = await show(undefined)
  await userEvent.click(await screen.findByRole('menuitemradio', { name: 'Mine' }))
  expect(onView).toHaveBeenLastCalledWith(mine)
})

it('keeps how the list looks now under a name', async () => {
  const { calls, onView } = await show(undefined, look, { 'POST /tenants/t/views': { status: 201, body: mine } })
  await choose('Save as a new view…')
  await userEvent.click(await screen.findByRole('button', { name: 'Save view' }))
  expect((await screen.findByRole('alert')).textContent).toBe('1 to 60 characters.')
  await userEvent.type(screen.getByLabelText('Name'), ' Mine {Enter}')
  await waitFor(() => expect(onView).toHaveBeenLastCalledWith(mine))
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({ ...look, name: 'Mine' })
})

it('says that a name is taken, where it was typed', async () => {
  await show(undefined, look, { 'POST /tenants/t/views': { status: 409, body: { code: 'duplicate', detail: '' } } })
  await choose('Save as a new view…')
  await userEvent.type(await screen.findByLabelText('Name'), 'Mine{Enter}')
  expect((await screen.findByRole('alert')).textContent).toBe('You have a view of this name already.')
  expect(screen.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true')
})

it('saves what has changed, and nothing where nothing has', async () => {
  const update = { 'PUT /tenants/t/views/v1': { body: { ...mine, version: 4 } } }
  const { calls } = await show('v1', { ...look, filter: 'tag:db' }, update)
  await choose('Save the changes')
  await waitFor(() => expect(calls.find(call => call.method === 'PUT')?.body).toMatchObject({ filter: 'tag:db' }))
  expect(calls.find(call => call.method === 'PUT')?.ifMatch).toBe('"3"')
})

it('has nothing to save in a view that looks as it was kept', async () => {
  const { calls } = await show('v1')
  const save = await screen.findByRole('menuitem', { name: 'Save the changes' })
  expect(save.getAttribute('aria-disabled')).toBe('true')
  await userEvent.click(save)
  expect(calls.some(call => call.method === 'PUT')).toBe(false)
})

it('opens the list with it, until it is deleted', async () => {
  const { onGone } = await show('v1', look, { 'DELETE /tenants/t/views/v1': { status: 204 } })
  await userEvent.click(await screen.findByRole('menuitemcheckbox', { name: 'Open the list with it' }))
  expect(defaultView('me', 't')).toBe('v1')
  await choose('Delete…')
  const cancel = await screen.findByRole('button', { name: 'Cancel' })
  await waitFor(() => expect(document.activeElement).toBe(cancel))
  await userEvent.click(screen.getByRole('button', { name: 'Delete Mine' }))
  await waitFor(() => expect(onGone).toHaveBeenCalled())
  expect(defaultView('me', 't')).toBeNull()
})
