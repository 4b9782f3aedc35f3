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
import { guestShots } from './guest-shots.mjs'
import { livingShots } from './living-shots.mjs'
import { startMock } from './mock.mjs'
import { noticeShots } from './notice-shots.mjs'
import { pveShots } from './pve-shots.mjs'
import { serverShots } from './server-shots.mjs'
import { settingsShots } from './settings-shots.mjs'
import { workShots } from './work-shots.mjs'

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    width: { type: 'string' },
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

/** @param {string} label */
function waitFor(label) {
  /** @param {import('playwright-core').Page} page */
  return page => page.getByRole('button', { name: label }).waitFor()
}

/** @param {import('playwright-core').Page} page */
const toTokens = page =>
  page.getByRole('heading', { name: /^API.Token/i }).evaluate(heading => heading.closest('section')?.scrollIntoView())

/** @param {string} name */
function makeToken(name) {
  /** @param {import('playwright-core').Page} page */
  return async page => {
    await click('Make a token')(page)
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByLabel('Tenant').selectOption('Acme Hosting')
    await page.getByRole('button', { name: 'Make token' }).click()
    await page.waitForTimeout(400)
  }
}

/** @param {import('playwright-core').Page} page */
async function addMember(page) {
  await click('Add member')(page)
  await page.getByRole('combobox').fill('an')
  await page.getByRole('option').first().waitFor()
}

/** @param {import('playwright-core').Page} page */
async function importRoster(page) {
  await click('Import CSV')(page)
  const rows = 'email,role\nanna@example.org,viewer\nben@example.org,manager\nnew@example.net,viewer\nnobody,viewer'
  await page.getByLabel('Rows').fill(rows)
  await click('Preview')(page)
  await page.getByText('of them').waitFor()
}

/** @param {number} count @param {boolean} [wrong] */
function sheetOf(count, wrong = true) {
  const token = 'nexus@pve!broker=00000000-0000-4000-8000-000000000000'
  const rows = Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(3, '0')
    if (wrong && index === 1) return `Kassel,https://pve.example.org/,70000,${token},true,,`
    if (wrong && index === 4) return `Office again,10.20.0.5,8006,${token},true,,`
    if (wrong && index === 6) return `Late,late.example.org,8006,${token},true,,`
    const name = index === 2 ? '"Rechenzentrum der Zweigstelle, Hauptgebäude, dritter Keller links"' : `Site ${number}`
    return `${name},pve-${number}.dc.example.org,8006,${token},${index % 4 !== 3},${index % 5 === 2},pve-${number}.tail.ts.net`
  })
  return ['name,host,port,api_token,verify_ssl,use_tailscale,tailscale_hostname', ...rows].join('\n')
}

/** @param {string} csv @param {import('playwright-core').Page} page */
async function lookAtServers(csv, page) {
  await click('Import CSV')(page)
  await page.getByLabel('Or paste the rows').fill(csv)
  await click('Preview')(page)
  await page.getByText('can be imported.').waitFor()
}

/** @param {string} label @param {number} [count] */
function importServers(label, count = 24) {
  /** @param {import('playwright-core').Page} page */
  return async page => {
    await lookAtServers(sheetOf(count), page)
    await page.getByRole('button', { name: /^Import \d+/ }).click()
    await page.getByText(label).first().waitFor()
  }
}

/** @param {string} action @param {import('playwright-core').Page} page */
async function toProvided(action, page) {
  await click('More actions for Shared cluster')(page)
  await click(action, 'menuitem')(page)
  await page.getByRole(action === 'Delete' ? 'alertdialog' : 'dialog').waitFor()
  if (action === 'Edit') await page.getByLabel('Pools').waitFor()
}

