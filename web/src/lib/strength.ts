/** A hint while a password is typed; the server alone decides (length and known passwords). */
export const MIN_PASSWORD = 10

export type Strength = 'short' | 'weak' | 'fair' | 'good'

/** Judges length and variety, and leaves out what is easily guessed: repeats, runs and the person's own words. */
export function strengthOf(password: string, own: string[] = []): Strength {
  if ([...password].length < MIN_PASSWORD) return 'short'
  let rest = password.toLowerCase()
  for (const word of own.flatMap(text => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))) {
    if (word.length >= 3) rest = rest.replaceAll(word, '')
  }
  rest = rest
    .replace(/(.)\1{2,}/gu, '$1')
    .replace(/(0123|1234|2345|3456|4567|5678|6789|abcd|qwer|asdf|password|passwort)/g, '')
  const distinct = new Set(rest).size
  const length = [...rest].length
  if (distinct < 6 || length < 9) return 'weak'
  return distinct >= 10 && length >= 15 ? 'good' : 'fair'
}
