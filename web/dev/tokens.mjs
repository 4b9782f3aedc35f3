// @ts-check
/**
 * The API tokens of the mock's person. Development only.
 *
 * @typedef {import('../src/lib/api/types').ApiToken} ApiToken
 */
import { uuid } from './data.mjs'
import { Refusal } from './refusal.mjs'

const MOST = 50
const DAY = 86_400_000

/** @param {number} days */
const inDays = days => new Date(Date.now() + days * DAY).toISOString()

/** @param {{ scenario?: string }} options @returns {ApiToken[]} */
export function makeTokens(options) {
  if (options.scenario === 'empty') return []
  const acme = { id: uuid(1), slug: 'acme', name: 'Acme Hosting' }
  const frankfurt = { id: uuid(901), name: 'Frankfurt' }
  /** @type {[string, ApiToken['scopes'], boolean, boolean, number, number | null][]} */
  const rows = [
    ['terraform', ['read', 'power', 'manage'], true, true, 61, 0.002],
    ['grafana-exporter', ['read'], true, false, 300, 0.3],
    [
      'nightly-job-that-has-the-longest-name-that-a-token-may-have-1234',
      ['read', 'power', 'console', 'manage'],
      false,
      false,
      4,
      null,
    ],
    ['old-script', ['read', 'power'], false, false, -3, 5],
  ]
  /** @type {ApiToken[]} */
  const tokens = rows.map(([name, scopes, tenant, server, expires, used], index) => ({
    id: uuid(1300 + index),
    name,
    pve_id: `0192f0aa7c3${index}@nexus!${name}`,
    scopes,
    tenant: tenant ? acme : null,
    server: server ? frankfurt : null,
    created_at: inDays(-29 - index),
    expires_at: inDays(expires),
    used_at: used === null ? null : inDays(-used),
    used_address: used === null ? null : '198.51.100.7',
  }))
  while (options.scenario === 'full' && tokens.length < MOST)
    tokens.push({ .../** @type {ApiToken} */ (tokens[1]), id: crypto.randomUUID(), name: `job-${tokens.length}` })
  return tokens
}

/**
 * @param {{ tokens: ApiToken[], confirmed: boolean }} system @param {{ scenario?: string }} options @param {import('../src/lib/api/types').Me} me
 * @param {{ id: string, name: string }[]} servers @param {string} method @param {string | undefined} id @param {any} body
 */
export function tokensAnswer(system, options, me, servers, method, id, body) {
  if (method === 'GET') {
    if (options.scenario === 'error') throw new Refusal(500, 'internal', 'No tokens.')
    return { tokens: system.tokens, may_make: Math.max(0, MOST - system.tokens.length) }
  }
  if (method === 'DELETE') {
    system.tokens = system.tokens.filter(token => token.id !== id)
    return null
  }
  if (options.scenario === 'confirm' && !system.confirmed)
    throw new Refusal(403, 'confirm_required', 'Say the password once more.')
  if (system.tokens.some(token => token.name === body.name)) throw new Refusal(409, 'duplicate', 'Name taken.')
  const made = crypto.randomUUID()
  const secret = crypto.randomUUID()
  const tenant = me.tenants.find(one => one.id === body.tenant)
  const server = servers.find(one => one.id === body.server)
  const pve_id = `${made.replaceAll('-', '').slice(0, 12)}@nexus!${body.name}`
  /** @type {ApiToken} */
  const token = {
    id: made,
    name: body.name,
    pve_id,
    scopes: body.scopes,
    tenant: tenant ? { id: tenant.id, slug: tenant.slug, name: tenant.name } : null,
    server: server ? { id: server.id, name: server.name } : null,
    created_at: inDays(0),
    expires_at: inDays(body.expires_in_days),
    used_at: null,
    used_address: null,
  }
  system.tokens.unshift(token)
  return { token, secret, pve_header: `PVEAPIToken=${pve_id}=${secret}`, bearer: `Bearer ${secret}` }
}
