// @ts-check
/**
 * Takes pictures of every page in its states, against the mock and the built dist/, to be looked at.
 *
 *   npm run build && npm run shots -- [--out FOLDER] [--only guests]
 */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { startMock } from './mock.mjs'

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    only: { type: 'string', default: '' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
})
const out = values.out ?? mkdtempSync(join(tmpdir(), 'nexus-shots-'))
mkdirSync(out, { recursive: true })

const FRA = '0192f0aa-0000-7000-8000-000000000901'

/**
 * @typedef {object} Shot
 * @property {string} name
 * @property {string} path
 * @property {import('./mock.mjs').Options} [mock]
 * @property {(page: import('playwright-core').Page) => Promise<unknown>} [act]
 */

/** @param {string} label @param {'button' | 'menuitem' | 'link'} [role] */
const click = (label, role = 'button') => {
  /** @param {import('playwright-core').Page} page */
  return page => page.getByRole(role, { name: label }).first().click()
}

/** @param {import('playwright-core').Page} page */
async function toToken(page) {
  await page.getByLabel('Host').fill('https://pve.fra.example.net:8006')
  await page.getByLabel('Name').fill('Frankfurt')
  await page.getByRole('button', { name: 'Next' }).click()
}

/** @param {import('playwright-core').Page} page */
async function toCheck(page) {
  await toToken(page)
  await page.getByLabel('API token').fill('nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427')
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('Trust this certificate').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function openEdit(page) {
  await click('More actions for Frankfurt')(page)
  await click('Edit', 'menuitem')(page)
}

/** @param {import('playwright-core').Page} page */
async function failedTest(page) {
  await click('Test')(page)
  await page.getByText('Trust this certificate').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function wrongPassword(page) {
  await page.getByLabel('E-mail').fill('jane.doe@example.org')
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function weakPassword(page) {
  await page.getByLabel('Full name').fill('Jane Doe')
  await page.getByLabel('E-mail').fill('not an address')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByLabel('Organisation').fill('Acme Hosting')
}

/** @param {number} vmid */
const console_ = vmid => `/t/acme/console/${FRA}/qemu/${vmid}`
const ENDINGS = [
  'pve_unreachable',
  'pve_refused',
  'idle',
  'ended_by_admin',
  'signed_out',
  'forbidden',
  'nexus_unreachable',
]

/** @type {Shot[]} */
const shots = [
  { name: 'sign-in', path: '/sign-in', mock: { signedOut: true } },
  { name: 'sign-in-wrong', path: '/sign-in', mock: { signedOut: true, scenario: 'setup' }, act: wrongPassword },
  { name: 'set-up', path: '/set-up#secret', mock: { signedOut: true }, act: weakPassword },
  { name: 'tenants', path: '/', mock: { several: true } },
  { name: 'not-found', path: '/nothing' },
  { name: 'guests', path: '/t/acme/guests' },
  { name: 'guests-late', path: '/t/acme/guests', mock: { late: true, several: true }, act: click('Details') },
  { name: 'guests-filter', path: '/t/acme/guests?q=status%3Arunning%20tag%3Aprod&sort=-cpu' },
  { name: 'guests-none-match', path: '/t/acme/guests?q=nothing' },
  { name: 'guests-many', path: '/t/acme/guests?sort=-memory', mock: { many: true } },
  { name: 'guests-empty', path: '/t/acme/guests', mock: { scenario: 'empty' } },
  { name: 'guests-no-servers', path: '/t/acme/guests', mock: { scenario: 'no-servers' } },
  {
    name: 'guests-error',
    path: '/t/acme/guests',
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor(),
  },
  { name: 'guests-loading', path: '/t/acme/guests', mock: { scenario: 'slow' } },
  { name: 'guests-viewer', path: '/t/acme/guests', mock: { role: 'viewer' } },
  { name: 'guests-viewer-empty', path: '/t/acme/guests', mock: { role: 'viewer', scenario: 'empty' } },
  { name: 'guests-power', path: '/t/acme/guests', act: click('Power of cache-01') },
  {
    name: 'guests-stop',
    path: '/t/acme/guests',
    act: async page => {
      await click('Power of cache-01')(page)
      await click('Stop', 'menuitem')(page)
    },
  },
  { name: 'guests-help', path: '/t/acme/guests', act: page => page.keyboard.press('?') },
  { name: 'tasks', path: '/t/acme/guests', act: click('Tasks') },
  { name: 'guests-german', path: '/t/acme/guests', mock: { language: 'de', late: true } },
  { name: 'servers', path: '/t/acme/servers', mock: { late: true } },
  { name: 'servers-empty', path: '/t/acme/servers', mock: { scenario: 'no-servers' } },
  {
    name: 'servers-error',
    path: '/t/acme/servers',
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor(),
  },
  { name: 'servers-forbidden', path: '/t/acme/servers', mock: { role: 'viewer' } },
  { name: 'servers-test', path: '/t/acme/servers', act: click('Test') },
  {
    name: 'servers-delete',
    path: '/t/acme/servers',
    act: async page => {
      await click('More actions for Frankfurt')(page)
      await click('Delete', 'menuitem')(page)
    },
  },
  {
    name: 'edit',
    path: '/t/acme/servers',
    act: openEdit,
  },
  {
    name: 'edit-changed',
    path: '/t/acme/servers',
    mock: { scenario: 'changed' },
    act: async page => {
      await openEdit(page)
      await page.getByLabel('Name').fill('Frankfurt 2')
      await click('Save')(page)
      await page.getByText('Load again').waitFor()
    },
  },
  { name: 'test-certificate', path: '/t/acme/servers', mock: { scenario: 'certificate' }, act: failedTest },
  {
    name: 'edit-trust',
    path: '/t/acme/servers',
    mock: { scenario: 'certificate' },
    act: async page => {
      await failedTest(page)
      await click('Trust this certificate')(page)
      await click('Save')(page)
      await page.getByText('Please check the marked fields.').waitFor()
    },
  },
  { name: 'add-where', path: '/t/acme/servers?add=true' },
  { name: 'add-token', path: '/t/acme/servers?add=true', act: toToken },
  { name: 'add-check', path: '/t/acme/servers?add=true', act: toCheck },
  {
    name: 'add-passed',
    path: '/t/acme/servers?add=true',
    act: async page => {
      await toCheck(page)
      await click('Trust this certificate')(page)
      await page.getByText('See guests').waitFor()
    },
  },
  { name: 'console', path: console_(100) },
  { name: 'console-clipboard', path: console_(100), act: click('Clipboard') },
  { name: 'console-keys', path: console_(100), act: click('Send keys') },
  { name: 'console-view-only', path: `${console_(100)}?view_only=1` },
  { name: 'console-stopped', path: console_(111) },
  ...ENDINGS.map(name => ({ name: `console-${name}`, path: console_(100), mock: { scenario: name } })),
  {
    name: 'console-german',
    path: console_(100),
    mock: /** @type {const} */ ({ language: 'de', scenario: 'pve_unreachable' }),
  },
]

const WIDTHS = [1440, 390]
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
let problems = 0

/** @param {Shot} shot @param {number} width @param {'light' | 'dark'} theme */
async function take(shot, width, theme) {
  const mock = await startMock(shot.mock)
  const context = await browser.newContext({
    viewport: { width, height: width > 600 ? 900 : 844 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  })
  const page = await context.newPage()
  const language = shot.mock?.language ?? 'en'
  await page.addInitScript(chosen => localStorage.setItem('nexus-language', chosen), language)
  const name = `${shot.name}-${width}-${theme}`
  page.on('pageerror', error => {
    problems += 1
    console.error(name, 'error', error.message)
  })
  page.on('console', message => {
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return
    problems += 1
    console.error(name, 'console', message.text())
  })
  await page.goto(mock.origin + shot.path)
  await page.waitForTimeout(900)
  await shot.act?.(page).catch(error => {
    problems += 1
    console.error(name, String(error).split('\n')[0])
  })
  await page.waitForTimeout(250)
  await page.screenshot({ path: join(out, `${name}.png`) })
  await context.close()
  mock.stop()
}

for (const shot of shots.filter(one => one.name.startsWith(values.only))) {
  for (const width of WIDTHS)
    for (const theme of /** @type {const} */ (['light', 'dark'])) await take(shot, width, theme)
}
await browser.close()
console.log(`pictures in ${out}, ${problems} problems`)
