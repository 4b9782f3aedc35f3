import { Eye, EyeOff } from 'lucide-react'
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '@/lib/cn'

export const control =
  'w-full rounded-control border bg-background px-3 text-text placeholder:text-muted/80 transition-colors duration-[120ms] ' +
  'focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-primary disabled:opacity-60'

export type FieldProps = { label: ReactNode; help?: ReactNode; error?: string | undefined; aside?: ReactNode }

type Ids = { id: string; describedBy: string | undefined }

/** Label above, the control, and under it the help or the error. */
export function Field({ label, help, error, aside, children }: FieldProps & { children: (ids: Ids) => ReactNode }) {
  const id = useId()
  const note = error ?? help
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {aside}
      </div>
      {children({ id, describedBy: note ? `${id}-note` : undefined })}
      {note && (
        <div
          id={`${id}-note`}
          role={error ? 'alert' : undefined}
          className={cn('text-table', error ? 'text-destructive-text' : 'text-muted')}
        >
          {note}
        </div>
      )}
    </div>
  )
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }

export function TextField({ label, help, error, aside, className, ...input }: FieldProps & InputProps) {
  return (
    <Field label={label} help={help} error={error} aside={aside}>
      {({ id, describedBy }) => (
        <input
          {...input}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy}
          className={cn(control, 'h-9 max-md:h-11', error ? 'border-destructive' : 'border-input', className)}
        />
      )}
    </Field>
  )
}

/** A password that can be shown while it is typed. */
export function PasswordField({ label, help, error, aside, ...input }: FieldProps & InputProps) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} help={help} error={error} aside={aside}>
      {({ id, describedBy }) => (
        <div className="relative">
          <input
            {...input}
            id={id}
            type={shown ? 'text' : 'password'}
            aria-invalid={error ? true : undefined}
            aria-describedby={describedBy}
            className={cn(control, 'h-9 pr-10 max-md:h-11', error ? 'border-destructive' : 'border-input')}
          />
          <button
            type="button"
            aria-label={shown ? t('form.hide_password') : t('form.show_password')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 grid w-10 place-items-center rounded-control text-muted hover:text-text"
          >
            {shown ? <EyeOff className="size-4" aria-hidden /> : <Eye className="size-4" aria-hidden />}
          </button>
        </div>
      )}
    </Field>
  )
}

type AreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }

export function TextArea({ label, help, error, aside, className, ...area }: FieldProps & AreaProps) {
  return (
    <Field label={label} help={help} error={error} aside={aside}>
      {({ id, describedBy }) => (
        <textarea
          {...area}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy}
          className={cn(control, 'min-h-20 py-2', error ? 'border-destructive' : 'border-input', className)}
        />
      )}
    </Field>
  )
}

type SelectProps = SelectHTMLAttributes<HTMLSelectElement> & { ref?: Ref<HTMLSelectElement> }

/** One of a few: the system's own list, which every keyboard and phone knows. */
export function SelectField({ label, help, error, aside, className, children, ...select }: FieldProps & SelectProps) {
  return (
    <Field label={label} help={help} error={error} aside={aside}>
      {({ id, describedBy }) => (
        <select
          {...select}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy}
          className={cn(control, 'h-9 max-md:h-11', error ? 'border-destructive' : 'border-input', className)}
        >
          {children}
        </select>
      )}
    </Field>
  )
}

type CheckProps = InputProps & { label: ReactNode; help?: ReactNode }

/** A box to tick, with what it means beside it. */
export function CheckField({ label, help, className, ...input }: CheckProps) {
  return (
    <label className={cn('flex cursor-pointer gap-3', input.disabled && 'cursor-default opacity-70', className)}>
      <input {...input} type="checkbox" className="mt-0.5 size-4 shrink-0 accent-primary-solid" />
      <span className="min-w-0">
        <span className="block font-medium">{label}</span>
        {help && <span className="block text-muted text-table">{help}</span>}
      </span>
    </label>
  )
}

type RadioProps = InputProps & { label: ReactNode; help?: ReactNode }

/** One choice of several, as a card with its explanation. */
export function RadioCard({ label, help, className, ...input }: RadioProps) {
  return (
    <label
      className={cn(
        'flex cursor-pointer gap-3 rounded-card border bg-raised px-3 py-2.5 transition-colors duration-[120ms]',
        'has-checked:border-primary has-checked:bg-primary/8 has-focus-visible:outline-2 has-focus-visible:outline-primary',
        input.disabled && 'cursor-default opacity-70',
        className,
      )}
    >
      <input {...input} type="radio" className="mt-0.5 size-4 shrink-0 accent-primary-solid outline-none" />
      <span className="min-w-0">
        <span className="block font-medium">{label}</span>
        {help && <span className="block text-muted text-table">{help}</span>}
      </span>
    </label>
  )
}