/** @param {import('playwright-core').Page} page */
async function fillProvide(page) {
  await click('Provide a server')(page)
  await page.getByRole('combobox').fill('init')
  await page.getByRole('option').first().click()
  await page.getByLabel('Pools').fill('initech, initech/test ')
  await page.getByLabel('Tags').fill('initech ')
  await page.getByLabel('Guest numbers').fill('4000-4999, 120 ')
  await page.getByLabel('Name', { exact: true }).fill('Shared cluster')
  await page.getByLabel('Host', { exact: true }).fill('pve.shared.example.net')
  await page.getByLabel('API token').fill('nexus@pve!acme=1b4e28ba-2fa1-11d2-883f-0016d3cca427')
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
  { name: 'tenants-system', path: '/', mock: { several: true, system: true, scenario: 'inactive' } },
  { name: 'tenants-none', path: '/', mock: { scenario: 'no-tenant' } },
  { name: 'tenants-closed', path: '/', mock: { role: 'viewer', scenario: 'inactive' } },
  { name: 'not-found', path: '/nothing' },
  { name: 'sign-in-no-mail', path: '/sign-in', mock: { signedOut: true, noMail: true } },
  { name: 'forgot', path: '/forgot', mock: { signedOut: true } },
  {
    name: 'forgot-sent',
    path: '/forgot',
    mock: { signedOut: true },
    act: async page => {
      await page.getByLabel('E-mail').fill('jane.doe@example.org')
      await click('Send the link')(page)
    },
  },
  {
    name: 'reset',
    path: '/reset#secret',
    mock: { signedOut: true },
    act: page => page.getByLabel('New password').fill('correct horse'),
  },
  { name: 'reset-void', path: '/reset', mock: { signedOut: true } },
  { name: 'verify', path: '/verify#secret', mock: { signedOut: true } },
  { name: 'verify-void', path: '/verify#secret', mock: { signedOut: true, scenario: 'void' } },
  { name: 'invite-new', path: '/invite#secret', mock: { signedOut: true } },
  {
    name: 'invite-known',
    path: '/invite#secret',
    mock: { signedOut: true, scenario: 'known' },
    act: async page => {
      await page.getByLabel('Full name').fill('Jane Doe')
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
      await click('Create the account and join')(page)
      await page.getByRole('link', { name: 'Sign in' }).waitFor()
    },
  },
  { name: 'invite-join', path: '/invite#secret' },
  { name: 'invite-other', path: '/invite#secret', mock: { scenario: 'other' } },
  { name: 'invite-void', path: '/invite#secret', mock: { scenario: 'void' } },
  { name: 'profile', path: '/profile' },
  { name: 'profile-unverified', path: '/profile', mock: { scenario: 'unverified', language: 'de' } },
  { name: 'profile-no-mail', path: '/profile', mock: { noMail: true } },
  {
    name: 'profile-email-confirm',
    path: '/profile',
    mock: { scenario: 'confirm' },
    act: async page => {
      await click('Change the address')(page)
      await page.getByLabel('New address').fill('jane@example.com')
      await click('Send the link')(page)
      await page.getByLabel('Your password').waitFor()
    },
  },
  { name: 'tokens', path: '/profile', act: toTokens },
  { name: 'tokens-german', path: '/profile', mock: { language: 'de' }, act: toTokens },
  { name: 'tokens-empty', path: '/profile', mock: { scenario: 'empty' }, act: toTokens },
  { name: 'tokens-full', path: '/profile', mock: { scenario: 'full' }, act: toTokens },
  { name: 'tokens-make', path: '/profile', act: click('Make a token') },
  { name: 'tokens-wrong', path: '/profile', act: makeToken('1st token') },
  { name: 'tokens-confirm', path: '/profile', mock: { scenario: 'confirm' }, act: makeToken('backup-script') },
  { name: 'tokens-made', path: '/profile', act: makeToken('backup-script') },
  { name: 'tokens-revoke', path: '/profile', act: click('Revoke terraform') },
  {
    name: 'profile-end-others',
    path: '/profile',
    act: click('End all others'),
  },
  { name: 'system-users', path: '/system/users', mock: { system: true } },
  { name: 'system-users-many', path: '/system/users', mock: { system: true, many: true, language: 'de' } },
  { name: 'system-users-no-match', path: '/system/users?q=nobody', mock: { system: true } },
  {
    name: 'system-users-error',
    path: '/system/users',
    mock: { system: true, scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor(),
  },
  { name: 'system-users-forbidden', path: '/system/users' },
  { name: 'system-users-menu', path: '/system/users', mock: { system: true }, act: click('More actions for Anna') },
  { name: 'system-users-create', path: '/system/users', mock: { system: true }, act: click('Create user') },
  {
    name: 'system-users-made',
    path: '/system/users',
    mock: { system: true },
    act: async page => {
      await click('Create user')(page)
      await page.getByLabel('Full name').fill('Nora Neu')
      await page.getByLabel('E-mail').fill('nora@example.org')
      await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    },
  },
  {
    name: 'system-users-edit',
    path: '/system/users',
    mock: { system: true, scenario: 'changed' },
    act: async page => {
      await page.getByRole('button', { name: 'Edit Ben' }).click()
      await page.getByLabel('Full name').fill('Ben Okafor-Smith')
      await click('Save')(page)
      await page.getByText('Load again').waitFor()
    },
  },
  {
    name: 'system-users-delete',
    path: '/system/users',
    mock: { system: true },
    act: async page => {
      await click('More actions for Ben')(page)
      await click('Delete', 'menuitem')(page)
      await page.getByLabel('Type the address').fill('ben.okafor@example.org')
      await click('Delete Ben')(page)
      await page.getByText('Who becomes administrator').first().waitFor()
    },
  },
  { name: 'system-tenants', path: '/system/tenants', mock: { system: true } },
  { name: 'system-tenants-empty', path: '/system/tenants', mock: { system: true, scenario: 'empty' } },
  {
    name: 'system-tenants-create',
    path: '/system/tenants',
    mock: { system: true },
    act: async page => {
      await click('Create organisation')(page)
      await page.getByLabel('Name', { exact: true }).fill('Höhere Schule Bonn')
    },
  },
  {
    name: 'system-tenants-deactivate',
    path: '/system/tenants',
    mock: { system: true },
    act: async page => {
      await click('More actions for Acme')(page)
      await click('Deactivate', 'menuitem')(page)
    },
  },
  {
    name: 'system-tenants-delete',
    path: '/system/tenants',
    mock: { system: true },
    act: async page => {
      await click('More actions for Acme')(page)
      await click('Delete', 'menuitem')(page)
    },
  },
  { name: 'system-servers', path: '/system/servers', mock: { system: true } },
  { name: 'system-servers-empty', path: '/system/servers', mock: { system: true, scenario: 'empty' } },
  { name: 'system-servers-many', path: '/system/servers', mock: { system: true, many: true, language: 'de' } },
  {
    name: 'system-servers-error',
    path: '/system/servers',
    mock: { system: true, scenario: 'error' },
    act: waitFor('Try again'),
  },
  {
    name: 'system-servers-menu',
    path: '/system/servers?q=initech',
    mock: { system: true },
    act: click('More actions for Shared cluster'),
  },
  { name: 'provide', path: '/system/servers', mock: { system: true }, act: click('Provide a server') },
  { name: 'provide-filled', path: '/system/servers', mock: { system: true }, act: fillProvide },
  {
    name: 'provide-wrong',
    path: '/system/servers',
    mock: { system: true },
    act: async page => {
      await click('Provide a server')(page)
      await page.getByLabel('Guest numbers').fill('99')
      await click('Test and provide')(page)
    },
  },
  {
    name: 'provide-certificate',
    path: '/system/servers',
    mock: { system: true },
    act: async page => {
      await fillProvide(page)
      await click('Test and provide')(page)
      await page.getByText('Trust this certificate').waitFor()
    },
  },
  {
    name: 'provide-edit',
    path: '/system/servers?q=initech',
    mock: { system: true, scenario: 'changed' },
    act: async page => {
      await toProvided('Edit', page)
      await page.getByLabel('Tags').fill('initech-new ')
      await click('Save')(page)
      await page.getByText('Load again').waitFor()
    },
  },
  {
    name: 'provide-test',
    path: '/system/servers?q=initech',
    mock: { system: true },
    act: page => toProvided('Test', page),
  },
  {
    name: 'provide-delete',
    path: '/system/servers?q=initech',
    mock: { system: true },
    act: page => toProvided('Delete', page),
  },
  {
    name: 'system-switcher',
    path: '/system/health',
    mock: { system: true, several: true },
    act: click('switch organisation'),
  },
  { name: 'guests', path: '/t/acme/guests' },
  { name: 'guests-late', path: '/t/acme/guests', mock: { late: true, several: true }, act: click('Details') },
  { name: 'guests-filter', path: '/t/acme/guests?q=status%3Arunning%20tag%3Aprod&sort=-cpu' },
  { name: 'guests-suggestions', path: '/t/acme/guests?q=tag%3A', act: page => page.getByRole('combobox').click() },
  { name: 'guests-unknown-field', path: '/t/acme/guests?q=stat%3Arunning' },
  { name: 'guests-columns', path: '/t/acme/guests', act: click('Columns') },
  { name: 'guests-views', path: '/t/acme/guests?q=tag%3Aprod', act: click('Views') },
  { name: 'guests-cards', path: '/t/acme/guests', act: click('Cards') },
  { name: 'guests-selected', path: '/t/acme/guests', act: page => page.getByRole('checkbox').nth(3).click() },
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
  ...serverShots,
  ...noticeShots,
  ...guestShots,
  ...livingShots,
  ...workShots,
  ...pveShots,
  { name: 'import-source', path: '/t/acme/servers', act: click('Import CSV') },
  {
    name: 'import-fault',
    path: '/t/acme/servers',
    act: async page => {
      await click('Import CSV')(page)
      await page.getByLabel('Or paste the rows').fill('name,host\nFrankfurt,pve.example.org')
      await click('Preview')(page)
    },
  },
  { name: 'import-preview', path: '/t/acme/servers', act: page => lookAtServers(sheetOf(24), page) },
  { name: 'import-many', path: '/t/acme/servers', act: page => lookAtServers(sheetOf(1000), page) },
  {
    name: 'import-german',
    path: '/t/acme/servers',
    mock: { language: 'de' },
    act: click('CSV importieren'),
  },
  { name: 'import-running', path: '/t/acme/servers', mock: { scenario: 'slow' }, act: importServers('20 of') },
  { name: 'import-done', path: '/t/acme/servers', act: importServers('Finished') },
  { name: 'members', path: '/t/acme/members', mock: { system: true } },
  { name: 'members-manager', path: '/t/acme/members', mock: { role: 'manager' } },
  { name: 'members-inactive', path: '/t/acme/members', mock: { scenario: 'inactive' } },
  { name: 'members-error', path: '/t/acme/members', mock: { scenario: 'error' }, act: waitFor('Try again') },
  { name: 'members-add', path: '/t/acme/members', act: addMember },
  {
    name: 'members-link',
    path: '/t/acme/members',
    act: async page => {
      await click('Add member')(page)
      await page.getByRole('combobox').fill('new@example.net')
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByText('Copy link').waitFor()
    },
  },
  { name: 'members-menu', path: '/t/acme/members', act: click('More actions for Farid Haddad') },
  {
    name: 'members-role',
    path: '/t/acme/members',
    act: async page => {
      await click('More actions for Ben Fischer')(page)
      await click('Change role', 'menuitem')(page)
    },
  },
  { name: 'members-sheet', path: '/t/acme/members', act: click('Elif') },
  { name: 'members-import', path: '/t/acme/members', act: importRoster },
  {
    name: 'members-imported',
    path: '/t/acme/members',
    act: async page => {
      await importRoster(page)
      await click('Import 2 rows')(page)
      await page.getByText('Copy all').waitFor()
    },
  },
  { name: 'invitations', path: '/t/acme/members?tab=invitations' },
  { name: 'groups', path: '/t/acme/members?tab=groups' },
  { name: 'groups-empty', path: '/t/acme/members?tab=groups', mock: { scenario: 'empty' } },
  { name: 'groups-edit', path: '/t/acme/members?tab=groups', act: click('Edit') },
  { name: 'assignments', path: '/t/acme/assignments' },
  { name: 'assignments-many', path: '/t/acme/assignments', mock: { many: true, language: 'de' } },
  { name: 'assignments-empty', path: '/t/acme/assignments', mock: { scenario: 'empty' } },
  {
    name: 'assignments-add',
    path: '/t/acme/assignments',
    act: async page => {
      await click('Give rights')(page)
      await page.getByLabel('Person or group').fill('jon')
      await page.getByRole('option', { name: 'Jonas' }).click()
      await page.getByText('Tag', { exact: true }).click()
    },
  },
  {
    name: 'assignments-edit',
    path: '/t/acme/assignments',
    act: async page => {
      await click('More actions for')(page)
      await click('Edit', 'menuitem')(page)
    },
  },
  {
    name: 'guest-access',
    path: '/t/acme/guests',
    act: async page => {
      await click('More actions for cache-01')(page)
      await click('Access', 'menuitem')(page)
    },
  },
  ...settingsShots,
  { name: 'audit', path: '/t/acme/audit' },
  {
    name: 'audit-details',
    path: '/t/acme/audit?range=custom',
    mock: { language: 'en' },
    act: async page => {
      await click('Details of Server changed')(page)
    },
  },
  { name: 'audit-none', path: '/t/acme/audit?q=nothing' },
  {
    name: 'audit-verify',
    path: '/t/acme/audit',
    act: async page => {
      await click('Verify')(page)
      await page.getByText('The log is whole').waitFor()
    },
  },
  { name: 'consoles', path: '/t/acme/consoles' },
  { name: 'consoles-all', path: '/t/acme/consoles?all=true', mock: { language: 'de' } },
  { name: 'consoles-details', path: '/t/acme/consoles?all=true', act: click('Details of Carla') },
  { name: 'consoles-person', path: '/t/acme/consoles', act: click('Any person') },
  { name: 'consoles-none-match', path: '/t/acme/consoles?all=true&cause=node_full' },
  { name: 'consoles-system', path: '/system/consoles?all=true', mock: { system: true } },
  { name: 'consoles-error', path: '/t/acme/consoles', mock: { scenario: 'error' }, act: waitFor('Try again') },
  { name: 'consoles-empty', path: '/t/acme/consoles', mock: { scenario: 'empty' } },
  { name: 'consoles-end', path: '/t/acme/consoles', act: click('End') },
  { name: 'console', path: console_(100) },
  { name: 'console-clipboard', path: console_(100), act: click('Clipboard') },
  { name: 'console-keys', path: console_(100), act: click('Send keys') },
  { name: 'console-view-only', path: `${console_(100)}?view_only=1` },
  {
    name: 'console-ending-idle',
    path: console_(100),
    mock: { scenario: 'ending-idle' },
    act: waitFor('Stay connected'),
  },
  { name: 'console-ending-max', path: console_(100), mock: { scenario: 'ending-max' }, act: waitFor('Hide this') },
  { name: 'console-limit', path: console_(100), mock: { scenario: 'too_many_consoles' } },
  { name: 'console-stopped', path: console_(111) },
  ...ENDINGS.map(name => ({ name: `console-${name}`, path: console_(100), mock: { scenario: name } })),
  {
    name: 'console-german',
    path: console_(100),
    mock: /** @type {const} */ ({ language: 'de', scenario: 'pve_unreachable' }),
  },
]

const WIDTHS = values.width ? [Number(values.width)] : [1440, 390]
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
