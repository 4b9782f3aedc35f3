import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { GuestPage } from '@/features/guest/guest-page'
import type { Guest, Tenant } from '@/lib/api/types'
import { makeGuest, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const guest = makeGuest({ ha_state: 'started' })
const ref = { server: guest.server.id, type: 'qemu', vmid: 100 } as const

function replies(one: Guest = guest) {
  const tenant = makeTenant()
  const base = `/tenants/${tenant.id}/guests/${guest.server.id}/qemu/100`
  return {
    [`GET ${base}`]: { body: one },
    [`GET /tenants/${tenant.id}/guests`]: { body: { guests: [one], servers: [], next_cursor: null } },
    [`GET /tenants/${tenant.id}/tasks`]: { body: { tasks: [] } },
    [`GET /tenants/${tenant.id}/favourites`]: { body: { guests: [] } },
  }
}

const onSearch = vi.fn()
const page = (tenant: Tenant = makeTenant(), access = true) => (
  <GuestPage
    tenant={tenant}
    slug="acme"
    guest={ref}
    search={{}}
    onSearch={onSearch}
    access={access ? one => <p>People of {one.name}</p> : undefined}
    consoles={() => null}
  />
)
const tabs = () => screen.getAllByRole('tab').map(tab => tab.textContent)

it('shows which guest it is, and all parts of it', async () => {
  stubApi(replies())
  await renderPage(page())
  expect(await screen.findByRole('heading', { level: 1, name: 'web-01' })).toBeTruthy()
  expect(screen.getByText('HA: started')).toBeTruthy()
  expect(screen.getByText('Frankfurt · fra-1')).toBeTruthy()
  expect(tabs()).toEqual(['Overview', 'Charts', 'Snapshots', 'Tasks', 'Configuration', 'Access', 'Consoles'])
  await userEvent.click(screen.getByRole('tab', { name: 'Snapshots' }))
  expect(onSearch).toHaveBeenCalledWith({ tab: 'snapshots' })
})

it('says nothing of the infrastructure to people of single guests', async () => {
  const { may } = makeTenant()
  stubApi(replies(makeGuest({ may: { console: true, watch: true, power: true, snapshot: false } })))
  const tenant = makeTenant({ may: { ...may, see_all_guests: false, see_servers: false, manage_members: false } })
  const { container } = await renderPage(page(tenant, false))
  await screen.findByRole('heading', { level: 1, name: 'web-01' })
  expect(tabs()).toEqual(['Overview', 'Charts', 'Tasks', 'Consoles'])
  expect(within(container).getByRole('button', { name: 'Shut down web-01' })).toBeTruthy()
  for (const word of ['Frankfurt', 'fra-1', 'VM', 'HA', 'production']) {
    expect(container.textContent).not.toContain(word)
  }
})

it('says that a guest is gone', async () => {
  stubApi({})
  await renderPage(page())
  expect(await screen.findByText('This guest is not here any more')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'All guests' })).toBeTruthy()
})
