/** Numbers and times as people read them; every function takes the language, so that it can be tested. */

const KIB = 1024
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Making a formatter costs far more than using it, and tables ask for thousands. */
const made = new Map<string, unknown>()

function once<T>(key: string, make: () => T): T {
  const known = made.get(key)
  if (known) return known as T
  const fresh = make()
  made.set(key, fresh)
  return fresh
}

function numbers(language: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return once(
    `n ${language} ${options.style} ${options.minimumFractionDigits} ${options.maximumFractionDigits}`,
    () => new Intl.NumberFormat(language, options),
  )
}

function dates(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(`d ${language} ${options.timeStyle}`, () => new Intl.DateTimeFormat(language, options))
}

/** Three significant digits. */
function digits(value: number, language: string): string {
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return numbers(language, { maximumFractionDigits: places }).format(value)
}

function unitOf(bytes: number): number {
  let unit = 0
  // 999.5 would already be shown as 1,000.
  for (let value = bytes; value >= 999.5 && unit < BYTE_UNITS.length - 1; value /= KIB) unit += 1
  return unit
}

export function formatBytes(bytes: number, language: string): string {
  const unit = unitOf(bytes)
  return `${digits(bytes / KIB ** unit, language)} ${BYTE_UNITS[unit]}`
}

/** "12 MiB/s". */
export function formatRate(bytesPerSecond: number, language: string): string {
  return `${formatBytes(bytesPerSecond, language)}/s`
}

/** "3.2 / 8 GiB": both in the unit of the whole. */
export function formatBytesOf(used: number, total: number, language: string): string {
  const unit = unitOf(total)
  const scale = KIB ** unit
  return `${digits(used / scale, language)} / ${digits(total / scale, language)} ${BYTE_UNITS[unit]}`
}

/** A share of 0 to 1 as percent: "12 %" in German, "12%" in English; under 10 with one decimal. */
export function formatPercent(share: number, language: string): string {
  const places = share > 0 && share < 0.0995 ? 1 : 0
  return numbers(language, { style: 'percent', maximumFractionDigits: places }).format(share)
}

/** A success rate of 0 to 100: never rounded up, so that 100 % is said of nothing that failed once. */
export function formatSuccess(percent: number, language: string): string {
  const down = Math.floor(percent * 10) / 1000
  return numbers(language, { style: 'percent', maximumFractionDigits: 1 }).format(down)
}

/** "14.4 / 32": cores in use of those there are. */
export function formatCores(share: number, cores: number, language: string): string {
  return `${digits(share * cores, language)} / ${digits(cores, language)}`
}

export function formatNumber(value: number, language: string): string {
  return numbers(language).format(value)
}

/** A contrast such as "3.0": rounded down, so that 2.96 is not said to be enough. */
export function formatContrast(ratio: number, language: string): string {
  const places = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return numbers(language, places).format(Math.floor(ratio * 10) / 10)
}

/** "3 ms", "1.2 s": a measured time of a call. */
export function formatMilliseconds(milliseconds: number, language: string): string {
  if (milliseconds < 1000) return `${numbers(language).format(Math.max(1, Math.round(milliseconds)))} ms`
  return `${digits(milliseconds / 1000, language)} s`
}

const STEPS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** The two greatest units: "3 d 4 h", "12 min", "42 s". The units are the same in English and German. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.floor(seconds))
  const parts: string[] = []
  for (const [unit, size] of STEPS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  // Seconds beside minutes only while they are few.
  if (parts.length === 2 && parts[1]?.endsWith(' s') && seconds >= 600) parts.pop()
  return parts.join(' ') || '0 s'
}

/** A running clock: "04:31", "1:04:31". */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

const RELATIVE = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** "2 minutes ago", from two times in milliseconds. */
export function formatRelative(time: number, now: number, language: string): string {
  const seconds = Math.round((time - now) / 1000)
  const format = once(`r ${language}`, () => new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' }))
  for (const [unit, size] of RELATIVE) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit)
  }
  return format.format(0, 'second')
}

export function formatTime(time: number | string, language: string): string {
  return dates(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time))
}

export function formatDate(time: number | string, language: string): string {
  return dates(language, { dateStyle: 'medium' }).format(new Date(time))
}

/** Days are counted as those of UTC. */
const UTC = { timeZone: 'UTC' } as const

/** A mark on the time axis: the hour, or the day where the axis has days. */
export function formatTick(time: number, span: 'hour' | 'day', language: string): string {
  const options: Intl.DateTimeFormatOptions =
    span === 'hour'
      ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
      : { day: 'numeric', month: 'short', ...UTC }
  return once(`t ${language} ${span}`, () => new Intl.DateTimeFormat(language, options)).format(time)
}

/** What a point of a chart stands for: "Sat 14:00", or "Sat, 12 Nov". */
export function formatPointTime(time: number, span: 'hour' | 'day', language: string): string {
  const options: Intl.DateTimeFormatOptions =
    span === 'hour'
      ? { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
      : { weekday: 'short', day: 'numeric', month: 'short', ...UTC }
  return once(`p ${language} ${span}`, () => new Intl.DateTimeFormat(language, options)).format(time)
}

const AXIS = {
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'short' },
  month: { month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

/** A mark on a time axis in the person's own time: "14:00", "12 Nov", "Nov". */
export function formatAxisTime(time: number, unit: keyof typeof AXIS, language: string): string {
  return once(`a ${language} ${unit}`, () => new Intl.DateTimeFormat(language, AXIS[unit])).format(time)
}

const EXACT = {
  minute: { weekday: 'short', ...AXIS.minute },
  day: { weekday: 'short', ...AXIS.day, ...AXIS.minute },
  month: { dateStyle: 'medium' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

/** What a point on such an axis stands for: "Sat 14:03", "Sat, 12 Nov, 14:30", "12 Nov 2026". */
export function formatAxisPoint(time: number, unit: keyof typeof AXIS, language: string): string {
  return once(`e ${language} ${unit}`, () => new Intl.DateTimeFormat(language, EXACT[unit])).format(time)
}

/** "Jane Doe" as "JD", for the round mark in the user menu. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const first = words[0]?.[0] ?? '?'
  const last = words.length > 1 ? (words[words.length - 1]?.[0] ?? '') : ''
  return (first + last).toUpperCase()
}
