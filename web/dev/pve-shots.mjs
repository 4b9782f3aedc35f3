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
    await page.getByRole('option').first().click()
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
  { name: 'explorer-favourites', path: at('/cluster/resources'), act: side('Favourites') },
  { name: 'explorer-history', path: EXPLORER, act: side('History') },
  { name: 'explorer-history-empty', path: EXPLORER, mock: { scenario: 'empty' }, act: side('History') },
  { name: 'explorer-no-schema', path: EXPLORER, mock: { scenario: 'no-schema' } },
  { name: 'explorer-bad-schema', path: EXPLORER, mock: { scenario: 'bad-schema', language: 'de' } },
  { name: 'explorer-error', path: EXPLORER, mock: { scenario: 'no-servers' } },
  { name: 'explorer-unknown', path: at('/cluster/future') },
  { name: 'explorer-viewer', path: EXPLORER, mock: { role: 'viewer' } },
  { name: 'configuration', path: `/t/acme/servers/${FRA}/configuration` },
]
