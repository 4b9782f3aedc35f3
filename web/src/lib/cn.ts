/** Joins class names, leaving out what is not there. Later classes do not override earlier ones: keep variants apart. */
export function cn(...parts: (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(' ')
}
