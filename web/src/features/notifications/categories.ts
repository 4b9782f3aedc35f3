import type { NotificationCategory, Tenant } from '@/lib/api/types'

export const CATEGORIES = ['servers', 'alerts', 'guest_actions', 'members'] as const satisfies NotificationCategory[]

/** The categories of which a person can hear at all. */
export function categoriesOf({ may }: Pick<Tenant, 'may'>): NotificationCategory[] {
  return CATEGORIES.filter(category => may.see_servers || (category !== 'servers' && category !== 'alerts'))
}
