// The system administration at work: tenants and people come, change and go, and every open page follows.

import { readFileSync } from 'node:fs'
import { type Browser, expect, type Locator, type Page } from '@playwright/test'
import { type Account, choosePassword, newAccount, pageOf, send } from '../support/people.ts'
import { t } from '../support/texts.ts'
import { guestsOf, signIn, test, type Tenant, type World } from '../support/world.ts'

interface House extends Tenant {
  name: string
  admin: Account
  viewer: Account
}

/** A tenant with an admin and a viewer, whom no other test knows. */
async function newHouse(admin: Page, world: World, name: string): Promise<House> {
  const slug = name.toLowerCase().replaceAll(' ', '-')
  const { tenant } = await send<{ tenant: Tenant }>(admin, world, 'POST', '/tenants', { name, slug })
  const people = { admin: await newAccount(admin, world, `Alma ${name}`), viewer: await newAccount(admin, world, `Viktor ${name}`) }
  for (const [role, { email }] of Object.entries(people)) await join(admin, world, tenant, email, role)
  return { id: tenant.id, slug, name, ...people }
}

async function join(admin: Page, world: World, tenant: Tenant, email: string, role: string): Promise<void> {
  await send(admin, world, 'POST', `/tenants/${tenant.id}/members`, { email, role })
}

function systemAdmin(browser: Browser, world: World, path: string): Promise<Page> {
  return pageOf(browser, world, world.person('admin'), path)
}

/** Opens the menu of a row and chooses from it. */
async function choose(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: t('servers.more_of', { name }) }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** The row of a list of the administration. */
function row(page: Page, name: string): Locator {
  return page.getByRole('row').filter({ hasText: name })
}

async function createTenant(page: Page, world: World, name: string, slug: string): Promise<void> {
  await page.goto(`${world.nexus.origin}/system/tenants`)
  await page.getByRole('button', { name: t('system.create_tenant') }).click()
  const dialog = page.getByRole('dialog')
  const short = dialog.getByLabel(t('system.slug'))
  await dialog.getByLabel(t('column.name'), { exact: true }).fill(name)
  await short.fill('demo')
  await dialog.getByRole('button', { name: t('system.create_user_submit') }).click()
  await expect(short).toHaveAccessibleDescription(t('problem.slug_taken'))
  await expect(short).toBeFocused()
  await page.screenshot({ path: 'test-results/pages/create-tenant-refused.png' })
  await short.fill(slug)
  await dialog.getByRole('button', { name: t('system.create_user_submit') }).click()
  await expect(page.getByText(t('system.tenant_made', { name }))).toBeVisible()
  await expect(row(page, slug)).toContainText(t('system.no_admin'))
}

