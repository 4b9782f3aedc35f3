import createClient from 'openapi-fetch'
import { ApiError } from '@/lib/api/error'
import type { paths } from '@/lib/api/schema'
import type { Problem } from '@/lib/api/types'
import { learnServerTime } from '@/lib/clock'

/** The generated client. Only `queries.ts` files and lib use it, always through `unwrap`. */
export const http = createClient<paths>({
  // `fetch` is looked up at each call, so that tests can put another in its place.
  fetch: request => globalThis.fetch(request),
  baseUrl: globalThis.location?.origin ?? '',
})

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The answer's data, or an `ApiError`: also when nothing answered, or when a proxy answered with something else. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, {})
  }
  const { response, data, error } = answer
  learnServerTime(response.headers.get('date'))
  if (response.ok) return data as T
  const problem = typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {}
  const wait = Number(response.headers.get('retry-after'))
  throw new ApiError(response.status, problem, Number.isFinite(wait) && wait > 0 ? wait : null)
}
