import { z } from 'zod'
import type { Settings, SettingsIn } from '@/lib/api/types'

const MAX_DAYS = 3650

/** What each number may be; the defaults are those of a new tenant. */
export const LIMITS = {
  days: { min: 1, max: MAX_DAYS },
  seconds: { min: 10, max: 3600 },
  alert_success_percent: { min: 50, max: 100, preset: 80 },
  alert_latency_ms: { min: 100, max: 5000, preset: 500 },
  alert_offline_seconds: { min: 10, max: 3600, preset: 300 },
} as const

function isWithin(text: string, { min, max }: { min: number; max: number }): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max
}

const whole = (limit: { min: number; max: number }) =>
  z
    .string()
    .trim()
    .refine(text => isWithin(text, limit))

export const settingsForm = z
  .object({
    name: z.string().trim().min(1).max(100),
    description: z.string().trim().max(1000),
    viewer_scope: z.enum(['assigned', 'all']),
    keep: z.enum(['ever', 'days']),
    days: z.string().trim(),
    interval: z.enum(['default', 'own']),
    seconds: z.string().trim(),
    alerts_enabled: z.boolean(),
    alert_success_percent: whole(LIMITS.alert_success_percent),
    alert_latency_ms: whole(LIMITS.alert_latency_ms),
    alert_offline_seconds: whole(LIMITS.alert_offline_seconds),
    alert_email: z.union([z.literal(''), z.email().max(254)]),
  })
  .refine(({ keep, days }) => keep === 'ever' || isWithin(days, LIMITS.days), { path: ['days'] })
  .refine(({ interval, seconds }) => interval === 'default' || isWithin(seconds, LIMITS.seconds), { path: ['seconds'] })
export type SettingsForm = z.infer<typeof settingsForm>

/** What stands on the tab of monitoring; the rest is general. */
const MONITORING = [
  'interval',
  'seconds',
  'alerts_enabled',
  'alert_success_percent',
  'alert_latency_ms',
  'alert_offline_seconds',
  'alert_email',
] as const satisfies (keyof SettingsForm)[]

/** The tab that has the first of these fields. */
export function tabOf(fields: string[]): 'general' | 'monitoring' | null {
  if (fields.length === 0) return null
  return fields.every(field => MONITORING.some(one => one === field)) ? 'monitoring' : 'general'
}

export function formOf(settings: Settings): SettingsForm {
  const { audit_retention_days: days, health_interval_seconds: seconds } = settings
  return {
    name: settings.name,
    description: settings.description,
    viewer_scope: settings.viewer_scope,
    keep: days == null ? 'ever' : 'days',
    days: days == null ? '' : String(days),
    interval: seconds == null ? 'default' : 'own',
    seconds: seconds == null ? '' : String(seconds),
    alerts_enabled: settings.alerts_enabled,
    alert_success_percent: String(settings.alert_success_percent),
    alert_latency_ms: String(settings.alert_latency_ms),
    alert_offline_seconds: String(settings.alert_offline_seconds),
    alert_email: settings.alert_email ?? '',
  }
}

export function settingsOf(form: SettingsForm, { version: _, defaults: __, logo: ___, ...rest }: Settings): SettingsIn {
  const { name, description, viewer_scope, keep, days, interval, seconds, alerts_enabled, alert_email } = form
  return {
    ...rest,
    name,
    description,
    viewer_scope,
    audit_retention_days: keep === 'ever' ? null : Number(days),
    health_interval_seconds: interval === 'default' ? null : Number(seconds),
    alerts_enabled,
    alert_success_percent: Number(form.alert_success_percent),
    alert_latency_ms: Number(form.alert_latency_ms),
    alert_offline_seconds: Number(form.alert_offline_seconds),
    alert_email: alert_email || null,
  }
}
