// The list of guests: finding, looking, choosing; and what it is for people who only have some of them.

import { expect, type Locator, type Page, test } from '@playwright/test'
import { cluster, Lab, shoot } from '../support/lab.ts'
import { t } from '../support/texts.ts'

const qemu = (more: string) => `kind = "qemu", screen = "builtin", ${more}`
const CLUSTERS =
  cluster('harbour', ['pve1', 'pve2'], [
    { vmid: 100, name: 'web-01', node: 'pve1', more: qemu('status = "running", tags = ["prod", "web"], pool = "shop", cores = 2, memory = 2048, disk = 32') },
    { vmid: 101, name: 'web-02', node: 'pve2', more: qemu('status = "running", tags = ["prod", "web"], cores = 2, memory = 2048, disk = 32') },
    { vmid: 102, name: 'db-01', node: 'pve1', more: qemu('status = "stopped", tags = ["prod", "db"]') },
    { vmid: 103, name: 'paused-01', node: 'pve2', more: qemu('status = "paused"') },
    { vmid: 200, name: 'dns-01', node: 'pve1', more: 'kind = "lxc", status = "running"' },
    { vmid: 900, name: 'tmpl-debian', node: 'pve1', more: qemu('status = "stopped", template = true') },
  ]) + cluster('island', ['isle1'], [{ vmid: 300, name: 'mail-01', node: 'isle1', more: qemu('status = "running", tags = ["mail"]') }])

let lab: Lab

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  lab = await Lab.start(browser, { clusters: CLUSTERS })
})
test.afterAll(async () => await lab.stop())

const list = (page: Page) => page.goto(`${lab.nexus.origin}/t/lab/guests`)
const filter = (page: Page) => page.getByRole('combobox', { name: t('guests.filter') })
const row = (page: Page, name: string): Locator => page.getByRole('row').filter({ hasText: name })
const names = async (page: Page) => (await page.getByRole('row').locator('td a').allTextContents()).sort()

test('words and terms find guests, the address keeps them, and a view brings them back', async ({ browser }) => {
  const page = await lab.page(browser)
  await list(page)
  await expect(row(page, 'web-01')).toBeVisible()
  await expect(row(page, 'tmpl-debian')).toHaveCount(0)
  for (const [text, found] of [
    ['web', ['web-01', 'web-02']],
    ['status:running tag:prod', ['web-01', 'web-02']],
    ['node:pve1 type:vm', ['db-01', 'web-01']],
    ['server:island', ['mail-01']],
    ['pool:shop', ['web-01']],
    ['vmid:200', ['dns-01']],
    ['status:stopped,paused', ['db-01', 'paused-01']],
    ['tag:prod -tag:db', ['web-01', 'web-02']],
    ['is:template', ['tmpl-debian']],
  ] as const) {
    await filter(page).fill(text)
    await expect.poll(() => names(page), { message: text }).toEqual([...found])
  }
  await filter(page).fill('colour:red')
  await expect(page.getByText(t('filter.no_field', { name: 'colour' }))).toBeVisible()

  await filter(page).fill('tag:web')
  await expect(page).toHaveURL(/q=tag%3Aweb|q=tag:web/)
  await page.reload()
  await expect.poll(() => names(page)).toEqual(['web-01', 'web-02'])
  await page.getByRole('button', { name: t('views.title') }).click()
  await page.getByRole('menuitem', { name: t('views.save_new') }).click()
  await page.getByRole('dialog').getByLabel(t('views.name')).fill('Shop fronts')
  await page.getByRole('dialog').getByRole('button', { name: t('views.save_confirm') }).click()
  await expect(page.getByRole('button', { name: 'Shop fronts' })).toBeVisible()

  // Somewhere else, some time later.
  const later = await lab.page(browser)
  await list(later)
  await expect(row(later, 'mail-01')).toBeVisible()
  await later.getByRole('button', { name: t('views.title') }).click()
  await later.getByRole('menuitemradio', { name: 'Shop fronts' }).click()
  await expect.poll(() => names(later)).toEqual(['web-01', 'web-02'])
  await shoot(later, 'guests-view')
  await later.context().close()
  await page.context().close()
})

test('columns, cards, order and favourites are a matter of taste, and stay', async ({ browser }) => {
  const page = await lab.page(browser)
  await list(page)
  await page.getByRole('button', { name: t('column.menu') }).click()
  await page.getByRole('checkbox', { name: t('column.pool') }).check()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('columnheader', { name: t('column.pool') })).toBeVisible()
  await expect(row(page, 'web-01')).toContainText('shop')
  await page.getByRole('columnheader', { name: t('column.vmid') }).getByRole('button').first().click()
  await expect(page.getByRole('columnheader', { name: t('column.vmid') })).toHaveAttribute('aria-sort', 'ascending')
  await row(page, 'mail-01').getByRole('button', { name: t('favourite.of', { name: 'mail-01' }) }).click()
  await page.reload()
  await expect(page.getByRole('columnheader', { name: t('column.pool') })).toBeVisible()
  await filter(page).fill('is:favourite')
  await expect.poll(() => names(page)).toEqual(['mail-01'])
  await filter(page).fill('')
  await page.getByRole('radio', { name: t('guests.layout_cards') }).or(page.getByRole('button', { name: t('guests.layout_cards') })).click()
  await expect(page.getByRole('article', { name: 'web-01' })).toBeVisible()
  await expect(page.getByRole('table')).toHaveCount(0)
  await shoot(page, 'guests-cards')
  await page.context().close()
})

