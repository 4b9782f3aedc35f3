import { X } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/ui/field'
import { cn } from '@/lib/cn'

type ChipsProps<V> = {
  label: ReactNode
  help?: ReactNode
  values: V[]
  onValues: (values: V[]) => void
  /** What a typed word means; null when it means nothing here. */
  parse: (text: string) => V | null
  format: (value: V) => string
  /** Said under the field about a word that means nothing. */
  wrong: (text: string) => string
  most: number
  /** Whether something is left that is no value. */
  onWrong?: (wrong: boolean) => void
  placeholder?: string
  error?: string | undefined
}

/** Any number of short values: Enter, a comma or leaving the field makes a chip of what was typed. */
export function ChipsField<V>(props: ChipsProps<V>) {
  const { label, help, values, onValues, parse, format, most, placeholder } = props
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [bad, setBad] = useState<string | null>(null)
  const full = values.length >= most
  /** Takes what it can; what it cannot stays to be mended. */
  const take = (typed: string) => {
    const known = new Set(values.map(format))
    const added: V[] = []
    const left: string[] = []
    for (const word of typed
      .replace(/\s+([-–])\s+/g, '$1')
      .split(/[\s,;]+/)
      .filter(Boolean)) {
      const value = parse(word)
      if (value === null || values.length + added.length >= most) left.push(word)
      else if (!known.has(format(value))) {
        known.add(format(value))
        added.push(value)
      }
    }
    if (added.length > 0) onValues([...values, ...added])
    setText(left.join(' '))
    setBad(left.find(word => parse(word) === null) ?? null)
    props.onWrong?.(left.length > 0)
  }
  const remove = (value: V) => {
    onValues(values.filter(other => format(other) !== format(value)))
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.key === 'Enter' || event.key === ',' || event.key === ' ') && text.trim() !== '') {
      event.preventDefault()
      take(text)
    } else if (event.key === 'Enter') {
      // An empty field sends nothing off: the form is long, and this is its middle.
      event.preventDefault()
    } else if (event.key === 'Backspace' && text === '') {
      onValues(values.slice(0, -1))
    }
  }
  const error = bad !== null ? props.wrong(bad) : full && text !== '' ? t('chips.full', { count: most }) : props.error
  return (
    <Field label={label} help={help} error={error}>
      {({ id, describedBy }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the chips goes to the field, as people expect
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        <div
          className={cn(
            'flex min-h-9 flex-wrap items-center gap-1.5 rounded-control border bg-background px-2 py-1 max-md:min-h-11',
            'has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-primary',
            error ? 'border-destructive' : 'border-input',
          )}
          onClick={event => event.target === event.currentTarget && input.current?.focus()}
        >
          {values.map(value => (
            <span
              key={format(value)}
              className="inline-flex h-6 max-w-full items-center rounded bg-hover pl-2 font-mono text-xs max-md:h-8"
            >
              <span className="nums truncate">{format(value)}</span>
              <button
                type="button"
                aria-label={t('chips.remove', { name: format(value) })}
                onClick={() => remove(value)}
                className="grid size-6 shrink-0 place-items-center rounded text-muted hover:text-text max-md:size-8"
              >
                <X className="size-3.5" aria-hidden />
              </button>
            </span>
          ))}
          <input
            ref={input}
            id={id}
            value={text}
            placeholder={values.length === 0 ? placeholder : undefined}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={error ? true : undefined}
            aria-describedby={describedBy}
            onChange={event => {
              setBad(null)
              setText(event.target.value)
              props.onWrong?.(false)
            }}
            onKeyDown={onKeyDown}
            onPaste={event => {
              const pasted = event.clipboardData.getData('text')
              if (!/[\s,;]/.test(pasted.trim())) return
              event.preventDefault()
              take(`${text} ${pasted}`)
            }}
            onBlur={() => take(text)}
            className="h-6 min-w-24 flex-1 bg-transparent text-text outline-none placeholder:text-muted/80 max-md:h-8"
          />
        </div>
      )}
    </Field>
  )
}
