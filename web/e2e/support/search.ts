// Searches bytes for secrets, in every form in which one could have slipped through.

export interface Secret {
  /** What it is, for the message of a failure; never the value. */
  name: string
  value: string
}

/** The names of all secrets that `bytes` hold: as they are, percent-encoded, as base64 (at any offset) and as hex. */
export function leaks(bytes: Buffer, secrets: Secret[]): string[] {
  const text = bytes.toString('latin1')
  const lower = text.toLowerCase()
  const found: string[] = []
  for (const { name, value } of secrets) {
    const whole = /^\d+$/.test(value)
    // A port is looked for as a number by itself: five digits occur in longer numbers and in pictures.
    const hit = whole
      ? new RegExp(`(?<![\\w.])${value}(?![\\w.])`).test(text)
      : forms(value).some(form => text.includes(form)) || lower.includes(value.toLowerCase()) || lower.includes(hex(value))
    if (hit) found.push(name)
  }
  return found
}

function forms(value: string): string[] {
  const bytes = Buffer.from(value)
  const base64 = [0, 1, 2].map(offset => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    // The first and last characters depend on what stands beside.
    return shifted.slice(offset === 0 ? 0 : offset + 1, shifted.length - 4)
  })
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...base64.filter(form => form.length >= 8)]
}

function hex(value: string): string {
  return Buffer.from(value).toString('hex')
}