test('a selection says what it comes to, by mouse and by keyboard', async ({ browser }) => {
  const page = await lab.page(browser)
  await list(page)
  await row(page, 'web-01').getByRole('checkbox').click()
  await row(page, 'web-02').getByRole('checkbox').click({ modifiers: ['Shift'] })
  const bar = page.getByRole('group', { name: t('selection.bar') })
  await expect(bar).toContainText(t('selection.count_other', { number: '2' }))
  await expect(bar).toContainText(t('selection.cores_other', { number: '4' }))
  await expect(bar).toContainText('4 GiB')
  await shoot(page, 'guests-selected')
  await bar.getByRole('button', { name: t('selection.clear') }).click()
  await expect(bar).toHaveCount(0)
  // The keys of the list: down, select, open.
  await filter(page).fill('web')
  await expect.poll(() => names(page)).toEqual(['web-01', 'web-02'])
  await row(page, 'web-01').focus()
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await expect(bar).toContainText(t('selection.count_one', { number: '1' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'web-02' })).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: t('shortcuts.title') })).toBeVisible()
  await page.context().close()
})

test('the palette finds guests, pages and what to do', async ({ browser }) => {
  const page = await lab.page(browser)
  await page.goto(`${lab.nexus.origin}/t/lab/settings`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const palette = page.getByRole('dialog', { name: t('palette.title') })
  const field = palette.getByRole('combobox')
  await page.keyboard.press('Control+k')
  await field.fill('mail-01')
  await expect(palette.getByRole('option').first()).toContainText('mail-01')
  await page.screenshot({ path: 'test-results/pages/palette.png' })
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'mail-01' })).toBeVisible()

  await page.keyboard.press('Control+k')
  await field.fill('stop web-01')
  await expect(palette.getByRole('option').first()).toContainText('web-01')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alertdialog').or(page.getByRole('dialog'))).toContainText(t('power.ask_stop', { name: 'web-01' }))
  await page.getByRole('button', { name: t('common.cancel') }).click()

  await page.keyboard.press('Control+k')
  await field.fill('audit')
  await expect(palette.getByRole('option').first()).toContainText(t('audit.title'))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/audit/)
  await page.context().close()
})

/** Makes an account with rights on these guests, by the API as an admin's page would. */
async function endUser(admin: Page, name: string, guests: { server: string; type: string; vmid: number }[]) {
  const email = `${name.toLowerCase()}@people.example`
  const password = `the first password of ${email}`
  const made = await lab.ask<{ account: { id: string }; link: { link: string } }>(admin, 'POST', '/users', { email, full_name: name, system_role: 'user' })
  await lab.ask(undefined, 'POST', '/password-reset/use', { secret: made.link.link.split('#')[1], password })
  await lab.ask(admin, 'POST', `/tenants/${lab.tenant}/members`, { email, role: 'viewer' })
  for (const guest of guests) {
    const target = { kind: 'guest', ...guest }
    await lab.ask(admin, 'POST', `/tenants/${lab.tenant}/assignments`, { subject: { kind: 'user', id: made.account.id }, target, permissions: ['console', 'power'] })
  }
  return { email, password }
}

test('who has some guests sees just these, with large buttons and no word of servers', async ({ browser }) => {
  const admin = await lab.page(browser)
  const { guests } = await lab.ask<{ guests: { name: string; server: { id: string }; type: string; vmid: number }[] }>(admin, 'GET', `/tenants/${lab.tenant}/guests`)
  const ref = (name: string) => {
    const found = guests.find(guest => guest.name === name)
    if (!found) throw new Error(`there is no ${name}`)
    return { server: found.server.id, type: found.type, vmid: found.vmid }
  }
  const two = await lab.page(browser, await endUser(admin, 'Uma', [ref('web-02'), ref('db-01')]))
  await expect(two.getByRole('article', { name: 'web-02' })).toBeVisible()
  await expect(two.getByRole('article')).toHaveCount(2)
  const shown = (await two.locator('main').innerText()).toLowerCase()
  for (const word of ['harbour', 'island', 'pve1', 'node', 'server', 'cluster', 'web-01']) expect(shown, word).not.toContain(word)
  await shoot(two, 'guests-of-an-end-user')
  await two.getByRole('article', { name: 'db-01' }).getByRole('button', { name: t('action.start') }).click()
  await expect(two.getByRole('article', { name: 'db-01' })).toContainText(t('status.running'), { timeout: 30_000 })

  // With one guest there is nothing to choose from.
  const one = await lab.page(browser, await endUser(admin, 'Olga', [ref('web-02')]))
  await expect(one.getByRole('heading', { level: 1, name: 'web-02' })).toBeVisible()
  await expect(one.getByRole('link', { name: t('guest.console') }).or(one.getByRole('button', { name: new RegExp(t('guest.console')) })).first()).toBeVisible()
  await shoot(one, 'guest-of-an-end-user')
  for (const page of [one, two, admin]) await page.context().close()
})
