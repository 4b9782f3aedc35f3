import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { BulkBar } from '@/features/guests/bulk-bar'
import type { Guest } from '@/lib/api/types'
import { makeGuest } from '@/lib/fixtures'
import { renderPage } from '@/lib/test-render'

const running = makeGuest({ max_cpu: 4, max_memory_bytes: 8 * 1024 ** 3, max_disk_bytes: 32 * 1024 ** 3 })
const stopped = { ...running, vmid: 101, status: 'stopped', actions: ['start'] } satisfies Guest

async function show(guests: Guest[], hidden = 0) {
  const actions = { power: vi.fn(), onlyShown: vi.fn(), clear: vi.fn() }
  await renderPage(<BulkBar guests={guests} hidden={hidden} actions={actions} />)
  return actions
}

it('says what is selected and what it comes to', async () => {
  await show([running, stopped])
  expect(screen.getByRole('status').textContent).toBe('2 selected')
  expect(screen.getByText('8 cores · 16 GiB memory · 64 GiB disk')).toBeTruthy()
})

it('acts on all of them, and says how many can', async () => {
  const { power } = await show([running, stopped, { ...stopped, vmid: 102 }])
  await userEvent.click(screen.getByRole('button', { name: 'Start 2' }))
  expect(power).toHaveBeenLastCalledWith('start', expect.arrayContaining([running]))
  await userEvent.click(screen.getByRole('button', { name: 'More actions for the selection' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: /^Stop/ }))
  expect(power.mock.lastCall?.[0]).toBe('stop')
})

it('offers nothing that none of them can do', async () => {
  const { power } = await show([stopped])
  const shutdown = screen.getByRole<HTMLButtonElement>('button', { name: 'Shut down' })
  expect(shutdown.disabled).toBe(true)
  expect(screen.getByRole('note').getAttribute('aria-label')).toBe('None of the selected guests can do this now.')
  expect(power).not.toHaveBeenCalled()
})

it('warns of those that the filter hides, and lets them go', async () => {
  const { onlyShown } = await show([running, stopped], 1)
  expect(screen.getByRole('status').textContent).toContain('1 of them not shown')
  await userEvent.click(screen.getByRole('button', { name: 'Only those shown' }))
  expect(onlyShown).toHaveBeenCalled()
})

it('takes no more than one request does', async () => {
  const many = Array.from({ length: 1001 }, (_, index) => ({ ...running, vmid: 100 + index }))
  await show(many)
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Shut down' }).disabled).toBe(true)
  expect(screen.getAllByRole('note')[0]?.getAttribute('aria-label')).toContain('At most 1000 guests at once')
})