/** Creates an account; the link that the dialog shows. */
async function createUser(page: Page, world: World, name: string, email: string): Promise<string> {
  await page.goto(`${world.nexus.origin}/system/users`)
  await page.getByRole('button', { name: t('system.create_user') }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('set_up.full_name')).fill(name)
  await dialog.getByLabel(t('set_up.email')).fill(world.person('viewer').email)
  await dialog.getByRole('button', { name: t('system.create_user_submit') }).click()
  await expect(dialog.getByLabel(t('set_up.email'))).toHaveAccessibleDescription(t('problem.email_taken'))
  await dialog.getByLabel(t('set_up.email')).fill(email)
  await dialog.getByRole('button', { name: t('system.create_user_submit') }).click()
  const link = page.getByRole('dialog').getByLabel(t('link.label'))
  await expect(link).toHaveValue(/\/reset#\S{20,}$/)
  const value = await link.inputValue()
  await page.getByRole('button', { name: t('link.done') }).click()
  await expect(row(page, email)).toContainText(t('system.no_tenants_of'))
  return value
}

/** Adds a person to a tenant by the dialog of its members page. */
async function addMember(page: Page, world: World, slug: string, person: { name: string; email: string }, role: string): Promise<void> {
  await page.goto(`${world.nexus.origin}/t/${slug}/members`)
  await page.getByRole('button', { name: t('members.add') }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('members.email')).fill(person.email)
  await dialog.getByRole('radio', { name: t(`role.${role}`) }).check({ force: true })
  await dialog.getByRole('button', { name: t('members.add_submit'), exact: true }).click()
  await expect(page.getByText(t('members.added', { name: person.name }))).toBeVisible()
  await expect(row(page, person.email)).toContainText(t(`role.${role}`))
}

/** A picture of a page without a frame, wide and narrow. */
async function look(page: Page, name: string): Promise<void> {
  for (const [size, width, height] of [['wide', 1440, 900], ['narrow', 390, 844]] as const) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: `test-results/pages/${name}-${size}.png` })
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('a new person finds no tenant, then goes straight into theirs, then has the choice', async ({ browser, page, world }) => {
  const person = { name: 'Stella Straight', email: 'stella@people.example', password: 'a-lantern-under-the-bridge' }
  const admin = await systemAdmin(browser, world, '/system/tenants')
  await createTenant(admin, world, 'Lantern House', 'lantern')
  const link = await createUser(admin, world, person.name, person.email)

  await choosePassword(page, link, person.password)
  await signIn(page, world.nexus.origin, person)
  await expect(page.getByRole('heading', { name: t('tenants.none') })).toBeVisible()
  await expect(page.getByText(t('tenants.none_hint', { email: person.email }))).toBeVisible()
  await look(page, 'no-tenant')
  const used = await browser.newPage()
  await used.goto(link)
  await used.getByLabel(t('password.new'), { exact: true }).fill('another-lantern-elsewhere')
  await used.getByRole('button', { name: t('reset.submit') }).click()
  await expect(used.getByText(t('link.void'))).toBeVisible()
  await used.close()

  await addMember(admin, world, 'lantern', person, 'admin')
  // The page that waits goes in by itself, as the start page would.
  await expect(page).toHaveURL(/\/t\/lantern\/?$/)
  await page.goto(world.nexus.origin)
  await expect(page).toHaveURL(/\/t\/lantern\/?$/)
  await expect(page.getByRole('link', { name: t('settings.title') })).toBeVisible()

  const { tenant: demo, guests } = await guestsOf(admin, world.nexus.origin)
  await join(admin, world, demo, person.email, 'manager')
  const guest = guests.find(({ template }) => !template)
  if (!guest) throw new Error('the demo has no guest')
  await page.goto(world.nexus.origin)
  await expect(page.getByRole('heading', { name: t('tenants.choose') })).toBeVisible()
  await look(page, 'tenant-selector')
  await page.getByRole('list', { name: t('tenants.yours') }).getByRole('link', { name: 'Demo' }).click()
  await expect(page.getByText(guest.name, { exact: true }).first()).toBeVisible()
  await page.getByRole('button', { name: t('tenants.switch_from', { name: 'Demo' }) }).click()
  await page.getByRole('menuitem', { name: 'Lantern House' }).click()
  await expect(page).toHaveURL(/\/t\/lantern\/?$/)
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await expect(page.getByRole('button', { name: t('tenants.switch_from', { name: 'Lantern House' }) })).toBeVisible()
  await expect(page.getByRole('link', { name: t('settings.title') })).toBeVisible()
  await expect(page.getByText(guest.name, { exact: true })).toHaveCount(0)
  await page.screenshot({ path: 'test-results/pages/tenant-switched.png' })
  await page.getByRole('link', { name: t('members.title') }).click()
  await expect(row(page, person.email)).toBeVisible()
  await expect(row(page, world.person('viewer').email)).toHaveCount(0)
  expect(asked.filter(url => url.includes(demo.id))).toEqual([])
  await admin.context().close()
})

test('a deactivated tenant is read by its admin alone, and goes when its short name is typed', async ({ browser, page, world }) => {
  const system = await systemAdmin(browser, world, '/system/tenants')
  const house = await newHouse(system, world, 'Harbour House')
  const admin = await pageOf(browser, world, house.admin, `/t/${house.slug}/members`)
  await expect(admin.getByRole('button', { name: t('members.add') }).first()).toBeVisible()
  await signIn(page, world.nexus.origin, house.viewer)
  await expect(page).toHaveURL(/\/t\/harbour-house\/guests/)

  await system.reload()
  await choose(system, house.name, t('system.deactivate'))
  await system.getByRole('alertdialog').getByRole('button', { name: t('system.deactivate_confirm', { name: house.name }) }).click()
  await expect(row(system, house.slug)).toContainText(t('tenants.inactive'))

  // Nobody loaded the open pages again.
  await expect(admin.getByText(t('frame.deactivated'))).toBeVisible()
  await expect(row(admin, house.viewer.email)).toBeVisible()
  await expect(admin.getByRole('button', { name: t('members.add') })).toHaveCount(0)
  await admin.screenshot({ path: 'test-results/pages/deactivated-members.png' })
  const refused = await admin.request.post(`${world.nexus.origin}/api/v1/tenants/${house.id}/groups`, {
    data: { name: 'Late' },
    headers: { origin: world.nexus.origin },
  })
  expect(refused.status()).toBe(403)
  await expect(page.getByRole('heading', { name: t('tenants.closed_title_one') })).toBeVisible()
  await expect(page.getByText(t('tenants.closed'))).toBeVisible()
  await look(page, 'tenant-closed')
  await page.goto(`${world.nexus.origin}/t/${house.slug}/guests`)
  await expect(page.getByRole('heading', { name: t('tenants.closed_title_one') })).toBeVisible()

  await choose(system, house.name, t('system.activate'))
  await system.getByRole('alertdialog').getByRole('button', { name: t('system.activate_confirm', { name: house.name }) }).click()
  await expect(row(system, house.slug)).toContainText(t('account.active'))
  await expect(admin.getByText(t('frame.deactivated'))).toBeHidden()
  await expect(page).toHaveURL(/\/t\/harbour-house\/guests/)

  await choose(system, house.name, t('servers.delete'))
  const dialog = system.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: t('servers.delete_confirm', { name: house.name }) })
  await dialog.getByLabel(t('system.type_slug')).fill('harbour')
  await expect(confirm).toBeDisabled()
  await dialog.getByLabel(t('system.type_slug')).fill(house.slug)
  await system.screenshot({ path: 'test-results/pages/delete-tenant.png' })
  await confirm.click()
  await expect(system.getByText(t('system.tenant_deleted', { name: house.name }))).toBeVisible()
  await expect(row(system, house.slug)).toHaveCount(0)
  for (const left of [admin, page]) {
    await expect(left.getByRole('heading', { name: t('tenants.none') })).toBeVisible()
    await expect(left.getByText(house.name)).toHaveCount(0)
  }
  await admin.context().close()
  await system.context().close()
})

