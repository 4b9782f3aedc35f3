// A tenant as its admins want it: colours, logo, its own sign-in page, and limits of consoles that act.

import { expect, test } from '@playwright/test'
import { deflateSync } from 'node:zlib'
import { consolePath, expectLive } from '../support/console.ts'
import { cluster, Lab, shoot } from '../support/lab.ts'
import { t } from '../support/texts.ts'
import type { Guest, Tenant } from '../support/world.ts'

let lab: Lab

test.beforeAll(async ({ browser }) => {
  const guests = [
    { vmid: 100, name: 'web-01', node: 'pve1' },
    { vmid: 101, name: 'db-01', node: 'pve1' },
  ]
  lab = await Lab.start(browser, { clusters: cluster('berlin', ['pve1'], guests) })
})
test.afterAll(() => lab.stop())

/** A picture that is one green square, as PNG. */
function png(side: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const row = Buffer.concat([Buffer.from([0]), Buffer.concat(Array.from({ length: side }, () => Buffer.from([22, 163, 74])))])
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)))
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

function crc(data: Buffer): number {
  let value = ~0
  for (const byte of data) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0)
  }
  return ~value >>> 0
}

test('colours and logo show in the pages and where one signs in', async ({ browser }) => {
  const page = await lab.page(browser)
  await page.goto(`${lab.nexus.origin}/t/lab/settings#appearance`)
  const primary = page.getByLabel(t('settings.primary_color'), { exact: true })
  await primary.fill('#ffff00')
  await primary.blur()
  await expect(page.getByText(t('settings.low_contrast'))).toBeVisible()
  await shoot(page, 'settings-low-contrast')
  await primary.fill('#0f8a5f')
  await page.getByRole('checkbox', { name: t('settings.logo_on_sign_in') }).check()
  await page.getByRole('button', { name: t('form.save') }).click()
  await expect(page.getByText(t('settings.saved'))).toBeVisible()

  const file = page.getByLabel(t('settings.logo_choose')).and(page.locator('input'))
  await file.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') })
  await expect(page.getByRole('alert').first()).toBeVisible()
  await file.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: png(64) })
  await expect(page.getByAltText(t('settings.logo_on_light'))).toBeVisible()
  await shoot(page, 'settings-logo')

  const stranger = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  await stranger.goto(`${lab.nexus.origin}/t/lab/sign-in`)
  await expect(stranger.getByText('Lab').first()).toBeVisible()
  const logo = stranger.locator('img[src*="/sign-in/lab/logo"]').first()
  await expect.poll(() => logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(64)
  await shoot(stranger, 'tenant-sign-in')
  // A tenant that is not there looks like one that does not want to be seen.
  await stranger.goto(`${lab.nexus.origin}/t/nobody/sign-in`)
  await expect(stranger.getByRole('button', { name: t('sign_in.submit') })).toBeVisible()
  await expect(stranger.locator('img[src*="/logo"]')).toHaveCount(0)
  await stranger.context().close()
  await page.context().close()
})

test('a limit holds from the next console on, and a console says before it closes', async ({ browser }) => {
  const page = await lab.page(browser)
  const settings = await lab.ask<Record<string, unknown>>(page, 'GET', `/tenants/${lab.tenant}/settings`)
  const { version, logo, defaults, ...rest } = settings
  const origin = lab.nexus.origin
  const limited = await page.request.put(`${origin}/api/v1/tenants/${lab.tenant}/settings`, {
    data: { ...rest, console_per_user: 1, console_idle_seconds: 120 },
    headers: { origin, 'if-match': `"${version}"` },
  })
  expect(limited.status(), await limited.text()).toBe(200)
  const { guests } = await lab.ask<{ guests: Guest[] }>(page, 'GET', `/tenants/${lab.tenant}/guests`)
  const [db, web] = ['db-01', 'web-01'].map(name => guests.find(guest => guest.name === name))
  if (!db || !web) throw new Error('the fleet has lost its guests')
  const tenant = { id: lab.tenant, slug: 'lab' } as Tenant

  const other = await page.context().newPage()
  await other.clock.install()
  await other.goto(origin + consolePath(tenant, web))
  await expectLive(other, web)
  await page.goto(origin + consolePath(tenant, db))
  await expect(page.getByText(t('console.limit_user_one', { count: 1 }))).toBeVisible()
  await shoot(page, 'console-limit')

  await other.clock.fastForward(65_000)
  await expect(other.getByRole('button', { name: t('console.stay') })).toBeVisible()
  await shoot(other, 'console-warning')
  await other.getByRole('button', { name: t('console.stay') }).click()
  await expect(other.getByRole('button', { name: t('console.stay') })).toBeHidden()
  await page.context().close()
})
