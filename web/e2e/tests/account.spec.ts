// One's own account: what is changed on the profile page is stored, and what is refused is said where it was typed.

import { readFileSync } from 'node:fs'
import { type Browser, expect, type Locator, type Page } from '@playwright/test'
import { type Account, newAccount, pageOf, send } from '../support/people.ts'
import { t } from '../support/texts.ts'
import { guestsOf, signIn, test, type World } from '../support/world.ts'

interface Stored {
  user: { full_name: string; user_name: string | null; company: string; avatar: string | null; language: string; theme: string }
}

/** A viewer of the demo's tenant whom no other test knows. */
async function newViewer(browser: Browser, world: World, name: string): Promise<Account> {
  const admin = await pageOf(browser, world, world.person('admin'))
  const account = await newAccount(admin, world, name)
  const { tenant } = await guestsOf(admin, world.nexus.origin)
  await send(admin, world, 'POST', `/tenants/${tenant.id}/members`, { email: account.email, role: 'viewer' })
  await admin.context().close()
  return account
}

async function openProfile(page: Page, world: World, person: Account): Promise<void> {
  await signIn(page, world.nexus.origin, person)
  await page.goto(`${world.nexus.origin}/profile`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('profile.title'))
}

/** What the server keeps, as the next sign-in would read it. */
async function stored(page: Page, world: World): Promise<Stored['user']> {
  return (await send<Stored>(page, world, 'GET', '/me')).user
}

function part(page: Page, key: string): Locator {
  return page.getByRole('region', { name: t(key), exact: true })
}

async function save(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: t('profile.save'), exact: true })
  await button.click()
  // Nothing is left to save once it is stored.
  await expect(button).toBeDisabled()
}

test('a person changes their names and company, and takes the user name back', async ({ browser, page, world }) => {
  const person = await newViewer(browser, world, 'Nora Names')
  const other = await newViewer(browser, world, 'Otto Names')
  await openProfile(page, world, person)
  const userName = page.getByLabel(t('profile.user_name'))
  await page.getByLabel(t('set_up.full_name')).fill('  Nora Novak ')
  await userName.fill('nora.novak')
  await page.getByLabel(t('profile.company')).fill('Novak & Söhne')
  await save(page)
  await expect(page.getByText(t('profile.saved'))).toBeVisible()
  await expect(page.getByRole('button', { name: t('user.menu_of', { name: 'Nora Novak' }) })).toBeVisible()
  expect(await stored(page, world)).toMatchObject({ full_name: 'Nora Novak', user_name: 'nora.novak', company: 'Novak & Söhne' })

  // What another has, and what no user name can be, is said under the field.
  const second = await pageOf(browser, world, other, '/profile')
  const taken = second.getByLabel(t('profile.user_name'))
  await taken.fill('Nora.Novak')
  await second.getByRole('button', { name: t('profile.save'), exact: true }).click()
  await expect(taken).toHaveAccessibleDescription(t('problem.user_name_taken'))
  await taken.fill('nora novak!')
  await second.getByRole('button', { name: t('profile.save'), exact: true }).click()
  await expect(taken).toHaveAccessibleDescription(t('field_error.user_name_invalid'))
  await second.screenshot({ path: 'test-results/pages/profile-user-name-refused.png' })
  expect((await stored(second, world)).user_name).toBeNull()
  await second.context().close()

  await userName.fill('')
  await save(page)
  expect((await stored(page, world)).user_name).toBeNull()
  await page.reload()
  await expect(page.getByLabel(t('set_up.full_name'))).toHaveValue('Nora Novak')
  await expect(userName).toHaveValue('')
})

test('language and theme change at once and follow into another browser', async ({ browser, page, world }) => {
  const person = await newViewer(browser, world, 'Lena Language')
  const german = JSON.parse(readFileSync(new URL('../../src/locales/de.json', import.meta.url), 'utf8'))
  await openProfile(page, world, person)
  await part(page, 'profile.preferences').getByLabel(t('preferences.theme')).selectOption('dark')
  await expect(page.locator('html')).toHaveClass(/\bdark\b/)
  await part(page, 'profile.preferences').getByLabel(t('preferences.language')).selectOption('de')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(german.profile.title)
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(page.getByRole('button', { name: german.profile.change_password })).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/profile-german.png' })
  await expect.poll(() => stored(page, world)).toMatchObject({ language: 'de', theme: 'dark' })

  const elsewhere = await pageOf(browser, world, person, '/profile')
  await expect(elsewhere.getByRole('heading', { level: 1 })).toHaveText(german.profile.title)
  await expect(elsewhere.locator('html')).toHaveClass(/\bdark\b/)
  await elsewhere.context().close()

  await page.getByLabel(german.preferences.language).last().selectOption('en')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('profile.title'))
  await part(page, 'profile.preferences').getByLabel(t('preferences.theme')).selectOption('light')
  await expect(page.locator('html')).not.toHaveClass(/\bdark\b/)
  await expect.poll(() => stored(page, world)).toMatchObject({ language: 'en', theme: 'light' })
})

