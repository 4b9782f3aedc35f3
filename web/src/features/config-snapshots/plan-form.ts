import { z } from 'zod'
import type { ConfigPlan, ConfigPlanIn } from '@/lib/api/types'

/** Which paths are kept, and how often. */

const MOST_PATHS = 50
const LONGEST = 300
export const HOURS = { min: 1, max: 720 }

/** How often, in words; everything else is `own`. */
export const RHYTHMS = { hand: null, hour: 1, quarter: 6, half: 12, day: 24, week: 168 } as const
export type Rhythm = keyof typeof RHYTHMS | 'own'

/** Paths that are worth keeping on most servers. */
export const PROPOSALS = [
  '/cluster/options',
  '/cluster/backup',
  '/cluster/ha/resources',
  '/cluster/firewall/options',
  '/cluster/firewall/rules',
  '/cluster/replication',
  '/nodes/{node}/network',
  '/nodes/{node}/dns',
  '/nodes/{node}/hosts',
  '/nodes/{node}/firewall/rules',
  '/nodes/{node}/qemu/{vmid}/config',
  '/nodes/{node}/lxc/{vmid}/config',
  '/storage',
  '/pools',
] as const

export function pathsOf(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
}

export type PathProblem = { code: 'none' | 'too_many' | 'not_a_path' | 'too_long' | 'twice'; line: string }

/** The first thing that is wrong with the paths. */
export function problemOfPaths(text: string): PathProblem | null {
  const paths = pathsOf(text)
  if (paths.length === 0) return { code: 'none', line: '' }
  if (paths.length > MOST_PATHS) return { code: 'too_many', line: String(paths.length) }
  for (const [index, line] of paths.entries()) {
    if (line.length > LONGEST) return { code: 'too_long', line: `${line.slice(0, 40)}…` }
    if (!/^(\/(?!\.{1,2}(\/|$))[^/\s?#\\]+)+$/.test(line)) return { code: 'not_a_path', line }
    if (paths.indexOf(line) !== index) return { code: 'twice', line }
  }
  return null
}

export const planForm = z
  .object({
    paths: z.string().refine(text => problemOfPaths(text) === null),
    rhythm: z.enum(['hand', 'hour', 'quarter', 'half', 'day', 'week', 'own']),
    hours: z.string().trim(),
  })
  .refine(
    ({ rhythm, hours }) =>
      rhythm !== 'own' || (/^\d+$/.test(hours) && Number(hours) >= HOURS.min && Number(hours) <= HOURS.max),
    { path: ['hours'] },
  )
export type PlanForm = z.infer<typeof planForm>

export function rhythmOf(every_hours: number | null | undefined): Rhythm {
  const known = Object.entries(RHYTHMS).find(([, hours]) => hours === (every_hours ?? null))
  return (known?.[0] as Rhythm | undefined) ?? 'own'
}

export function formOf({ paths, every_hours }: ConfigPlan): PlanForm {
  return { paths: paths.join('\n'), rhythm: rhythmOf(every_hours), hours: String(every_hours ?? 24) }
}

export function planIn({ paths, rhythm, hours }: PlanForm): ConfigPlanIn {
  return { paths: pathsOf(paths), every_hours: rhythm === 'own' ? Number(hours) : RHYTHMS[rhythm] }
}
