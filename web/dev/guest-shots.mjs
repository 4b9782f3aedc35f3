// @ts-check
/**
 * The pictures of a guest's page. Development only.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./shots.mjs').Shot} Shot
 */

const FRA = '0192f0aa-0000-7000-8000-000000000901'
/** @param {number} vmid @param {string} [search] @param {string} [kind] */
const guest = (vmid, search = '', kind = 'qemu') => `/t/acme/guests/${FRA}/${kind}/${vmid}${search}`

/** @param {string} name @param {'button' | 'menuitem'} [role] */
function press(name, role = 'button') {
  /** @param {Page} page */
  return page => page.getByRole(role, { name }).first().click()
}

/** With the cross-hair on a point. @param {Page} page */
async function point(page) {
  await page.getByRole('slider').first().focus()
  for (let step = 0; step < 9; step += 1) await page.keyboard.press('ArrowLeft')
}

/** @param {string} name @param {string} item */
function choose(name, item) {
  /** @param {Page} page */
  return async page => {
    await press(`More actions for ${name}`)(page)
    await press(item, 'menuitem')(page)
  }
}

/** A button where there is room, else in the menu. @param {Page} page */
async function rollBack(page) {
  const button = page.getByRole('button', { name: 'Roll back' }).first()
  if (await button.isVisible()) return button.click()
  await choose('installed', 'Roll back')(page)
}

/** A name that PVE does not take, and then what is being made. @param {Page} page */
async function create(page) {
  await press('Take snapshot')(page)
  await page.getByLabel('Name').fill('1st try')
  await page.keyboard.press('Enter')
  await page.getByText('a letter first').waitFor()
}

/** @param {Page} page */
async function making(page) {
  await press('Take snapshot')(page)
  await page.getByLabel('Name').fill('before-holidays')
  await page.keyboard.press('Enter')
  await page.getByText('is being made').waitFor()
}

const retry = /** @param {Page} page */ page => page.getByRole('button', { name: 'Try again' }).first().waitFor()

/** @type {Shot[]} */
export const guestShots = [
  { name: 'guest-overview', path: guest(100) },
  { name: 'guest-overview-german', path: guest(100), mock: { language: 'de', late: true } },
  { name: 'guest-overview-stopped', path: guest(111) },
  { name: 'guest-overview-long', path: guest(125) },
  { name: 'guest-overview-container', path: guest(113, '', 'lxc') },
  { name: 'guest-overview-template', path: guest(139) },
  { name: 'guest-overview-broken', path: guest(100), mock: { scenario: 'broken', late: true } },
  { name: 'guest-overview-slow', path: guest(100), mock: { scenario: 'slow' } },
  { name: 'guest-overview-error', path: guest(100), mock: { scenario: 'error' }, act: retry },
  { name: 'guest-overview-gone', path: guest(999) },
  { name: 'guest-plain', path: guest(100), mock: { role: 'viewer' } },
  { name: 'guest-plain-watch', path: guest(103), mock: { role: 'viewer', language: 'de' } },
  { name: 'guest-charts', path: guest(100, '?tab=charts'), act: point },
  { name: 'guest-charts-year', path: guest(100, '?tab=charts&time=year&peak=true'), mock: { language: 'de' } },
  { name: 'guest-charts-table', path: guest(100, '?tab=charts&time=week'), act: press('Show as table: Memory') },
  { name: 'guest-charts-broken', path: guest(100, '?tab=charts'), mock: { scenario: 'broken' }, act: retry },
  { name: 'guest-snapshots', path: guest(100, '?tab=snapshots') },
  { name: 'guest-snapshots-german', path: guest(100, '?tab=snapshots'), mock: { language: 'de' } },
  { name: 'guest-snapshots-none', path: guest(101, '?tab=snapshots') },
  { name: 'guest-snapshots-create', path: guest(100, '?tab=snapshots'), act: create },
  { name: 'guest-snapshots-making', path: guest(100, '?tab=snapshots'), act: making },
  { name: 'guest-snapshots-back', path: guest(100, '?tab=snapshots'), act: rollBack },
  { name: 'guest-snapshots-delete', path: guest(100, '?tab=snapshots'), act: choose('new-payment', 'Delete snapshot') },
  { name: 'guest-snapshots-text', path: guest(100, '?tab=snapshots'), act: choose('new-payment', 'Edit description') },
  { name: 'guest-snapshots-broken', path: guest(100, '?tab=snapshots'), mock: { scenario: 'broken' }, act: retry },
  { name: 'guest-tasks', path: guest(100, '?tab=tasks') },
  { name: 'guest-tasks-log', path: guest(100, '?tab=tasks'), act: press('Log of') },
  { name: 'guest-tasks-none', path: guest(104, '?tab=tasks') },
  { name: 'guest-configuration', path: guest(100, '?tab=configuration') },
  { name: 'guest-configuration-container', path: guest(112, '?tab=configuration', 'lxc'), mock: { language: 'de' } },
  { name: 'guest-people', path: guest(100, '?tab=access') },
  { name: 'guest-consoles', path: guest(100, '?tab=consoles') },
]
