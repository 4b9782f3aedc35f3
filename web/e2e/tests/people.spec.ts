// From an invitation to a guest and back: what an admin gives and takes shows on the other person's open page at once.

import { type Browser, expect, type Page } from '@playwright/test'
import { consolePath, expectLive } from '../support/console.ts'
import { t } from '../support/texts.ts'
import { assigned, guestsOf, signIn, test, type World } from '../support/world.ts'

const EMAIL = 'newcomer@nexus.example'
const NAME = 'Nele Newcomer'

/** A page of the demo's admin in a browser of its own. */
async function adminPage(browser: Browser, world: World, path: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB' })
  const page = await context.newPage()
  await signIn(page, world.nexus.origin, world.person('admin'))
  await page.goto(world.nexus.origin + path)
  return page
}

/** Invites by the dialog; the link that it shows. */
async function invite(page: Page): Promise<string> {
  await page.getByRole('button', { name: t('members.add') }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('members.email')).fill(EMAIL)
  await dialog.getByRole('button', { name: t('members.add_submit'), exact: true }).click()
  const link = page.getByRole('dialog').getByLabel(t('link.label'))
  await expect(link).toHaveValue(/\/invite#\S{20,}$/)
  await page.screenshot({ path: 'test-results/pages/invitation-link.png' })
  const value = await link.inputValue()
  await page.getByRole('button', { name: t('link.done') }).click()
  return value
}

/** Gives rights by tag in the dialog. */
async function giveByTag(page: Page, tag: string): Promise<void> {
  await page.getByRole('button', { name: t('assignments.add') }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('assignments.who'), { exact: true }).fill('Nele')
  await dialog.getByRole('option', { name: NAME }).click()
  await dialog.getByRole('radio', { name: t('assignments.kind_tag') }).check({ force: true })
  await dialog.getByRole('combobox', { name: t('assignments.kind_tag') }).fill(tag)
  await dialog.getByRole('option', { name: tag }).first().click()
  await page.screenshot({ path: 'test-results/pages/give-rights.png' })
  await dialog.getByRole('button', { name: t('assignments.give') }).click()
  await expect(dialog).toBeHidden()
}

test('an invited person gets guests by a tag, works in one, and loses them', async ({ browser, page, world }) => {
  const admin = await adminPage(browser, world, '/t/demo/members')
  const link = await invite(admin)

  await page.goto(link)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Demo')
  await page.getByLabel(t('set_up.full_name')).fill(NAME)
  await page.getByLabel(t('set_up.password'), { exact: true }).fill('correct-horse-battery-staple')
  await page.screenshot({ path: 'test-results/pages/invite.png' })
  await page.getByRole('button', { name: t('invite.create') }).click()
  await expect(page).toHaveURL(/\/t\/demo/)
  const { tenant, guests: none } = await guestsOf(page, world.nexus.origin)
  expect(none).toEqual([])

  // The same link works once.
  const again = await page.request.post(`${world.nexus.origin}/api/v1/invitations/look`, {
    data: { secret: link.split('#')[1] },
    headers: { origin: world.nexus.origin },
  })
  expect(again.status()).toBe(404)

  const { guests } = await guestsOf(admin, world.nexus.origin)
  const running = guests.find(guest => guest.status === 'running' && guest.type === 'qemu' && guest.tags.length > 0)
  const tag = running?.tags[0]
  if (!running || !tag) throw new Error('no guest of the demo has a tag')
  await admin.goto(`${world.nexus.origin}/t/demo/assignments`)
  await giveByTag(admin, tag)

  // Nobody loaded the other page again.
  await expect(page.getByText(running.name).first()).toBeVisible()
  const { guests: given } = await guestsOf(page, world.nexus.origin)
  const tagged = guests.filter(guest => guest.tags.includes(tag) && !guest.template)
  expect(given.filter(guest => !guest.template).map(({ name }) => name).sort()).toEqual(tagged.map(({ name }) => name).sort())
  await page.goto(world.nexus.origin + consolePath(tenant, running))
  await expectLive(page, running)

  // Taken away, the open console ends and says why.
  await admin.goto(`${world.nexus.origin}/t/demo/assignments`)
  await admin.getByRole('button', { name: new RegExp(`^${t('assignments.more_of', { name: NAME, target: '' })}`) }).first().click()
  await admin.getByRole('menuitem', { name: t('assignments.delete') }).click()
  await admin.getByRole('alertdialog').getByRole('button', { name: t('assignments.delete_confirm') }).click()
  await expect(page.getByRole('heading', { name: t('reason.revoked.title') })).toBeVisible()
  const { guests: left } = await guestsOf(page, world.nexus.origin)
  expect(left).toEqual([])
  await admin.context().close()
})

test('an admin ends a console and says why', async ({ browser, page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'work')
  await page.goto(world.nexus.origin + consolePath(tenant, guest))
  await expectLive(page, guest)
  const admin = await adminPage(browser, world, '/t/demo/consoles')
  const { sessions } = await (
    await admin.request.get(`${world.nexus.origin}/api/v1/tenants/${tenant.id}/console-sessions?state=open`)
  ).json()
  expect(sessions).toHaveLength(1)
  await admin.getByRole('button', { name: new RegExp(`^${t('consoles.end')}\\s*${guest.name}`) }).first().click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByRole('textbox').fill('Maintenance at noon')
  await dialog.getByRole('button', { name: t('consoles.end_confirm') }).click()
  await expect(page.getByText('Maintenance at noon')).toBeVisible()
  await admin.context().close()
})

test('three roles see three different products', async ({ browser, world }) => {
  const seen: Record<string, string[]> = {}
  for (const role of ['admin', 'manager', 'viewer'] as const) {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    await signIn(page, world.nexus.origin, world.person(role))
    await page.goto(`${world.nexus.origin}/t/demo/guests`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const links = page.getByRole('navigation').first().getByRole('link')
    seen[role] = (await links.allInnerTexts()).map(text => text.trim())
    await page.screenshot({ path: `test-results/pages/product-of-${role}.png` })
    await context.close()
  }
  expect(seen.admin).toEqual(expect.arrayContaining([t('members.title'), t('audit.title'), t('settings.title'), t('servers.title')]))
  expect(seen.manager).toEqual(expect.arrayContaining([t('members.title'), t('servers.title')]))
  expect(seen.manager).not.toContain(t('audit.title'))
  expect(seen.viewer).not.toContain(t('members.title'))
  expect(seen.viewer).not.toContain(t('servers.title'))
})
