// From nothing to a console: the set-up link, the first server, its guests.

import { expect, test } from '@playwright/test'
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
  await expect(page).toHaveURL(/\/t\/analytical-engines\//)
  await page.getByRole('link', { name: t('servers.add') }).click()
})
