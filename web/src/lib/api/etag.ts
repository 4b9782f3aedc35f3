/** The `If-Match` of a change to what one has seen: refused when somebody else was faster. */
export function etagOf({ version }: { version: number }): string {
  return `"${version}"`
}
