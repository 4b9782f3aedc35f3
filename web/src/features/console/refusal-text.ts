import i18next from 'i18next'
import { asApiError } from '@/lib/api/error'
import { problemText } from '@/lib/problem-text'

/** Whose limit of consoles can be reached. */
const OWNERS = ['user', 'guest', 'tenant', 'installation'] as const

/** Why Nexus opens no console. Whose limit it is that is reached, and how many it allows, comes with the refusal. */
export function refusalText(thrown: unknown): string {
  const { code, fields } = asApiError(thrown)
  const limit = code === 'too_many_consoles' ? fields.find(field => field.code === 'limit') : undefined
  const owner = OWNERS.find(one => one === limit?.field)
  const count = Number(limit?.detail)
  if (owner && count > 0) return i18next.t(`console.limit_${owner}`, { count })
  return problemText(thrown)
}
