// @ts-check
/**
 * The pictures of the drawer, of actions on many guests, of the palette and of the keys. Development only.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./shots.mjs').Shot} Shot
 */

const GUESTS = '/t/acme/guests'

/** @param {Page} page */
const drawer = page => page.getByRole('button', { name: /^Tasks/ }).click()

/** @param {Page} page */
async function log(page) {
  await drawer(page)
  await page
    .getByRole('button', { name: /details and log/ })
    .nth(2)
    .click()
  await page.getByRole('log').waitFor()
}

/** @param {Page} page */
async function ask(page) {
  const boxes = page.getByRole('checkbox')
  for (let index = 1; index < 6; index += 1) await boxes.nth(index).check()
  await page.getByRole('button', { name: 'Shut down' }).first().click()
  await page.getByRole('alertdialog').waitFor()
}

/** @param {Page} page */
async function many(page) {
  await ask(page)
  await page.getByRole('button', { name: /^Shut down \d+ guests?$/ }).click()
  await page.getByRole('button', { name: /^Try \d+ again$/ }).waitFor()
}

/** @param {string} text */
function palette(text) {
  /** @param {Page} page */
  return async page => {
    await page.getByRole('button', { name: 'Search or do something' }).click()
    await page.getByRole('combobox').fill(text)
    await page.getByRole('option').first().waitFor()
  }
}

/** @type {Shot[]} */
export const workShots = [
  { name: 'tasks', path: GUESTS, act: drawer },
  { name: 'tasks-log', path: GUESTS, act: log },
  { name: 'tasks-empty', path: GUESTS, mock: { scenario: 'empty' }, act: drawer },
  { name: 'bulk-ask', path: `${GUESTS}?q=status:running`, act: ask },
  { name: 'bulk-result', path: `${GUESTS}?q=status:running`, act: many },
  { name: 'palette', path: '/t/acme', act: palette('') },
  { name: 'palette-many', path: '/t/acme', mock: { many: true }, act: palette('web') },
  { name: 'palette-stop', path: '/t/acme', act: palette('stop web') },
  { name: 'palette-viewer', path: GUESTS, mock: { role: 'viewer' }, act: palette('') },
]
