import { expect, it } from 'vitest'
import { linksAsCsv } from '@/features/members/roster'
import type { RosterRow } from '@/lib/api/types'

const row = (email: string, link: string | null): RosterRow => ({
  line: 2,
  email,
  role: 'viewer',
  outcome: 'invite',
  link,
})

it('has a line for each link', () => {
  expect(linksAsCsv([row('a@x', 'https://n/invite#1'), row('b@x', null)])).toBe(
    'email,link\r\na@x,https://n/invite#1\r\n',
  )
})

it('lets no spreadsheet run what somebody typed as an address', () => {
  expect(linksAsCsv([row('=cmd("x")@x', 'l')])).toContain(`"'=cmd(""x"")@x",l`)
})
