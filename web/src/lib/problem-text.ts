import i18next from 'i18next'
import { type ApiError, asApiError } from '@/lib/api/error'

/** The page's own words for the server's codes; what the server says itself only where there are none. */
function words(keys: string[], values: Record<string, string> = {}): string | null {
  const key = keys.find(one => i18next.exists(one))
  // The keys come from the wire, so their names are not known to the types.
  return key === undefined ? null : String(i18next.t(key as never, values as never))
}

/** What happened and what to do. */
export function problemText(thrown: unknown): string {
  const error = asApiError(thrown)
  if (error.status === 0) return i18next.t('error.unreachable')
  if (error.code === 'too_many_attempts') return i18next.t('error.too_many', { count: error.retryAfter ?? 60 })
  const known = words([`problem.${error.code}`], { detail: error.message })
  return known ?? (error.message || byStatus(error))
}

function byStatus({ status }: ApiError): string {
  if (status === 401) return i18next.t('error.signed_out')
  if (status === 403) return i18next.t('error.forbidden')
  if (status === 404) return i18next.t('error.not_found')
  return i18next.t('error.unknown', { status })
}

/** Fields that hold the same kind of value have the same words. */
const KINDS: Record<string, string> = { full_name: 'name', tenant_name: 'name' }

/** What is wrong with a field. The setting that an operator can change is named, as the server names it. */
export function fieldProblemText(field: string, code: string, detail: string): string {
  const kind = KINDS[field] ?? field
  const known = words([`field_error.${kind}_${code}`, `field_error.${code}`])
  if (known === null) return detail || code
  const setting = /\bNEXUS_[A-Z_]+/.exec(detail)?.[0]
  return setting ? `${known} ${i18next.t('field_error.setting', { setting })}` : known
}
