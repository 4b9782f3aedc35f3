import { z } from 'zod'
import type { Settings, SettingsIn } from '@/lib/api/types'
import { asColour, isVisible } from '@/lib/brand'

/** What each number may be; `preset` is what it is in a new tenant. */
export const LIMITS = {
  days: { min: 1, max: 3650 },
  health_interval_seconds: { min: 10, max: 3600 },
  alert_success_percent: { min: 50, max: 100, preset: 80 },
  alert_latency_ms: { min: 100, max: 5000, preset: 500 },
  alert_offline_seconds: { min: 10, max: 3600, preset: 300 },
  default_timeout_seconds: { min: 1, max: 120, preset: 10 },
  console_per_user: { min: 1, max: 100 },
  console_per_guest: { min: 1, max: 100 },
  console_per_tenant: { min: 1, max: 10_000 },
  console_idle_minutes: { min: 2, max: 1440 },
  console_max_minutes: { min: 5, max: 10_080 },
} as const

type Limit = { min: number; max: number }

function isWithin(text: string, { min, max }: Limit): boolean {
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max
}

const whole = (limit: Limit) =>
  z
    .string()
    .trim()
    .refine(text => isWithin(text, limit))

/** A number, or nothing: then it is as the installation has it. */
const optional = (limit: Limit) =>
  z
    .string()
    .trim()
    .refine(text => text === '' || isWithin(text, limit))

/** Minutes of which the server keeps seconds; half ones are possible where somebody has set seconds over the API. */
const minutes = ({ min, max }: Limit) =>
  z
    .string()
    .trim()
    .refine(text => {
      const value = minutesOf(text)
      return text === '' || (value !== null && value >= min && value <= max)
    })

function minutesOf(text: string): number | null {
  const value = /^\d+([.,]\d{1,2})?$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN
  return Number.isFinite(value) ? value : null
}

/** A colour or nothing. The message says what is wrong with it. */
const colour = z
  .string()
  .trim()
  .superRefine((text, context) => {
    if (text === '') return
    const known = asColour(text)
    if (!known) context.addIssue({ code: 'custom', message: 'not_a_colour' })
    else if (!isVisible(known)) context.addIssue({ code: 'custom', message: 'low_contrast' })
  })

export const settingsForm = z
  .object({
    name: z.string().trim().min(1).max(100),
    description: z.string().trim().max(1000),
    viewer_scope: z.enum(['assigned', 'all']),
    keep: z.enum(['ever', 'days']),
    days: z.string().trim(),
    primary_color: colour,
    secondary_color: colour,
    accent_color: colour,
    logo_on_sign_in: z.boolean(),
    alert_email: z.union([z.literal(''), z.email().max(254)]),
    mail_on_alert: z.boolean(),
    mail_on_recovery: z.boolean(),
    language: z.enum(['en', 'de']),
    alerts_enabled: z.boolean(),
    alert_success_percent: whole(LIMITS.alert_success_percent),
    alert_latency_ms: whole(LIMITS.alert_latency_ms),
    alert_offline_seconds: whole(LIMITS.alert_offline_seconds),
    health_interval_seconds: optional(LIMITS.health_interval_seconds),
    default_timeout_seconds: whole(LIMITS.default_timeout_seconds),
    default_tls_mode: z.enum(['pin', 'verify', 'ca', 'insecure']),
    console_per_user: optional(LIMITS.console_per_user),
    console_per_guest: optional(LIMITS.console_per_guest),
    console_per_tenant: optional(LIMITS.console_per_tenant),
    console_idle_minutes: minutes(LIMITS.console_idle_minutes),
    console_max_minutes: minutes(LIMITS.console_max_minutes),
  })
  .refine(({ keep, days }) => keep === 'ever' || isWithin(days, LIMITS.days), { path: ['days'], when: () => true })
export type SettingsForm = z.infer<typeof settingsForm>
type Field = keyof SettingsForm

/** What the server calls otherwise than the form. */
export const SERVER_NAMES = {
  audit_retention_days: 'days',
  console_idle_seconds: 'console_idle_minutes',
  console_max_seconds: 'console_max_minutes',
} as const satisfies Record<string, Field>

