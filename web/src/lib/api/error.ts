import type { Problem } from '@/lib/api/types'

/** What the API said when it refused. `status` is 0 when no answer came at all (code `unreachable`). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly fields: { field: string; code: string; detail: string }[]
  /** Seconds to wait, from Retry-After. */
  readonly retryAfter: number | null

  constructor(status: number, problem: Partial<Problem>, retryAfter: number | null = null) {
    super(problem.detail ?? problem.title ?? '')
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? (status === 0 ? 'unreachable' : 'unknown')
    this.requestId = problem.request_id ?? null
    this.fields = problem.errors ?? []
    this.retryAfter = retryAfter
  }
}

/** The error as an `ApiError`, whatever was thrown. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError(0, { detail: error instanceof Error ? error.message : undefined })
}

/** The session is over. A password that is wrong is answered with the same status, and ends nothing. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && error.code !== 'invalid_credentials'
}

/** The code of what a person has called off: there is nothing to say about it. */
export const CANCELLED = 'cancelled'

export function isCancelled(error: unknown): boolean {
  return error instanceof ApiError && error.code === CANCELLED
}
