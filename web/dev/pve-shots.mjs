// @ts-check
/**
 * The pictures of the explorer and of snapshots of configuration. Development only.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./shots.mjs').Shot} Shot
 */

const EXPLORER = '/t/acme/explorer'
const FRA = '0192f0aa-0000-7000-8000-000000000901'

/** @param {string} path @param {string} [method] */
const at = (path, method = 'GET') => `${EXPLORER}?path=${encodeURIComponent(path)}&method=${method}`

/** @param {Page} page */
async function run(page) {
  await page.getByRole('button', { name: /^Run|ausführen$/ }).click()
  await page.getByText('200 OK').waitFor()
}

/** @param {string} view */
function as(view) {
  /** @param {Page} page */
  return async page => {
    await run(page)
    await page.getByRole('radio', { name: view }).click()
  }
}

/** @param {Page} page */
async function fill(page) {
  await page.getByLabel('node', { exact: true }).fill('fra-1')
  await page.getByLabel('vmid', { exact: true }).fill('100')
  await page.keyboard.press('Tab')
}

/** @param {Page} page */
async function change(page) {
  await fill(page)
  for (const name of ['net', 'cores', 'onboot', 'bios']) {
    await page.getByRole('combobox', { name: 'Add a parameter' }).fill(name)
    await page.getByRole('listbox').getByRole('option').first().click()
  }
  await page.getByLabel('cores', { exact: true }).fill('many')
  await page.getByRole('button', { name: 'Run PUT' }).click()
}

/** @param {Page} page */
async function destroy(page) {
  await fill(page)
  await page.getByRole('button', { name: 'Run DELETE' }).click()
  await page.getByRole('alertdialog').waitFor()
}

/** @param {Page} page */
async function refused(page) {
  await fill(page)
  await page.getByLabel('snapname', { exact: true }).fill('a b')
  await page.getByRole('button', { name: 'Run POST' }).click()
  await page.getByText('400').waitFor()
}

/** @param {string} side */
const side = side => (/** @type {Page} */ page) => page.getByRole('radio', { name: side }).click()

const CONFIGURATION = `/t/acme/servers/${FRA}/configuration`
const KEPT = '0192f0aa-0000-7000-8000-00000000140'

/** @param {string} name */
const click = name => (/** @type {Page} */ page) => page.getByRole('button', { name }).first().click()

/** @param {Page} page */
async function choose(page) {
  const boxes = page.getByRole('checkbox')
  await boxes.nth(0).check()
  await boxes.nth(3).check()
}

/** @param {Page} page */
async function remove(page) {
  await click('More actions for')(page)
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').waitFor()
}

const CONFIG = '/nodes/{node}/qemu/{vmid}/config'

/** @type {Shot[]} */
export const pveShots = [
  { name: 'explorer', path: EXPLORER },
  { name: 'explorer-search', path: `${EXPLORER}?q=snapshot` },
  { name: 'explorer-none', path: `${EXPLORER}?q=xyzzy` },
  { name: 'explorer-many', path: `${EXPLORER}?q=plugin`, mock: { many: true } },
  { name: 'explorer-call', path: at(CONFIG, 'PUT'), act: fill },
  { name: 'explorer-change', path: at(CONFIG, 'PUT'), act: change },
  { name: 'explorer-table', path: at('/cluster/resources'), act: run },
  { name: 'explorer-tree', path: at('/cluster/resources'), act: as('Tree') },
  { name: 'explorer-raw', path: at('/cluster/resources'), act: as('Raw') },
  { name: 'explorer-refused', path: at('/nodes/{node}/qemu/{vmid}/snapshot', 'POST'), act: refused },
  { name: 'explorer-destroy', path: at('/nodes/{node}/qemu/{vmid}', 'DELETE'), act: destroy },
  { name: 'explorer-closed', path: at('/access/ticket', 'POST') },
  { name: 'explorer-role', path: at('/pools', 'DELETE'), mock: { role: 'manager', language: 'de' } },
  { name: 'explorer-favourites', path: EXPLORER, act: side('Favourites') },
  { name: 'explorer-history', path: EXPLORER, act: side('History') },
  { name: 'explorer-history-empty', path: EXPLORER, mock: { scenario: 'empty' }, act: side('History') },
  { name: 'explorer-no-schema', path: EXPLORER, mock: { scenario: 'no-schema' } },
  { name: 'explorer-bad-schema', path: EXPLORER, mock: { scenario: 'bad-schema', language: 'de' } },
  { name: 'explorer-error', path: EXPLORER, mock: { scenario: 'no-servers' } },
  { name: 'explorer-unknown', path: at('/cluster/future') },
  { name: 'explorer-viewer', path: EXPLORER, mock: { role: 'viewer' } },
  { name: 'configuration', path: CONFIGURATION },
  { name: 'configuration-empty', path: CONFIGURATION, mock: { scenario: 'empty' } },
  { name: 'configuration-error', path: CONFIGURATION, mock: { scenario: 'error' } },
  { name: 'configuration-chosen', path: CONFIGURATION, act: choose },
  { name: 'configuration-plan', path: CONFIGURATION, act: click('Edit plan') },
  { name: 'configuration-delete', path: CONFIGURATION, act: remove },
  { name: 'configuration-manager', path: CONFIGURATION, mock: { role: 'manager', language: 'de' } },
  { name: 'configuration-diff', path: `${CONFIGURATION}?from=${KEPT}3&to=${KEPT}0` },
  { name: 'configuration-diff-many', path: `${CONFIGURATION}?from=${KEPT}3&to=${KEPT}0`, mock: { many: true } },
  { name: 'configuration-same', path: `${CONFIGURATION}?from=${KEPT}2&to=${KEPT}1` },
  { name: 'configuration-show', path: `${CONFIGURATION}?show=${KEPT}0`, act: click('/cluster/backup') },
]
