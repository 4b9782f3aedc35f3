// From nothing to a console: the set-up link, the first server, its guests.

import { expect, type Page, test } from '@playwright/test'
import { expectPicture } from '../support/console.ts'
import { Nexus } from '../support/nexus.ts'
import { Simulator } from '../support/simulator.ts'
import { t } from '../support/texts.ts'
import { temporaryFolder } from '../support/world.ts'

let end: (() => Promise<void>) | undefined

test.afterEach(async () => {
  await end?.()
  end = undefined
})

test('the first admin sets Nexus up and adds a server', async ({ page }) => {
  const { folder, remove } = temporaryFolder()
  const simulator = await Simulator.start(folder)
  const nexus = await Nexus.start({ folder, ports: simulator.ports() })
  end = async () => {
    await nexus.stop()
    await simulator.stop()
    remove()
  }
  const link = await nexus.setUpLink()
  await page.goto(link)
  await page.getByLabel(t('set_up.full_name')).fill('Ada Lovelace')
  await page.getByLabel(t('set_up.email')).fill('ada@example.org')
  await page.getByLabel(t('set_up.password'), { exact: true }).fill('correct-horse-battery-staple')
  await page.getByLabel(t('set_up.tenant_name')).fill('Analytical Engines')
  await page.screenshot({ path: 'test-results/pages/set-up.png' })
  await page.getByRole('button', { name: t('set_up.submit') }).click()
  await expect(page).toHaveURL(/\/t\/analytical-engines$/)
  await page.getByRole('link', { name: t('servers.add') }).click()
  await addServer(page, simulator)
  // The guests appear by themselves, and one of them opens.
  await page.goto(page.url().replace(/\/servers.*/, '/guests'))
  const opened = page.context().waitForEvent('page')
  await page.getByRole('button', { name: `${t('guest.console')} web-01` }).click()
  const console = await opened
  await expect(console.getByRole('application')).toBeVisible({ timeout: 40_000 })
  await expectPicture(console)
})

test('a set-up link works once', async ({ page }) => {
  const { folder, remove } = temporaryFolder()
  const nexus = await Nexus.start({ folder, ports: [] })
  end = async () => {
    await nexus.stop()
    remove()
  }
  const link = await nexus.setUpLink()
  const values = { full_name: 'A', email: 'a@example.org', password: 'correct-horse-battery-staple', tenant_name: 'A' }
  const setUp = (secret: string) =>
    page.request.post(`${nexus.origin}/api/v1/setup`, { data: { secret, ...values }, headers: { origin: nexus.origin } })
  expect((await setUp('wrong')).status()).toBe(404)
  expect((await setUp(link.split('#')[1] ?? '')).status()).toBe(201)
  expect((await setUp(link.split('#')[1] ?? '')).ok()).toBe(false)
})

/** The three steps of the form: where, token, check with the certificate to confirm. */
async function addServer(page: Page, simulator: Simulator): Promise<void> {
  const [cluster] = simulator.clusters
  const [node] = cluster?.nodes ?? []
  if (!cluster || !node) throw new Error('the fleet is empty')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('servers.name'), { exact: true }).fill('Berlin')
  await dialog.getByLabel(t('servers.host'), { exact: true }).fill(node.host)
  await dialog.getByLabel(t('servers.port'), { exact: true }).fill(String(node.port))
  await dialog.getByRole('button', { name: t('common.next') }).click()
  await dialog.getByLabel(t('servers.token'), { exact: true }).fill(cluster.token)
  await dialog.getByRole('button', { name: t('servers.check'), exact: true }).click()
  // The certificate is the cluster's own: Nexus shows it and asks.
  await expect(dialog.getByText(node.fingerprint)).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/add-server-certificate.png' })
  await dialog.getByRole('button', { name: t('servers.trust_certificate') }).click()
  await expect(dialog.getByRole('button', { name: t('servers.save'), exact: true })).toBeEnabled()
  await page.screenshot({ path: 'test-results/pages/add-server-checked.png' })
  await dialog.getByRole('button', { name: t('servers.save'), exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('Berlin').first()).toBeVisible()
}

