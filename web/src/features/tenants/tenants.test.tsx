import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { TenantSelectorPage } from '@/features/tenants/tenant-selector-page'
import { TenantSwitcher } from '@/features/tenants/tenant-switcher'
import type { Me, MyTenant } from '@/lib/api/types'
import { renderPage } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const makeTenant = (slug: string, values: Partial<MyTenant> = {}): MyTenant => ({
  id: slug,
  slug,
  name: slug.toUpperCase(),
  role: 'viewer',
  is_active: true,
  ...values,
})

function makeMe(tenants: MyTenant[], user: Partial<Me['user']> = {}): Me {
  return {
    user: {
      id: 'u',
      email: 'jane@example.org',
      full_name: 'Jane',
      company: '',
      verified: true,
      system_role: 'user',
      language: 'en',
      theme: 'system',
      ...user,
    },
    tenants,
    mail: true,
  }
}

const closed = makeTenant('closed', { is_active: false })
const mine = makeTenant('mine', { is_active: false, role: 'admin' })

it('marks what is deactivated, and lets only its administrators in', async () => {
  await renderPage(<TenantSelectorPage me={makeMe([makeTenant('acme'), closed, mine])} onSignOut={vi.fn()} />)
  expect(screen.getAllByText('Deactivated')).toHaveLength(2)
  expect(screen.getByRole('link', { name: /ACME/ }).getAttribute('href')).toBe('/t/acme')
  expect(screen.getByRole('link', { name: /MINE/ })).toBeTruthy()
  expect(screen.queryByRole('link', { name: /CLOSED/ })).toBeNull()
})

it('says that all are closed, instead of asking where to go', async () => {
  await renderPage(<TenantSelectorPage me={makeMe([closed])} onSignOut={vi.fn()} />)
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Your tenant is closed')
  expect(screen.queryByRole('link', { name: /CLOSED/ })).toBeNull()
})

it('tells people of no tenant what to do', async () => {
  await renderPage(<TenantSelectorPage me={makeMe([], { verified: false })} onSignOut={vi.fn()} />)
  expect(screen.getByText(/add jane@example.org/)).toBeTruthy()
  expect(screen.getByText(/not verified yet/)).toBeTruthy()
  expect(screen.queryByRole('link', { name: /System administration/ })).toBeNull()
})

it('leads system administrators to their pages, also without a tenant', async () => {
  await renderPage(<TenantSelectorPage me={makeMe([], { system_role: 'admin' })} onSignOut={vi.fn()} />)
  expect(screen.getByRole('link', { name: /System administration/ }).getAttribute('href')).toBe('/system/users')
})

it('is no menu for people with one place, and has the administration for those who may', async () => {
  const acme = makeTenant('acme')
  const page = await renderPage(<TenantSwitcher me={makeMe([acme])} current={acme} compact={false} />)
  expect(screen.queryByRole('button')).toBeNull()
  page.unmount()
  const admin = makeMe([acme, closed], { system_role: 'admin' })
  await renderPage(<TenantSwitcher me={admin} current={acme} compact={false} />)
  await userEvent.click(screen.getByRole('button', { name: 'ACME, switch tenant' }))
  expect(await screen.findByRole('menuitem', { name: /System administration/ })).toBeTruthy()
  expect(screen.getByRole('menuitem', { name: /CLOSED/ }).textContent).toContain('Deactivated')
})