test('a disabled person is signed out where they are, and cannot come back', async ({ browser, page, world }) => {
  const system = await systemAdmin(browser, world, '/system/users')
  const house = await newHouse(system, world, 'Mill House')
  await signIn(page, world.nexus.origin, house.viewer)
  await expect(page).toHaveURL(/\/t\/mill-house\/guests/)
  await system.goto(`${world.nexus.origin}/system/users?q=${encodeURIComponent(house.viewer.email)}`)
  await system.getByRole('button', { name: `${t('servers.edit')} ${house.viewer.name}` }).click()
  const dialog = system.getByRole('dialog')
  await dialog.getByLabel(t('system.active')).uncheck()
  await dialog.getByRole('button', { name: t('servers.save') }).click()
  await expect(row(system, house.viewer.email)).toContainText(t('account.disabled'))

  await expect(page).toHaveURL(/\/sign-in/)
  await page.getByLabel(t('sign_in.email')).fill(house.viewer.email)
  await page.getByLabel(t('sign_in.password'), { exact: true }).fill(house.viewer.password)
  await page.getByRole('button', { name: t('sign_in.submit') }).click()
  await expect(page.getByText(t('sign_in.invalid'))).toBeVisible()
  await system.context().close()
})

/** Looks for what the admin did to something, by the search of the log. */
async function expectEntry(page: Page, world: World, log: string, action: string, target: string): Promise<void> {
  await page.goto(`${world.nexus.origin}${log}?q=${encodeURIComponent(target)}`)
  const entry = row(page, target).filter({ hasText: action }).first()
  await expect(entry).toContainText(world.person('admin').email)
  await expect(entry).toContainText(t('audit.outcome_ok'))
}

test('the audit log of the installation names it all, and is taken away as a file', async ({ browser, world }) => {
  const page = await systemAdmin(browser, world, '/system/audit')
  const house = await newHouse(page, world, 'Archive House')
  const { version } = await send<{ version: number }>(page, world, 'GET', `/users/${house.viewer.id}`)
  const disabled = await page.request.patch(`${world.nexus.origin}/api/v1/users/${house.viewer.id}`, {
    data: { is_active: false },
    headers: { origin: world.nexus.origin, 'if-match': `"${version}"` },
  })
  expect(disabled.status()).toBe(200)
  // What belongs to the tenant is in its own log, for as long as there is one.
  const inTenant = `/t/${house.slug}/audit`
  await expectEntry(page, world, inTenant, t('audit_action.tenant_create'), house.name)
  await expectEntry(page, world, inTenant, t('audit_action.member_create'), house.viewer.email)
  await send(page, world, 'DELETE', `/tenants/${house.id}`)
  await expectEntry(page, world, '/system/audit', t('audit_action.tenant_delete'), house.name)
  await expectEntry(page, world, '/system/audit', t('audit_action.user_create'), house.viewer.email)
  await expectEntry(page, world, '/system/audit', t('audit_action.user_update'), house.viewer.email)
  const changed = t('audit.details_of', { action: t('audit_action.user_update'), target: house.viewer.email })
  await page.getByRole('button', { name: changed }).first().click()
  await expect(page.getByRole('row', { name: 'is_active true false' })).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/system-audit-of-a-person.png' })
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: t('audit.export') }).click()
  await page.getByRole('menuitem', { name: t('audit.export_csv') }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/\.csv$/)
  const [head, ...lines] = readFileSync(await file.path(), 'utf8').trim().split(/\r?\n/)
  expect(head).toContain('action')
  expect(lines.length).toBeGreaterThanOrEqual(2)
  // The file has what the filter shows, and nothing else.
  expect(lines.every(line => line.includes(house.viewer.email))).toBe(true)
  expect(lines.some(line => line.includes('user.update'))).toBe(true)
  await page.context().close()
})
