// @ts-check
/**
 * How the mock's tenant looks: its settings, its logo, its sign-in page. Development only.
 *
 * @typedef {import('../src/lib/api/types').Settings} Settings
 */
import { Refusal } from './refusal.mjs'

const LIMIT = 2 * 1024 ** 2
const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 48" width="160" height="48"><g fill="#0d9488">' +
    '<path d="M4 44 24 4l20 40h-9L24 22 13 44z"/><circle cx="24" cy="38" r="5"/></g><g fill="none" stroke="#0d9488" stroke-width="6">' +
    '<path d="M78 16a12 12 0 1 0 0 16M92 40V8m0 18c2-8 18-8 18 2v12M124 8v32h16V8"/></g></svg>',
)

/** @typedef {{ people: { settings: Settings }, me: import('../src/lib/api/types').Me | null, logo?: Buffer | null }} World */

/** @param {World} world @param {Buffer | null} picture */
function keepLogo(world, picture) {
  world.logo = picture
  const { settings } = world.people
  settings.logo = picture && {
    tag: `logo-${picture.length}-${Date.now()}`,
    content_type: 'image/png',
    width: 640,
    height: 192,
    size_bytes: picture.length,
    updated_at: new Date().toISOString(),
  }
  for (const tenant of world.me?.tenants ?? []) if (tenant.slug === 'acme') tenant.logo = settings.logo?.tag ?? null
  return settings.logo
}

/** What `--scenario brand` begins with. @param {World} world @param {{ scenario?: string }} options */
export function dress(world, options) {
  if (options.scenario !== 'brand') return
  const colours = { primary_color: '#0d9488', secondary_color: '#7c3aed', accent_color: '#c2410c' }
  Object.assign(world.people.settings, colours, { logo_on_sign_in: true })
  keepLogo(world, SVG)
}

/** @param {World} world */
export function brandOf({ people: { settings } }) {
  const { primary_color, secondary_color, accent_color, logo } = settings
  return { primary_color, secondary_color, accent_color, logo: logo?.tag ?? null }
}

/** The logo below a tenant, or undefined for what is not of this file. @param {World} world @param {{ scenario?: string }} options @param {string} method @param {string | undefined} noun @param {any} body */
export function logoAnswer(world, options, method, noun, body) {
  if (noun !== 'logo') return undefined
  if (method === 'GET') {
    if (!world.logo) throw new Refusal(404, 'not_found', 'No logo.')
    return world.logo
  }
  if (method === 'DELETE') {
    keepLogo(world, null)
    return null
  }
  if (body.length > LIMIT) throw new Refusal(413, 'too_large', 'Too large.')
  if (options.scenario === 'unsafe')
    throw new Refusal(422, 'invalid', 'Invalid.', [{ field: 'logo', code: 'unsafe', detail: 'It has a script.' }])
  const kept = keepLogo(world, body)
  return options.scenario === 'slow' ? new Promise(resolve => setTimeout(resolve, 4000, kept)) : kept
}

/** `sign-in/{slug}` and its logo; signing in itself is another's. @param {World} world @param {string} method @param {string[]} path */
export function signInAnswer(world, method, [noun, slug, logo]) {
  if (noun !== 'sign-in' || method !== 'GET') return undefined
  const { settings } = world.people
  const shown = slug === 'acme' && settings.logo_on_sign_in
  if (!logo) return shown ? { name: settings.name, brand: brandOf(world) } : { name: null, brand: {} }
  if (!shown || !world.logo) throw new Refusal(404, 'not_found', 'No logo.')
  return world.logo
}

/** `system/test-mail`, stage by stage. @param {{ scenario?: string, noMail?: boolean }} options @param {string} method @param {string[]} path */
export function testMailAnswer(options, method, [noun, what]) {
  if (noun !== 'system' || what !== 'test-mail' || method !== 'POST') return undefined
  if (options.noMail) throw new Refusal(409, 'mail_not_configured', 'No mail.')
  if (options.scenario === 'mail-refused')
    return {
      sent: false,
      stage: 'sign_in',
      detail: '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6',
      took_ms: 412,
    }
  return { sent: true, stage: null, detail: '250 2.0.0 Ok: queued as 4XyZ1', took_ms: 187 }
}
