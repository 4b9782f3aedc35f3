import { Search, X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Facets, type Suggestion, type Suggestions, suggest } from '@/features/guests/suggest'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'
import { useTyped } from '@/lib/use-typed'

type FilterInputProps = {
  text: string
  onText: (text: string) => void
  input: RefObject<HTMLInputElement | null>
  facets: Facets
  plain: boolean
}

const NO_OFFER: Suggestions = { from: 0, to: 0, items: [] }

/** How long a person pauses before the list follows, in milliseconds. */
const PAUSE = 120

/** The filter line itself, with what may come next under it. */
export function FilterInput({ text, onText, input, facets, plain }: FilterInputProps) {
  const { t } = useTranslation()
  const list = useId()
  const { typed, type, send } = useTyped(text, onText, PAUSE)
  /** `asked` for: then also what may stand where nothing is begun yet, which is in the way while one only types on. */
  const [open, setOpen] = useState<false | 'typing' | 'asked'>(false)
  const [active, setActive] = useState(-1)
  const [caret, setCaret] = useState(0)
  const goTo = useRef<number | null>(null)
  const offer = useMemo(() => {
    const at = Math.min(caret, typed.length)
    const begun = at > 0 && typed[at - 1] !== ' '
    if (!open || (open === 'typing' && !begun)) return NO_OFFER
    return suggest(typed, at, facets, plain)
  }, [open, typed, caret, facets, plain])
  const shown = offer.items.length > 0
  useEffect(() => {
    // The caret goes behind what was put in, once the field has it.
    if (goTo.current === null || goTo.current > typed.length) return
    input.current?.setSelectionRange(goTo.current, goTo.current)
    goTo.current = null
  }, [typed, input])
  const close = () => {
    setOpen(false)
    setActive(-1)
  }
  const choose = ({ insert }: Suggestion) => {
    const next = typed.slice(0, offer.from) + insert + typed.slice(offer.to)
    goTo.current = offer.from + insert.length
    setCaret(goTo.current)
    setActive(-1)
    // After a field its values come, after a value nothing is asked.
    setOpen(insert.endsWith(':') && 'asked')
    if (insert.endsWith(':')) type(next)
    else send(next)
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const chosen = offer.items[active]
    if (step !== 0) {
      event.preventDefault()
      setCaret(event.currentTarget.selectionStart ?? typed.length)
      if (!open) setOpen('asked')
      else if (shown) setActive((active + step + offer.items.length) % offer.items.length)
    } else if ((event.key === 'Enter' || event.key === 'Tab') && shown && chosen) {
      event.preventDefault()
      choose(chosen)
    } else if (event.key === 'Enter') {
      close()
      send(typed)
    } else if (event.key === 'Escape') {
      if (shown) close()
      else if (typed) send('')
      else event.currentTarget.blur()
    }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notices that the focus has left the field and its list
    <div
      className="relative w-80 max-w-full max-md:w-full"
      onBlur={event => !event.currentTarget.contains(event.relatedTarget) && close()}
    >
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted max-md:top-3" aria-hidden />
      <input
        ref={input}
        role="combobox"
        aria-expanded={shown}
        aria-controls={shown ? list : undefined}
        aria-activedescendant={shown && active >= 0 ? `${list}-${active}` : undefined}
        aria-autocomplete="list"
        value={typed}
        onChange={event => {
          type(event.target.value)
          setCaret(event.target.selectionStart ?? event.target.value.length)
          setActive(-1)
          setOpen('typing')
        }}
        onClick={event => {
          setCaret(event.currentTarget.selectionStart ?? 0)
          setOpen(typed === '' ? 'asked' : 'typing')
        }}
        onKeyDown={onKeyDown}
        aria-label={t('guests.filter')}
        placeholder={t(plain ? 'guests.filter_placeholder_plain' : 'guests.filter_placeholder')}
        enterKeyHint="search"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        className="h-8 w-full rounded-control border border-input bg-background pr-8 pl-8 placeholder:text-muted max-md:h-10"
      />
      {typed ? (
        <button
          type="button"
          aria-label={t('guests.filter_clear')}
          onClick={() => {
            send('')
            input.current?.focus()
          }}
          className="absolute top-0 right-0 grid size-8 place-items-center text-muted hover:text-text max-md:size-10"
        >
          <X className="size-4" aria-hidden />
        </button>
      ) : (
        <kbd className="pointer-events-none absolute top-1.5 right-1.5 rounded border bg-surface px-1.5 font-mono text-muted text-xs max-md:hidden">
          /
        </kbd>
      )}
      {shown && (
        <div
          id={list}
          role="listbox"
          aria-label={t('form.suggestions')}
          className="absolute inset-x-0 top-full z-30 mt-1 max-h-80 animate-pop-in overflow-y-auto rounded-card border bg-raised p-1 shadow-float"
        >
          {offer.items.map((item, index) => (
            <Offer
              key={`${item.field}:${item.value}`}
              id={`${list}-${index}`}
              item={item}
              active={index === active}
              onPoint={() => setActive(index)}
              onChoose={() => choose(item)}
            />
          ))}
        </div>
      )}
    </div>
  )
}

type OfferProps = { id: string; item: Suggestion; active: boolean; onPoint: () => void; onChoose: () => void }

function Offer({ id, item: { field, value, count }, active, onPoint, onChoose }: OfferProps) {
  const { t, i18n } = useTranslation()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      onPointerDown={event => event.preventDefault()}
      onPointerMove={onPoint}
      onClick={onChoose}
      className={cn(
        'flex min-h-8 cursor-default items-center gap-3 rounded-control px-2 py-1 text-table max-md:min-h-11',
        active && 'bg-hover',
      )}
    >
      <span className="min-w-0 truncate font-mono text-xs">
        <span className="text-muted">{field}:</span>
        {value}
      </span>
      <span className="nums ml-auto shrink-0 text-muted">
        {value === null ? t(`filter.field_${field}`) : count !== null && formatNumber(count, i18n.language)}
      </span>
    </div>
  )
}
