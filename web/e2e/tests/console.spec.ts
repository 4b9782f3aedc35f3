// The product's main job: a guest's console in the browser, through Nexus, with a real QEMU guest behind it.

import { expect, type Page } from '@playwright/test'
import { consolePath, expectLive, picture, type } from '../support/console.ts'
import { t } from '../support/texts.ts'
import { assigned, type Guest, guestsOf, signIn, test, type World } from '../support/world.ts'

/** Opens the console from the list of guests, as a person does: in a page of its own. */
async function openFromList(page: Page, guest: Guest): Promise<Page> {
  const opened = page.context().waitForEvent('page')
  await page.getByRole('button', { name: `${t('guest.console')} ${guest.name}` }).click()
  return await opened
}

async function expectOnScreen(world: World, guest: Guest, text: string): Promise<void> {
  await expect
    .poll(() => world.simulator.screen(guest.vmid), { message: `${text} is on the guest's screen` })
    .toContain(text)
}

test('a typed key changes the screen of a real guest', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'work')
  const console = await openFromList(page, guest)
  const before = await expectLive(console, guest)
  expect(world.simulator.realGuests(), 'QEMU runs behind the console').toBeGreaterThan(0)
  expect([before.width, before.height], 'the size of a text screen').toEqual([720, 400])
  expect(await world.simulator.screen(guest.vmid)).not.toContain('hello from a browser')
  await type(console, 'hello from a browser')
  await expectOnScreen(world, guest, 'hello from a browser')
  await expect.poll(async () => (await picture(console))?.sum, { message: 'the picture changes' }).not.toBe(before.sum)
  await console.setViewportSize({ width: 1152, height: 684 })
  await console.keyboard.press('Control+Alt+Shift')
  await console.getByRole('button', { name: t('console.pin') }).click()
  await expect(console.getByRole('button', { name: t('console.unpin') })).toBeInViewport({ ratio: 1 })
  await console.screenshot({ path: 'test-results/pages/console-live.png' })
})

test('a console comes back by itself after Nexus was killed', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'work')
  await page.goto(world.nexus.origin + consolePath(tenant, guest))
  await expectLive(page, guest)
  await world.nexus.kill()
  await expect(page.getByRole('heading', { name: /./ })).toBeVisible()
  await expect(page.getByRole('button', { name: t('console.retry_now') })).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/console-lost.png' })
  await world.nexus.restart()
  await expectLive(page, guest)
  await type(page, 'again')
  await expectOnScreen(world, guest, 'again')
})
