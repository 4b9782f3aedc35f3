import { useCallback, useEffect, useRef, useState } from 'react'
import { type RunImport, useServersChanged } from '@/features/server-import/queries'
import { ask, type ImportRow, importParts, isTooSoon, lookParts } from '@/features/server-import/rows'
import type { SheetRow } from '@/features/server-import/sheet'
import { ApiError } from '@/lib/api/error'
import type { Slots } from '@/lib/api/types'

/** `paused`: stopped by the person, or by something that went wrong on the way; it can go on. */
type Phase = 'source' | 'looking' | 'preview' | 'running' | 'paused' | 'done'
type ImportState = { phase: Phase; rows: ImportRow[]; slots: Slots | null; error: unknown }

const START: ImportState = { phase: 'source', rows: [], slots: null, error: null }

/** What the answer leaves out is not done. */
const UNKNOWN = [{ field: '', code: 'no_answer', detail: '' }]

/** Looks at rows first, then imports them part by part; a row that is refused leaves the others. */
export function useImport(tenant: string, run: RunImport) {
  const [state, setState] = useState(START)
  const changed = useServersChanged(tenant)
  const stopped = useRef(false)
  useEffect(() => {
    stopped.current = false
    return () => {
      stopped.current = true
    }
  }, [])

  const look = useCallback(
    async (rows: SheetRow[]) => {
      setState({ ...START, phase: 'looking' })
      try {
        const seen: ImportRow[] = []
        let slots: Slots | null = null
        for (const part of lookParts(rows)) {
          const answer = await ask(part, csv => run(csv, true))
          slots ??= answer.slots
          for (const row of part) {
            const { outcome, errors } = answer.answerOf(row) ?? { outcome: 'error', errors: UNKNOWN }
            seen.push({ row, state: outcome === 'error' ? 'error' : 'ready', errors })
          }
        }
        setState({ phase: 'preview', rows: seen, slots, error: null })
      } catch (error) {
        setState({ ...START, error })
      }
    },
    [run],
  )

  const start = async () => {
    stopped.current = false
    const rows = state.rows.filter(one => one.state === 'ready' || one.state === 'waiting').map(one => one.row)
    const waiting = new Set(rows)
    setState(old => ({
      ...old,
      phase: 'running',
      error: null,
      rows: old.rows.map(one => (waiting.has(one.row) ? { ...one, state: 'waiting', errors: [] } : one)),
    }))
    let error: unknown = null
    let left = rows.length
    for (const part of importParts(rows)) {
      if (stopped.current) break
      try {
        const answer = await ask(part, csv => run(csv, false))
        const soon = part.filter(row => isTooSoon(answer.answerOf(row)?.errors ?? [])).length
        left -= part.length - soon
        setState(old => ({ ...old, slots: answer.slots, rows: withAnswers(old.rows, part, answer.answerOf) }))
        if (soon > 0) throw new ApiError(429, { code: 'too_many_tests' })
      } catch (thrown) {
        error = thrown
        break
      }
    }
    setState(old => ({ ...old, error, phase: left > 0 ? 'paused' : 'done' }))
    changed()
  }

  return {
    ...state,
    look,
    start,
    stop: () => {
      stopped.current = true
    },
    back: () => setState(START),
  }
}

type AnswerOf = Awaited<ReturnType<typeof ask>>['answerOf']

function withAnswers(rows: ImportRow[], part: SheetRow[], answerOf: AnswerOf): ImportRow[] {
  const asked = new Set(part)
  return rows.map(one => {
    if (!asked.has(one.row)) return one
    const { outcome, errors } = answerOf(one.row) ?? { outcome: 'error', errors: UNKNOWN }
    if (isTooSoon(errors)) return one
    return { ...one, state: outcome === 'error' ? 'failed' : 'done', errors }
  })
}
