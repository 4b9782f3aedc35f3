import { z } from 'zod'
import type { Webhook, WebhookEvent, WebhookIn } from '@/lib/api/types'

/** The events that can be chosen; tests come in any case. */
export const EVENTS = [
  'alert_opened',
  'alert_acknowledged',
  'alert_resolved',
  'server_offline',
  'server_online',
] as const satisfies WebhookEvent[]

export const webhookForm = z.object({
  name: z.string().trim().min(1).max(100),
  url: z.string().trim().max(2000).refine(isWebAddress),
  events: z.array(z.enum(EVENTS)).min(1),
  is_active: z.boolean(),
})
export type WebhookForm = z.infer<typeof webhookForm>

/** Whether http without s is allowed, the server knows. */
function isWebAddress(text: string): boolean {
  try {
    const url = new URL(text)
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== ''
  } catch {
    return false
  }
}

export function formOfWebhook(webhook: Webhook | null): WebhookForm {
  if (!webhook) return { name: '', url: '', events: ['alert_opened', 'alert_resolved'], is_active: true }
  const { name, url, events, is_active } = webhook
  return { name, url, is_active, events: EVENTS.filter(event => events.includes(event)) }
}

export function webhookOf({ name, url, events, is_active }: WebhookForm): WebhookIn {
  return { name, url, events, is_active }
}

/** JSON as people read it; what is none stays as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
