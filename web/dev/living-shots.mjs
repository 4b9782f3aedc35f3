// @ts-check
/**
 * The pictures of the dashboard and of the pages of what was measured. Development only.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./shots.mjs').Shot} Shot
 */

const PATH = '/t/acme/monitoring'
const SERVERS = '/t/acme/servers'
const FRA = '0192f0aa-0000-7000-8000-000000000901'

/** @param {string} name */
function press(name) {
  /** @param {Page} page */
  return page => page.getByRole('button', { name }).first().click()
}

/** With the cross-hair on a point. @param {Page} page */
async function point(page) {
  await page.getByRole('slider').first().focus()
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowLeft')
}

/** @type {Shot[]} */
export const livingShots = [
  { name: 'dashboard', path: '/t/acme' },
  { name: 'dashboard-late', path: '/t/acme', mock: { late: true, language: 'de' } },
  { name: 'dashboard-many', path: '/t/acme', mock: { late: true, many: true } },
  { name: 'dashboard-broken', path: '/t/acme?nodes=broken', mock: { late: true, many: true } },
  { name: 'dashboard-none', path: '/t/acme', mock: { scenario: 'no-servers' } },
  { name: 'dashboard-slow', path: '/t/acme', mock: { scenario: 'slow' } },
  {
    name: 'dashboard-error',
    path: '/t/acme',
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).first().waitFor(),
  },
  { name: 'dashboard-away', path: '/t/acme', mock: { late: true, scenario: 'away' } },
  { name: 'dashboard-try', path: '/t/acme', mock: { late: true }, act: press('Try again') },
  { name: 'dashboard-viewer', path: '/t/acme', mock: { role: 'viewer' } },
  { name: 'monitoring', path: PATH, mock: { late: true }, act: point },
  { name: 'monitoring-month', path: `${PATH}?span=day`, mock: { late: true, language: 'de' } },
  { name: 'monitoring-table', path: PATH, act: press('Show as table: Response time') },
  { name: 'monitoring-slow', path: PATH, mock: { scenario: 'slow' } },
  { name: 'monitoring-none', path: PATH, mock: { scenario: 'no-servers' } },
  {
    name: 'monitoring-error',
    path: PATH,
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).first().waitFor(),
  },
  { name: 'monitoring-comparison', path: `${PATH}?tab=comparison`, mock: { late: true }, act: point },
  {
    name: 'monitoring-comparison-many',
    path: `${PATH}?tab=comparison&sort=success&line=percentile`,
    mock: { late: true, many: true, language: 'de' },
  },
  { name: 'monitoring-history', path: `${PATH}?tab=history`, mock: { late: true } },
  {
    name: 'monitoring-history-failed',
    path: `${PATH}?tab=history&failed=true&server=${FRA}`,
    mock: { language: 'de' },
  },
  { name: 'monitoring-history-none', path: `${PATH}?tab=history&kind=call`, mock: { scenario: 'no-servers' } },
  {
    name: 'server-check',
    path: `${SERVERS}/${FRA}`,
    act: async page => {
      await page.getByRole('button', { name: 'Check now' }).click()
      await page.getByText('Answered in').waitFor()
    },
  },
  {
    name: 'servers-check-all',
    path: SERVERS,
    mock: { late: true },
    act: async page => {
      await page.getByRole('button', { name: 'Check all' }).click()
      await page.waitForTimeout(900)
    },
  },
]
