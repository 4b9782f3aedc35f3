// Every state of the console page that is not the picture: it says why, and offers the one thing that helps.

import { expect } from '@playwright/test'
import { consolePath, expectLive } from '../support/console.ts'
import { t } from '../support/texts.ts'
import { assigned, guestsOf, signIn, test } from '../support/world.ts'

test('a stopped guest is started from its console', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'start')
  await page.goto(world.nexus.origin + consolePath(tenant, guest))
  await expect(page.getByRole('heading', { name: t('console.stopped', { name: guest.name }) })).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/console-stopped.png' })
  await page.getByRole('button', { name: t('console.start', { name: guest.name }) }).click()
  await expectLive(page, guest)
})

test('a console that one may not open says so', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const watched = assigned(world, guests, 'watch')
  await page.goto(world.nexus.origin + consolePath(tenant, watched))
  await expect(page.getByRole('heading', { name: t('reason.forbidden.title') })).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/console-forbidden.png' })
  await page.goto(world.nexus.origin + consolePath(tenant, { ...watched, vmid: 999_999 }))
  await expect(page.getByRole('heading', { name: t('reason.not_found.title') })).toBeVisible()
})

test('a server that cannot be reached is waited for', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'work')
  await world.simulator.refuseConnections()
  await page.goto(world.nexus.origin + consolePath(tenant, guest))
  await expect(page.getByRole('heading', { name: t('reason.pve_unreachable.title') })).toBeVisible({ timeout: 40_000 })
  await page.screenshot({ path: 'test-results/pages/console-unreachable.png' })
  await world.simulator.clearFaults()
  await expectLive(page, guest)
})

test('signing out elsewhere ends an open console at once', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'work')
  await page.goto(world.nexus.origin + consolePath(tenant, guest))
  await expectLive(page, guest)
  const left = await page.request.post(`${world.nexus.origin}/api/v1/sign-out`, { headers: { origin: world.nexus.origin } })
  expect(left.status()).toBe(204)
  await expect(page.getByRole('heading', { name: t('reason.signed_out.title') })).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/console-signed-out.png' })
})

test('a person who may no longer use it loses an open console at once', async ({ page, world }) => {
  const manager = world.person('manager')
  await signIn(page, world.nexus.origin, manager)
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = guests.find(({ status, type, template }) => status === 'running' && type === 'qemu' && !template)
  if (!guest) throw new Error('no guest runs')
  await page.goto(world.nexus.origin + consolePath(tenant, guest))
  await expectLive(page, guest)
  // Another process on the same data, as an operator would.
  await world.nexus.command('user', 'disable', manager.email)
  await expect(page.getByRole('heading', { name: t('reason.revoked.title') })).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/console-revoked.png' })
  await world.nexus.command('user', 'enable', manager.email)
})