/** The groups of the page in their order, each with its fields. */
const GROUPS = {
  general: ['name', 'description', 'viewer_scope', 'keep', 'days'],
  appearance: ['primary_color', 'secondary_color', 'accent_color'],
  logo: ['logo_on_sign_in'],
  notifications: ['alert_email', 'mail_on_alert', 'mail_on_recovery', 'language'],
  alerts: ['alerts_enabled', 'alert_success_percent', 'alert_latency_ms', 'alert_offline_seconds'],
  checks: ['health_interval_seconds', 'default_timeout_seconds', 'default_tls_mode'],
  consoles: [
    'console_per_user',
    'console_per_guest',
    'console_per_tenant',
    'console_idle_minutes',
    'console_max_minutes',
  ],
  webhooks: [],
} as const satisfies Record<string, readonly Field[]>
export type Group = keyof typeof GROUPS
export const GROUP_NAMES = Object.keys(GROUPS) as Group[]

/** Whether one of these fields is of the group. */
export function isIn(group: Group, fields: readonly string[]): boolean {
  return (GROUPS[group] as readonly string[]).some(field => fields.includes(field))
}

const text = (value: number | null | undefined) => (value == null ? '' : String(value))

export function formOf(settings: Settings): SettingsForm {
  const { audit_retention_days: days } = settings
  return {
    name: settings.name,
    description: settings.description,
    viewer_scope: settings.viewer_scope,
    keep: days == null ? 'ever' : 'days',
    days: text(days),
    primary_color: settings.primary_color ?? '',
    secondary_color: settings.secondary_color ?? '',
    accent_color: settings.accent_color ?? '',
    logo_on_sign_in: settings.logo_on_sign_in,
    alert_email: settings.alert_email ?? '',
    mail_on_alert: settings.mail_on_alert,
    mail_on_recovery: settings.mail_on_recovery,
    language: settings.language,
    alerts_enabled: settings.alerts_enabled,
    alert_success_percent: String(settings.alert_success_percent),
    alert_latency_ms: String(settings.alert_latency_ms),
    alert_offline_seconds: String(settings.alert_offline_seconds),
    health_interval_seconds: text(settings.health_interval_seconds),
    default_timeout_seconds: String(settings.default_timeout_seconds),
    default_tls_mode: settings.default_tls_mode,
    console_per_user: text(settings.console_per_user),
    console_per_guest: text(settings.console_per_guest),
    console_per_tenant: text(settings.console_per_tenant),
    console_idle_minutes: minutesText(settings.console_idle_seconds),
    console_max_minutes: minutesText(settings.console_max_seconds),
  }
}

function minutesText(seconds: number | null | undefined): string {
  return seconds == null ? '' : String(Math.round((100 * seconds) / 60) / 100)
}

const numberOf = (value: string) => (value === '' ? null : Number(value))

/** What is sent. What was not touched goes back as it came, also seconds that are no whole minutes. */
export function settingsOf(form: SettingsForm, stored: Settings): SettingsIn {
  const seconds = (value: string, before: number | null | undefined) =>
    value === minutesText(before) ? (before ?? null) : Math.round((minutesOf(value) ?? 0) * 60)
  return {
    name: form.name,
    description: form.description,
    viewer_scope: form.viewer_scope,
    audit_retention_days: form.keep === 'ever' ? null : Number(form.days),
    primary_color: asColour(form.primary_color),
    secondary_color: asColour(form.secondary_color),
    accent_color: asColour(form.accent_color),
    logo_on_sign_in: form.logo_on_sign_in,
    alert_email: form.alert_email || null,
    mail_on_alert: form.mail_on_alert,
    mail_on_recovery: form.mail_on_recovery,
    language: form.language,
    alerts_enabled: form.alerts_enabled,
    alert_success_percent: Number(form.alert_success_percent),
    alert_latency_ms: Number(form.alert_latency_ms),
    alert_offline_seconds: Number(form.alert_offline_seconds),
    health_interval_seconds: numberOf(form.health_interval_seconds),
    default_timeout_seconds: Number(form.default_timeout_seconds),
    default_tls_mode: form.default_tls_mode,
    console_per_user: numberOf(form.console_per_user),
    console_per_guest: numberOf(form.console_per_guest),
    console_per_tenant: numberOf(form.console_per_tenant),
    console_idle_seconds:
      form.console_idle_minutes === '' ? null : seconds(form.console_idle_minutes, stored.console_idle_seconds),
    console_max_seconds:
      form.console_max_minutes === '' ? null : seconds(form.console_max_minutes, stored.console_max_seconds),
  }
}

/** Whether two states of the settings differ in nothing that the form shows: a logo alone makes a new version too. */
export function isSame(one: Settings, other: Settings): boolean {
  return JSON.stringify(formOf(one)) === JSON.stringify(formOf(other))
}
