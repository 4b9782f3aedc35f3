/** What Nexus takes as a logo; it looks at the content itself, so this only spares a useless upload. */
export const LOGO_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/svg+xml']

const MAX_BYTES = 2 * 1024 ** 2

/** Browsers know few types by themselves: a file without one goes to Nexus, which looks into it. */
export function logoProblem(file: { type: string; size: number }): 'wrong_type' | 'too_large' | null {
  if (file.type !== '' && !LOGO_TYPES.includes(file.type)) return 'wrong_type'
  return file.size > MAX_BYTES ? 'too_large' : null
}
