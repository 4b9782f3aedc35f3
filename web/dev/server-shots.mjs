// @ts-check
/**
 * The pictures of the pages of servers. Development only.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./shots.mjs').Shot} Shot
 */
import { KINDS } from './reports.mjs'

const PATH = '/t/acme/servers'
const FRA = '0192f0aa-0000-7000-8000-000000000901'
const OFFICE = '0192f0aa-0000-7000-8000-000000000902'
const LAB = '0192f0aa-0000-7000-8000-000000000903'
const TOKEN = 'nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427'

/** @param {Page} page @param {string} name */
const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click()

/** @param {string} of @param {string} item */
function choose(of, item) {
  /** @param {Page} page */
  return async page => {
    await page
      .getByRole('button', { name: `More actions for ${of}` })
      .first()
      .click()
    await page.getByRole('menuitem', { name: item }).click()
  }
}

/** @param {Page} page @param {string} [host] */
async function toToken(page, host = 'pve.fra.example.net') {
  await page.getByLabel('Host').fill(`https://${host}:8006`)
  await page.getByLabel('Name', { exact: true }).fill('Frankfurt')
  await page.getByRole('button', { name: 'Next' }).click()
}

/** @param {Page} page @param {string} [host] */
async function toCheck(page, host) {
  await toToken(page, host)
  await page.getByLabel('API token').fill(TOKEN)
  await press(page, 'Check')
}

/** The result is long: its end is looked at too. @param {Page} page */
const toEnd = page => page.getByRole('dialog').last().getByText('Certificate is trusted').scrollIntoViewIfNeeded()

/** @param {Page} page */
async function test(page) {
  await page.getByRole('button', { name: 'Test Frankfurt' }).first().click()
  await page.getByText('Time in all').first().waitFor()
}

/** @type {Shot[]} */
export const serverShots = [
  { name: 'servers', path: PATH, mock: { late: true } },
  { name: 'servers-german', path: PATH, mock: { late: true, language: 'de' } },
  {
    name: 'servers-cards',
    path: PATH,
    mock: { late: true },
    act: page =>
      page
        .getByRole('button', { name: 'Cards' })
        .click({ timeout: 2000 })
        .catch(() => undefined),
  },
  { name: 'servers-many', path: `${PATH}?sort=status`, mock: { late: true, many: true } },
  { name: 'servers-filter', path: `${PATH}?status=degraded&q=site`, mock: { late: true, many: true } },
  { name: 'servers-no-match', path: `${PATH}?q=nothing` },
  { name: 'servers-empty', path: PATH, mock: { scenario: 'no-servers' } },
  {
    name: 'servers-error',
    path: PATH,
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor(),
  },
  { name: 'servers-forbidden', path: PATH, mock: { role: 'viewer' } },
  {
    name: 'servers-menu',
    path: PATH,
    act: page => page.getByRole('button', { name: 'More actions for Home' }).click(),
  },
  { name: 'servers-delete', path: PATH, act: choose('Frankfurt', 'Delete') },
  { name: 'servers-deactivate', path: PATH, act: choose('Frankfurt', 'Deactivate') },
  { name: 'servers-duplicate', path: PATH, act: choose('Frankfurt', 'Duplicate') },
  { name: 'servers-same', path: PATH, act: page => page.getByText('Same cluster as').first().click() },
  {
    name: 'servers-same-done',
    path: PATH,
    act: async page => {
      await page.getByText('Same cluster as').first().click()
      await press(page, 'Use fall-backs')
      await page.getByText('uses the other nodes').waitFor()
    },
  },
  { name: 'server', path: `${PATH}/${FRA}`, mock: { late: true } },
  { name: 'server-degraded', path: `${PATH}/${OFFICE}`, mock: { late: true } },
  { name: 'server-offline', path: `${PATH}/${LAB}`, mock: { late: true, language: 'de' } },
  { name: 'server-missing', path: `${PATH}/none` },
  { name: 'test', path: PATH, act: test },
  {
    name: 'test-end',
    path: PATH,
    act: async page => {
      await test(page)
      await toEnd(page)
    },
  },
  ...[...KINDS.filter(kind => kind !== 'ok')].map(kind => ({
    name: `test-${kind}`,
    path: PATH,
    mock: { scenario: kind },
    act: test,
  })),
  { name: 'edit', path: PATH, act: choose('Frankfurt', 'Edit') },
  {
    name: 'edit-moved',
    path: PATH,
    act: async page => {
      await choose('Office', 'Edit')(page)
      await page.getByLabel('Port', { exact: true }).fill('443')
      await page.getByLabel('API token').scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'edit-test',
    path: PATH,
    act: async page => {
      await choose('Frankfurt', 'Edit')(page)
      await page.getByRole('dialog').getByRole('button', { name: 'Test', exact: true }).click()
      await page.getByText('Time in all').first().waitFor()
    },
  },
  {
    name: 'edit-changed',
    path: PATH,
    mock: { scenario: 'changed' },
    act: async page => {
      await choose('Frankfurt', 'Edit')(page)
      await page.getByLabel('Name', { exact: true }).fill('Frankfurt 2')
      await press(page, 'Save')
      await page.getByText('Load again').waitFor()
    },
  },
  {
    name: 'edit-trust',
    path: PATH,
    mock: { scenario: 'certificate' },
    act: async page => {
      await page.getByRole('button', { name: 'Test Frankfurt' }).first().click()
      await press(page, 'Trust this certificate')
      await press(page, 'Save')
      await page.getByText('Please check the marked fields.').waitFor()
    },
  },
  { name: 'add-where', path: `${PATH}?add=true` },
  {
    name: 'add-tailscale',
    path: `${PATH}?add=true`,
    act: async page => {
      await page.getByLabel('Reach it over Tailscale').check()
      await page.getByText('More settings').click()
      await page.getByLabel('Name in the tailnet').fill('no name')
      await page.getByLabel('Tailscale port').fill('70000')
      await page.getByRole('button', { name: 'Next' }).click()
    },
  },
  { name: 'add-token', path: `${PATH}?add=true`, act: page => toToken(page) },
  {
    name: 'add-check',
    path: `${PATH}?add=true`,
    act: async page => {
      await toCheck(page)
      await page.getByText('Trust this certificate').waitFor()
    },
  },
  {
    name: 'add-passed',
    path: `${PATH}?add=true`,
    act: async page => {
      await toCheck(page)
      await press(page, 'Trust this certificate')
      await page.getByText('See guests').waitFor()
    },
  },
  {
    name: 'add-refused',
    path: `${PATH}?add=true`,
    act: async page => {
      await toCheck(page, 'refused.example.net')
      await page.getByText('Time in all').waitFor()
    },
  },
]
