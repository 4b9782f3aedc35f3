import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { PowerMenu } from '@/components/power/power-menu'
import { makeGuest } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const guest = makeGuest()
const ACTIONS = `POST /tenants/t/guests/${guest.server.id}/qemu/100/actions`

async function choose(action: string) {
  await userEvent.click(screen.getByRole('button', { name: 'Power of web-01' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: action }))
}

it('shuts down without a question', async () => {
  const calls = stubApi({ [ACTIONS]: { status: 202, body: { id: 'task' } } })
  await renderPage(<PowerMenu tenant="t" guest={guest} />)
  await choose('Shut down')
  await waitFor(() => expect(calls.map(call => call.body)).toEqual([{ action: 'shutdown' }]))
})

it('asks before it stops, with the focus on cancel', async () => {
  const calls = stubApi({ [ACTIONS]: { status: 202, body: { id: 'task' } } })
  await renderPage(<PowerMenu tenant="t" guest={guest} />)
  await choose('Stop')
  const cancel = await screen.findByRole('button', { name: 'Cancel' })
  expect(document.activeElement).toBe(cancel)
  expect(calls).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: 'Stop web-01' }))
  await waitFor(() => expect(calls.map(call => call.body)).toEqual([{ action: 'stop' }]))
})

it('keeps the question open with the reason when the server refuses', async () => {
  stubApi({
    [ACTIONS]: {
      status: 502,
      body: { code: 'pve_unreachable', detail: 'The server does not answer.', request_id: 'r-1' },
    },
  })
  await renderPage(<PowerMenu tenant="t" guest={guest} />)
  await choose('Reset')
  await userEvent.click(await screen.findByRole('button', { name: 'Reset web-01' }))
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('The server does not answer.')
  expect(alert.textContent).toContain('r-1')
})

it('does nothing for what the state does not allow', async () => {
  const calls = stubApi({})
  await renderPage(<PowerMenu tenant="t" guest={guest} />)
  await userEvent.click(screen.getByRole('button', { name: 'Power of web-01' }))
  const start = await screen.findByRole('menuitem', { name: 'Start' })
  expect(start.getAttribute('aria-disabled')).toBe('true')
  await userEvent.click(start)
  expect(calls).toEqual([])
})
