// @ts-check
/**
 * The pictures of the settings, of a tenant's look, and of the test of mail. Development only.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./shots.mjs').Shot} Shot
 */
const SETTINGS = '/t/acme/settings'
const HEALTH = '/system/health'

/** @param {string} name @param {Buffer} [content] */
function chooseLogo(
  name,
  content = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="5" cy="5" r="4" fill="#c00"/></svg>',
  ),
) {
  /** @param {Page} page */
  return page =>
    page
      .getByLabel('Choose a logo', { exact: true })
      .last()
      .setInputFiles({ name, mimeType: `image/${name}`, buffer: content })
}

/** @param {Page} page */
async function testMail(page) {
  await page.getByRole('button', { name: 'Send me a test e-mail' }).click()
  await page.getByText(/took|Took/).waitFor()
}

/** @type {Shot[]} */
export const settingsShots = [
  { name: 'settings', path: SETTINGS },
  { name: 'settings-german', path: SETTINGS, mock: { language: 'de', noMail: true, scenario: 'brand' } },
  { name: 'settings-manager', path: `${SETTINGS}#logo`, mock: { role: 'manager', scenario: 'brand' } },
  { name: 'settings-loading', path: SETTINGS, mock: { scenario: 'slow-settings' } },
  {
    name: 'settings-error',
    path: SETTINGS,
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: 9000 }),
  },
  {
    name: 'settings-changed',
    path: SETTINGS,
    mock: { scenario: 'changed' },
    act: async page => {
      await page.getByLabel('Name', { exact: true }).fill('Acme')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Load again').waitFor()
    },
  },
  {
    name: 'settings-colours',
    path: `${SETTINGS}#appearance`,
    act: async page => {
      await page.getByLabel('Primary colour', { exact: true }).fill('#0d9488')
      await page.getByLabel('Secondary colour', { exact: true }).fill('#7c3aed')
      await page.getByLabel('Accent colour', { exact: true }).fill('#ffee00')
      await page.getByLabel('Accent colour', { exact: true }).blur()
    },
  },
  { name: 'settings-brand', path: `${SETTINGS}#appearance`, mock: { scenario: 'brand', several: true } },
  { name: 'settings-logo', path: `${SETTINGS}#logo`, mock: { scenario: 'brand' } },
  { name: 'settings-logo-none', path: `${SETTINGS}#logo`, mock: { language: 'de' } },
  { name: 'settings-logo-sending', path: `${SETTINGS}#logo`, mock: { scenario: 'slow' }, act: chooseLogo('svg+xml') },
  { name: 'settings-logo-unsafe', path: `${SETTINGS}#logo`, mock: { scenario: 'unsafe' }, act: chooseLogo('svg+xml') },
  {
    name: 'settings-logo-remove',
    path: `${SETTINGS}#logo`,
    mock: { scenario: 'brand' },
    act: page => page.getByRole('button', { name: 'Remove logo' }).click(),
  },
  { name: 'settings-notifications', path: `${SETTINGS}#notifications` },
  {
    name: 'settings-alerts-wrong',
    path: `${SETTINGS}#alerts`,
    act: async page => {
      await page.getByLabel('Slowest response').fill('50')
      await page.getByLabel('Health check every').fill('30')
      await page.getByRole('button', { name: 'Save' }).click()
    },
  },
  { name: 'settings-checks', path: `${SETTINGS}#checks`, mock: { language: 'de' } },
  { name: 'settings-consoles', path: `${SETTINGS}#consoles` },
  { name: 'brand-guests', path: '/t/acme/guests', mock: { scenario: 'brand', several: true } },
  { name: 'brand-dashboard', path: '/t/acme', mock: { scenario: 'brand', several: true } },
  { name: 'brand-selector', path: '/', mock: { scenario: 'brand', several: true } },
  { name: 'brand-sign-in', path: '/t/acme/guests', mock: { scenario: 'brand', signedOut: true } },
  {
    name: 'brand-sign-in-german',
    path: '/t/acme/sign-in',
    mock: { scenario: 'brand', signedOut: true, language: 'de' },
  },
  { name: 'brand-sign-in-unknown', path: '/t/nobody/sign-in', mock: { scenario: 'brand', signedOut: true } },
  { name: 'system-health', path: HEALTH, mock: { system: true } },
  { name: 'system-health-mail', path: HEALTH, mock: { system: true }, act: testMail },
  { name: 'system-health-mail-refused', path: HEALTH, mock: { system: true, scenario: 'mail-refused' }, act: testMail },
  { name: 'system-health-no-mail', path: HEALTH, mock: { system: true, noMail: true, language: 'de' } },
]
