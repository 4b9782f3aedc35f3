import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { PlainCard } from '@/features/guests/plain-card'
import type { Guest } from '@/lib/api/types'
import { makeGuest } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

async function show(guest: Guest) {
  const actions = { select: vi.fn(), favourite: vi.fn(), access: undefined }
  await renderPage(<PlainCard tenant="t" slug="acme" guest={guest} busy={false} favourite={false} actions={actions} />)
  return actions
}

it('says nothing of where a guest runs', async () => {
  await show(makeGuest({ lock: 'backup', ha_state: 'started' }))
  const card = screen.getByRole('article', { name: 'web-01' })
  expect(card.textContent).toContain('Running')
  expect(card.textContent).toContain('busy at the moment')
  for (const word of ['Frankfurt', 'fra-1', '100', 'backup', 'HA', 'production', 'VM']) {
    expect(card.textContent).not.toContain(word)
  }
})

it('starts what does not run, and shuts down what does', async () => {
  const guest = makeGuest({ status: 'stopped', actions: ['start'] })
  const path = `POST /tenants/t/guests/${guest.server.id}/qemu/100/actions`
  const calls = stubApi({ [path]: { status: 202, body: { id: 'task' } } })
  await show(guest)
  expect(screen.queryByRole('button', { name: /Shut down/ })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Start web-01' }))
  await waitFor(() => expect(calls.find(call => call.method === 'POST')?.body).toEqual({ action: 'start' }))
})

it('has no switches for those who may not use them', async () => {
  await show(makeGuest({ may: { console: false, watch: true, power: false, snapshot: false } }))
  expect(screen.getByRole('button', { name: 'Watch web-01' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: /Shut down|Start|Power/ })).toBeNull()
})

it('says why it cannot be switched now', async () => {
  await show(makeGuest({ status: 'unknown', actions: [] }))
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start web-01' }).disabled).toBe(true)
  expect(screen.getByRole('note').getAttribute('aria-label')).toBe('Not possible now (state: Unknown).')
})
