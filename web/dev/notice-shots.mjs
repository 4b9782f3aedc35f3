// @ts-check
/**
 * The pictures of alerts, notifications and the settings of both. Development only.
 *
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('./shots.mjs').Shot} Shot
 */
const ALERTS = '/t/acme/alerts'
const NOTES = '/t/acme/notifications'
const HOOKS = '/t/acme/settings#webhooks'

/** @param {string} name @param {'button' | 'menuitem'} [role] */
const press = (name, role = 'button') => {
  /** @param {Page} page */
  return page => page.getByRole(role, { name }).first().click()
}

/** @param {string} item */
function choose(item) {
  /** @param {Page} page */
  return async page => {
    await press('More actions for On-call')(page)
    await press(item, 'menuitem')(page)
  }
}

/** @type {Shot[]} */
export const noticeShots = [
  { name: 'alerts', path: ALERTS, mock: { late: true } },
  { name: 'alerts-many', path: ALERTS, mock: { many: true, language: 'de' } },
  { name: 'alerts-manager', path: ALERTS, mock: { role: 'manager' } },
  { name: 'alerts-history', path: `${ALERTS}?tab=history` },
  { name: 'alerts-none', path: ALERTS, mock: { scenario: 'calm' } },
  {
    name: 'alerts-none-server',
    path: `${ALERTS}?server=0192f0aa-0000-7000-8000-000000000901`,
    mock: { scenario: 'calm' },
  },
  {
    name: 'alerts-error',
    path: ALERTS,
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: 9000 }),
  },
  { name: 'alerts-acknowledge', path: ALERTS, mock: { late: true }, act: press('Acknowledge') },
  {
    name: 'alerts-toast',
    path: '/t/acme/guests',
    mock: { scenario: 'trouble' },
    act: page => page.getByRole('button', { name: 'Show', exact: true }).waitFor({ timeout: 9000 }),
  },
  { name: 'bell', path: '/t/acme/guests', act: press('Notifications, ') },
  { name: 'bell-many', path: '/t/acme/guests', mock: { many: true, language: 'de' }, act: press('Mitteilungen, ') },
  { name: 'bell-empty', path: '/t/acme/guests', mock: { scenario: 'empty' }, act: press('Notifications') },
  { name: 'bell-viewer', path: '/t/acme/guests', mock: { role: 'viewer' }, act: press('Notifications, ') },
  { name: 'notifications', path: NOTES },
  { name: 'notifications-many', path: NOTES, mock: { many: true, language: 'de' } },
  { name: 'notifications-filter', path: `${NOTES}?category=members&unread=true` },
  { name: 'notifications-empty', path: NOTES, mock: { scenario: 'empty' } },
  {
    name: 'notifications-error',
    path: NOTES,
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: 9000 }),
  },
  { name: 'preferences', path: `${NOTES}?tab=preferences` },
  { name: 'preferences-no-mail', path: `${NOTES}?tab=preferences`, mock: { noMail: true, language: 'de' } },
  { name: 'webhooks', path: HOOKS, act: press('Test') },
  { name: 'webhooks-manager', path: HOOKS, mock: { role: 'manager', language: 'de' } },
  { name: 'webhooks-empty', path: HOOKS, mock: { scenario: 'empty' } },
  {
    name: 'webhooks-error',
    path: HOOKS,
    mock: { scenario: 'error' },
    act: page => page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: 9000 }),
  },
  { name: 'webhooks-menu', path: HOOKS, act: press('More actions for On-call') },
  {
    name: 'webhooks-add',
    path: HOOKS,
    act: async page => {
      await press('Add webhook')(page)
      await page.getByLabel('Name', { exact: true }).fill('Pager')
      await page.getByLabel('Address').fill('http://10.0.0.1/hook')
      await page.getByRole('dialog').getByRole('button', { name: 'Add webhook' }).click()
    },
  },
  {
    name: 'webhooks-secret',
    path: HOOKS,
    act: async page => {
      await choose('New secret')(page)
      await press('Make a new secret')(page)
      await page.getByText('It is shown this once.').waitFor()
    },
  },
  {
    name: 'webhooks-deliveries',
    path: HOOKS,
    act: async page => {
      await press('Old ticket system')(page)
      await page.getByRole('dialog').getByRole('button', { name: 'Alert opened' }).first().click()
    },
  },
  { name: 'webhooks-delete', path: HOOKS, act: choose('Delete') },
]
