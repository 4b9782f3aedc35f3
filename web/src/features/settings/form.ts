import { z } from 'zod'
import type { Settings, SettingsIn } from '@/lib/api/types'

const MAX_DAYS = 3650

export const settingsForm = z
  .object({
    name: z.string().trim().min(1).max(100),
    description: z.string().trim().max(1000),
    viewer_scope: z.enum(['assigned', 'all']),
    keep: z.enum(['ever', 'days']),
    days: z.string().trim(),
  })
  .refine(
    ({ keep, days }) => keep === 'ever' || (/^\d+$/.test(days) && Number(days) >= 1 && Number(days) <= MAX_DAYS),
    {
      path: ['days'],
    },
  )
export type SettingsForm = z.infer<typeof settingsForm>

export function formOf(settings: Settings): SettingsForm {
  const days = settings.audit_retention_days
  return {
    name: settings.name,
    description: settings.description,
    viewer_scope: settings.viewer_scope,
    keep: days == null ? 'ever' : 'days',
    days: days == null ? '' : String(days),
  }
}

export function settingsOf(form: SettingsForm): SettingsIn {
  const { name, description, viewer_scope, keep, days } = form
  return { name, description, viewer_scope, audit_retention_days: keep === 'ever' ? null : Number(days) }
}
