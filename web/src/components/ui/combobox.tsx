import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { control, Field, type FieldProps } from '@/components/ui/field'
import { Spinner } from '@/components/ui/spinner'
import { cn } from '@/lib/cn'

export type Option<V> = { key: string; value: V; label: string; detail?: string | undefined; icon?: ReactNode }

type ComboboxProps<V> = FieldProps & {
  text: string
  onText: (text: string) => void
  options: Option<V>[]
  onChoose: (option: Option<V>) => void
  busy?: boolean
  /** What stands where no option is, once something was typed. */
  empty?: ReactNode
  placeholder?: string
  autoFocus?: boolean
  /** The suggestions lie over what follows, which stays where it is; so they come only when they are asked for. */
  over?: boolean
  onBlur?: () => void
}

/** A field with suggestions under it, for keyboard and pointer. What is typed need not be one of them. */
export function Combobox<V>(props: ComboboxProps<V>) {
  const { label, help, error, aside, text, onText, options, onChoose, busy, empty, placeholder, autoFocus, over } =
    props
  const { t } = useTranslation()
  const list = useId()
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const shown = open && options.length > 0
  const choose = (option: Option<V>) => {
    setOpen(false)
    setActive(-1)
    onChoose(option)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setOpen(true)
      if (options.length > 0) setActive((active + step + options.length) % options.length)
    } else if (event.key === 'Enter' && shown && options[active]) {
      event.preventDefault()
      choose(options[active])
    } else if (event.key === 'Escape' && over && shown) {
      event.preventDefault()
      setOpen(false)
    }
  }
  return (
    <Field label={label} help={help} error={error} aside={aside}>
      {({ id, describedBy }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: only notices that the focus has left the field and its list
        <div
          className="relative"
          onBlur={event => {
            if (event.currentTarget.contains(event.relatedTarget)) return
            setOpen(false)
            props.onBlur?.()
          }}
        >
          <input
            id={id}
            role="combobox"
            aria-expanded={shown}
            aria-controls={shown ? list : undefined}
            aria-activedescendant={shown && active >= 0 ? `${list}-${active}` : undefined}
            aria-autocomplete="list"
            aria-invalid={error ? true : undefined}
            aria-describedby={describedBy}
            value={text}
            placeholder={placeholder}
            // biome-ignore lint/a11y/noAutofocus: the first field of a dialog that was opened to fill it in
            autoFocus={autoFocus}
            autoComplete="off"
            spellCheck={false}
            onFocus={() => !over && setOpen(true)}
            onClick={() => setOpen(true)}
            onKeyDown={onKeyDown}
            onChange={event => {
              setOpen(true)
              setActive(-1)
              onText(event.target.value)
            }}
            className={cn(control, 'h-9 pr-9 max-md:h-11', error ? 'border-destructive' : 'border-input')}
          />
          {busy && <Spinner className="absolute top-2.5 right-3 text-muted" />}
          {shown && (
            <div
              id={list}
              role="listbox"
              // The field keeps the focus; a browser would stop at what scrolls.
              tabIndex={-1}
              aria-label={t('form.suggestions')}
              className={cn(
                'mt-1 max-h-56 overflow-y-auto rounded-card border bg-raised p-1',
                over && 'absolute inset-x-0 top-full z-20 shadow-float',
              )}
            >
              {options.map((option, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
                <div
                  key={option.key}
                  id={`${list}-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === active}
                  onPointerDown={event => event.preventDefault()}
                  onPointerMove={() => setActive(index)}
                  onClick={() => choose(option)}
                  className={cn(
                    'flex min-h-9 cursor-default items-center gap-2.5 rounded-control px-2 py-1 max-md:min-h-11',
                    index === active && 'bg-hover',
                  )}
                >
                  {option.icon}
                  <span className="min-w-0">
                    <span className="block truncate">{option.label}</span>
                    {option.detail && <span className="block truncate text-muted text-xs">{option.detail}</span>}
                  </span>
                </div>
              ))}
            </div>
          )}
          {open && !shown && empty && (
            <div role="status" className="mt-1 text-muted text-table">
              {empty}
            </div>
          )}
        </div>
      )}
    </Field>
  )
}
