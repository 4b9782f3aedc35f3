import { readFileSync } from 'node:fs'
import i18next from 'i18next'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiError } from '@/lib/api/error'
import { fieldProblemText, problemText } from '@/lib/problem-text'

afterEach(() => i18next.changeLanguage('en'))

const source = (path: string) => readFileSync(`../crates/${path}`, 'utf8')
const api = ['error', 'server', 'guest', 'console', 'setup'].map(name => source(`api/src/${name}.rs`)).join('\n')
const problems = new Set(
  [...api.matchAll(/(?:StatusCode::[A-Z_]+|conflict\(|bad_gateway\()[,\s]*"([a-z_]+)"/g)].map(match => match[1] ?? ''),
)
const inputs = ['model/src/input.rs', 'app/src/servers/input.rs', 'app/src/password.rs'].map(source).join('\n')
const fields = new Set([...inputs.matchAll(/InvalidInput::new\(\s*"([a-z_]+)"/g)].map(match => match[1] ?? ''))

describe.each(['en', 'de'])('in %s', language => {
  it('every code of the server has words', () => {
    expect(problems.size).toBeGreaterThan(18)
    for (const code of problems) {
      if (code === 'too_many_attempts') continue
      expect(i18next.exists(`problem.${code}`, { lng: language, fallbackLng: [] }), code).toBe(true)
    }
  })

  it('every code of a field has words', () => {
    expect(fields.size).toBeGreaterThan(5)
    for (const code of fields)
      expect(i18next.exists(`field_error.${code}`, { lng: language, fallbackLng: [] }), code).toBe(true)
  })
})

it('says problems in the language of the page, and the server says the rest', async () => {
  await i18next.changeLanguage('de')
  const problem = (code: string, status = 409) => problemText(new ApiError(status, { code, detail: 'As it is.' }))
  expect(problem('duplicate')).toBe('Es gibt schon einen Server mit diesem Host und Port.')
  expect(problem('pve_refused', 502)).toBe('Proxmox VE hat abgelehnt: As it is.')
  expect(problem('new_one')).toBe('As it is.')
  expect(problemText(new ApiError(418, {}))).toBe('Etwas ist schiefgegangen (Status 418).')
  expect(problemText(new ApiError(429, { code: 'too_many_attempts' }, 5))).toContain('5 Sekunden')
})

it('says what is wrong with a field, and which setting changes that', async () => {
  await i18next.changeLanguage('de')
  expect(fieldProblemText('tenant_name', 'too_long', '')).toBe('Höchstens 100 Zeichen.')
  expect(fieldProblemText('host', 'address_refused', 'no; with the setting NEXUS_PVE_ALLOW_LOOPBACK')).toBe(
    'Nexus darf diese Adresse nicht ansprechen. Der Betreiber kann das mit der Einstellung NEXUS_PVE_ALLOW_LOOPBACK ändern.',
  )
  expect(fieldProblemText('host', 'new_one', 'as it is')).toBe('as it is')
})
