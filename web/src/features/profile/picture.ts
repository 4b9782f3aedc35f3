/** What Nexus takes as a picture; it looks at the content itself, so this only spares a useless upload. */
export const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp']

const MAX_BYTES = 2 * 1024 ** 2

export function pictureProblem(file: { type: string; size: number }): 'type' | 'size' | null {
  if (!PICTURE_TYPES.includes(file.type)) return 'type'
  return file.size > MAX_BYTES ? 'size' : null
}
