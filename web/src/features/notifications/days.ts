import type { Notification } from '@/lib/api/types'

export type Day = { key: string; label: string; notifications: Notification[] }

/** Notifications under the days of the person's own calendar, in the order they came in. */
export function byDay(notifications: Notification[], now: number, language: string): Day[] {
  const days: Day[] = []
  for (const one of notifications) {
    const time = new Date(one.at)
    const key = dayKey(time)
    const last = days.at(-1)
    if (last?.key === key) last.notifications.push(one)
    else days.push({ key, label: dayLabel(time, new Date(now), language), notifications: [one] })
  }
  return days
}

function dayKey(time: Date): string {
  return `${time.getFullYear()}-${time.getMonth() + 1}-${time.getDate()}`
}

/** "Today", "Yesterday", "Friday, 20 March", and the year where it is another. */
function dayLabel(time: Date, now: Date, language: string): string {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  const near = dayKey(time) === dayKey(now) ? 0 : dayKey(time) === dayKey(yesterday) ? -1 : null
  if (near !== null) {
    const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(near, 'day')
    return words.charAt(0).toLocaleUpperCase(language) + words.slice(1)
  }
  return new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(time.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
  }).format(time)
}

/** "14:03": the day stands above it. */
export function timeOfDay(at: string, language: string): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(new Date(at))
}