test('a picture is taken and removed, and what is none is refused', async ({ browser, page, world }) => {
  const person = await newViewer(browser, world, 'Petra Picture')
  await openProfile(page, world, person)
  const about = part(page, 'profile.person')
  const choose = about.locator('input[type=file]')
  const png = await page.screenshot()

  await choose.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') })
  await expect(about.getByRole('alert')).toHaveText(t('profile.picture_type'))
  // Named like a picture, it reaches the server, which looks inside.
  await choose.setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
  await expect(about.getByRole('alert')).toHaveText(t('profile.picture_bad'))
  await page.screenshot({ path: 'test-results/pages/profile-picture-refused.png' })
  expect((await stored(page, world)).avatar).toBeNull()

  await choose.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: png })
  await expect(about.getByRole('button', { name: t('profile.picture_other') })).toBeVisible()
  await expect(about.getByRole('alert')).toHaveCount(0)
  const shown = about.locator('img')
  // As a square, of the size that the server keeps.
  await expect.poll(() => shown.evaluate(img => (img as HTMLImageElement).naturalWidth)).toBe(128)
  expect((await stored(page, world)).avatar).not.toBeNull()
  await expect(page.getByRole('button', { name: t('user.menu_of', { name: person.name }) }).locator('img')).toBeVisible()

  await about.getByRole('button', { name: t('profile.picture_remove') }).click()
  await expect(about.getByRole('button', { name: t('profile.picture_choose') })).toBeVisible()
  await expect(shown).toHaveCount(0)
  expect((await stored(page, world)).avatar).toBeNull()
})

test('a new password needs the present one, and ends the other browsers', async ({ browser, page, world }) => {
  const person = await newViewer(browser, world, 'Paul Password')
  const other = await pageOf(browser, world, person, '/t/demo/guests')
  await expect(other.getByRole('heading', { level: 1 })).toBeVisible()
  await openProfile(page, world, person)
  const form = part(page, 'profile.password')
  const present = form.getByLabel(t('profile.current_password'), { exact: true })
  const next = form.getByLabel(t('password.new'), { exact: true })
  const change = form.getByRole('button', { name: t('profile.change_password') })

  await present.fill('not my password')
  await next.fill('mountain-violin-carpet-7')
  await change.click()
  await expect(present).toHaveAccessibleDescription(t('confirm_sign_in.wrong'))
  await expect(present).toBeFocused()
  await expect(page).toHaveURL(/\/profile/)
  await page.screenshot({ path: 'test-results/pages/profile-password-refused.png' })
  await expect(other.getByRole('heading', { level: 1 })).toBeVisible()

  await present.fill(person.password)
  await change.click()
  await expect(page.getByText(t('profile.password_set'))).toBeVisible()
  await expect(present).toHaveValue('')
  await expect(page).toHaveURL(/\/profile/)
  // Nobody touched the other browser.
  await expect(other).toHaveURL(/\/sign-in/)
  await signIn(other, world.nexus.origin, { email: person.email, password: 'mountain-violin-carpet-7' })
  await other.context().close()

  const old = await page.request.post(`${world.nexus.origin}/api/v1/sign-in`, {
    data: { email: person.email, password: person.password },
    headers: { origin: world.nexus.origin },
  })
  expect(old.status()).toBe(401)
})

test('the list of sessions ends another browser, and all others', async ({ browser, page, world }) => {
  const person = await newViewer(browser, world, 'Sina Sessions')
  const phone = await browser.newContext({
    locale: 'en-GB',
    userAgent: 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
  })
  const small = await phone.newPage()
  await signIn(small, world.nexus.origin, person)
  await small.goto(`${world.nexus.origin}/t/demo/guests`)
  await expect(small.getByRole('heading', { level: 1 })).toBeVisible()
  await openProfile(page, world, person)
  const sessions = part(page, 'profile.sessions')
  await expect(sessions.getByRole('listitem')).toHaveCount(2)
  await expect(sessions.getByRole('listitem').filter({ hasText: t('profile.this_session') })).toHaveCount(1)
  await look(page, sessions)

  const name = t('profile.device', { browser: 'Firefox', system: 'Android' })
  await sessions.getByRole('button', { name: t('profile.end_of', { name }) }).click()
  await expect(sessions.getByRole('listitem')).toHaveCount(1)
  await expect(small).toHaveURL(/\/sign-in/)
  await phone.close()

  const others = [await pageOf(browser, world, person, '/t/demo/guests'), await pageOf(browser, world, person, '/t/demo/guests')]
  await page.reload()
  await expect(sessions.getByRole('listitem')).toHaveCount(3)
  await sessions.getByRole('button', { name: t('profile.end_others') }).click()
  const ask = page.getByRole('alertdialog')
  await expect(ask).toContainText(t('profile.end_others_consequence_other', { count: 2 }))
  await ask.getByRole('button', { name: t('profile.end_others') }).click()
  await expect(sessions.getByRole('listitem')).toHaveCount(1)
  await expect(sessions.getByRole('button', { name: t('profile.end_others') })).toHaveCount(0)
  for (const ended of others) {
    await expect(ended).toHaveURL(/\/sign-in/)
    await ended.context().close()
  }
  await expect(page).toHaveURL(/\/profile/)
})

/** Pictures of the lower half of the profile, wide and narrow. */
async function look(page: Page, sessions: Locator): Promise<void> {
  for (const [size, width, height] of [['wide', 1440, 900], ['narrow', 390, 844]] as const) {
    await page.setViewportSize({ width, height })
    await sessions.scrollIntoViewIfNeeded()
    await sessions.evaluate(element => element.scrollIntoView({ block: 'end' }))
    await page.screenshot({ path: `test-results/pages/profile-sessions-${size}.png` })
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}
