import type { FieldValues, Path, UseFormReturn } from 'react-hook-form'
import { asApiError } from '@/lib/api/error'
import { fieldProblemText } from '@/lib/problem-text'

type FormPart<T extends FieldValues> = Pick<UseFormReturn<T>, 'getValues' | 'setError'>

/** Brings the server's field errors to their fields and the focus to the first. `names`: fields that have another name here. */
export function applyFieldErrors<T extends FieldValues>(
  form: FormPart<T>,
  error: unknown,
  names: Record<string, Path<T>> = {},
): void {
  const fields = asApiError(error).fields
  const known = form.getValues()
  let focused = false
  for (const { field, detail, code } of fields) {
    const first = field.split('.')[0] ?? field
    const name = names[first] ?? first
    if (!(name in known)) continue
    form.setError(
      name as Path<T>,
      { type: 'server', message: fieldProblemText(first, code, detail) },
      { shouldFocus: !focused },
    )
    focused = true
  }
}

/** What the server's refusal means if the server refused the field, else what the page says about it. */
export function fieldError(error: { type?: unknown; message?: string } | undefined, text: string): string | undefined {
  if (!error) return undefined
  return error.type === 'server' ? error.message : text
}
