import { Search, X } from 'lucide-react'
import type { Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '@/lib/cn'
import { useTyped } from '@/lib/use-typed'

type SearchBoxProps = {
  /** What is searched for now; it lives in the address. */
  text: string
  onText: (text: string) => void
  /** Name of the field, and its placeholder. */
  label: string
  /** How long a person must pause before the list follows, in milliseconds. */
  wait?: number
  ref?: Ref<HTMLInputElement>
  /** Its width, and what its place needs. */
  className?: string
}

/** The field over a list. What is typed shows at once; the list follows when the person pauses. */
export function SearchBox({ text, onText, label, wait = 250, ref, className = 'w-80' }: SearchBoxProps) {
  const { t } = useTranslation()
  const { typed, type, send } = useTyped(text, onText, wait)
  return (
    <div className={cn('relative max-w-full max-md:w-full', className)}>
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted max-md:top-3" aria-hidden />
      <input
        ref={ref}
        type="search"
        value={typed}
        onChange={event => type(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Escape') return
          if (typed) send('')
          else event.currentTarget.blur()
        }}
        aria-label={label}
        placeholder={label}
        spellCheck={false}
        autoComplete="off"
        maxLength={200}
        className="h-8 w-full rounded-control border border-input bg-background pr-8 pl-8 placeholder:text-muted max-md:h-10 [&::-webkit-search-cancel-button]:hidden"
      />
      {typed && (
        <button
          type="button"
          aria-label={t('list.clear')}
          onClick={() => {
            send('')
          }}
          className="absolute top-0 right-0 grid size-8 place-items-center text-muted hover:text-text max-md:size-10"
        >
          <X className="size-4" aria-hidden />
        </button>
      )}
    </div>
  )
}
