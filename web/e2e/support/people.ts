// Accounts that a test makes for itself, so that the demo's own people stay as they are.

import { type Browser, expect, type Page } from '@playwright/test'
import { t } from './texts.ts'
import { signIn, type World } from './world.ts'

export interface Account {
  id: string
  name: string
  email: string
  password: string
}

/** A page in a browser of its own, signed in as this person. */
export async function pageOf(browser: Browser, world: World, person: { email: string; password: string }, path = '/'): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await signIn(page, world.nexus.origin, person)
  await page.goto(world.nexus.origin + path)
  return page
}

/** Sends what a page would send, and returns the answer, which must be a success. */
export async function send<T>(page: Page, world: World, method: string, path: string, data?: object): Promise<T> {
  const answer = await page.request.fetch(`${world.nexus.origin}/api/v1${path}`, { method, data, headers: { origin: world.nexus.origin } })
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true)
  const text = await answer.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** Makes an account as the system admin of `admin`, with a password of its own. */
export async function newAccount(admin: Page, world: World, name: string): Promise<Account> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@people.example`
  const made = await send<{ account: { id: string }; link: { link: string } }>(admin, world, 'POST', '/users', {
    email,
    full_name: name,
    system_role: 'user',
  })
  const password = `the first password of ${email}`
  await send(admin, world, 'POST', '/password-reset/use', { secret: made.link.link.split('#')[1], password })
  return { id: made.account.id, name, email, password }
}

/** Follows a link for a password, as its owner does in a browser that is not signed in. */
export async function choosePassword(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel(t('password.new'), { exact: true }).fill(password)
  await page.getByRole('button', { name: t('reset.submit') }).click()
  await expect(page.getByRole('heading', { name: t('reset.done_title') })).toBeVisible()
}
