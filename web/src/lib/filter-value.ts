/** A value as it stands in the filter line of guests: in quotes where it would be read as more than one otherwise. */
export function filterValue(value: string): string {
  return /[\s",]/.test(value) || value === '' ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
}
