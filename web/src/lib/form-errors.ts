import type { FieldValues, Path, UseFormReturn } from 'react-hook-form'
import { asApiError } from '@/lib/api/error'

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
    form.setError(name as Path<T>, { type: 'server', message: detail || code }, { shouldFocus: !focused })
    focused = true
  }
}

/** The server's own sentence if the server refused the field, else what the page says about it. */
export function fieldError(error: { type?: unknown; message?: string } | undefined, text: string): string | undefined {
  if (!error) return undefined
  return error.type === 'server' ? error.message : text
}
