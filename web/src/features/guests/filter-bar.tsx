import { ChevronDown, Search, X } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StatusIcon } from '@/components/guest/guest-status'
import { Button } from '@/components/ui/button'
import { Menu, MenuCheck } from '@/components/ui/menu'
import { type Field, formatTerm, hasTerm, parseFilter, toggleTerm } from '@/features/guests/filter'
import type { Guest, GuestStatus } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'

type FilterBarProps = {
  guests: Guest[]
  text: string
  onText: (text: string) => void
  input: RefObject<HTMLInputElement | null>
  plain: boolean
  /** How many of the guests pass, and what else stands at the right end. */
  matching: number
  children?: ReactNode
}

const STATES: GuestStatus[] = ['running', 'paused', 'stopped', 'unknown']

/** The line that says what to show, with a button for each thing that is often asked. */
export function FilterBar({ guests, text, onText, input, plain, matching, children }: FilterBarProps) {
  const { t, i18n } = useTranslation()
  const facets = useMemo(() => countFacets(guests), [guests])
  return (
    <div className="flex flex-wrap items-center gap-2 px-6 pb-3 max-md:px-4">
      <FilterInput text={text} onText={onText} input={input} />
      <div className="flex items-center gap-1 max-md:-mx-4 max-md:w-[calc(100%+2rem)] max-md:overflow-x-auto max-md:px-4 md:flex-wrap">
        {STATES.filter(state => facets.status.has(state)).map(state => (
          <Chip
            key={state}
            pressed={hasTerm(text, 'status', state)}
            onClick={() => onText(toggleTerm(text, 'status', state))}
          >
            <StatusIcon status={state} className="size-3" />
            {t(`status.${state}`)}
            <span className="nums text-muted">{formatNumber(facets.status.get(state) ?? 0, i18n.language)}</span>
          </Chip>
        ))}
        {!plain && <FacetMenu field="server" values={facets.server} text={text} onText={onText} />}
        {!plain && <FacetMenu field="type" values={facets.type} text={text} onText={onText} />}
        <FacetMenu field="tag" values={facets.tag} text={text} onText={onText} />
      </div>
      <ActiveTerms text={text} onText={onText} />
      <div className="ml-auto flex items-center gap-3">
        {children}
        {text && (
          <span role="status" className="nums text-muted text-table">
            {t('guests.matching', {
              count: matching,
              matching: formatNumber(matching, i18n.language),
              total: formatNumber(facets.total, i18n.language),
            })}
          </span>
        )}
      </div>
    </div>
  )
}

function FilterInput({ text, onText, input }: Pick<FilterBarProps, 'text' | 'onText' | 'input'>) {
  const { t } = useTranslation()
  // What is typed shows at once; the list follows when the person pauses.
  const [typed, setTyped] = useState(text)
  const [seen, setSeen] = useState(text)
  if (seen !== text) {
    setSeen(text)
    setTyped(text)
  }
  useEffect(() => {
    if (typed === text) return
    const timer = setTimeout(() => onText(typed), 120)
    return () => clearTimeout(timer)
  }, [typed, text, onText])
  return (
    <div className="relative w-80 max-w-full max-md:w-full">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted max-md:top-3" aria-hidden />
      <input
        ref={input}
        type="search"
        value={typed}
        onChange={event => setTyped(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Escape') return
          if (typed) onText('')
          else event.currentTarget.blur()
        }}
        aria-label={t('guests.filter')}
        placeholder={t('guests.filter_placeholder')}
        spellCheck={false}
        autoComplete="off"
        className="h-8 w-full rounded-control border border-input bg-background pr-8 pl-8 placeholder:text-muted max-md:h-10 [&::-webkit-search-cancel-button]:hidden"
      />
      {typed ? (
        <button
          type="button"
          aria-label={t('guests.filter_clear')}
          onClick={() => onText('')}
          className="absolute top-0 right-0 grid size-8 place-items-center text-muted hover:text-text max-md:size-10"
        >
          <X className="size-4" aria-hidden />
        </button>
      ) : (
        <kbd className="pointer-events-none absolute top-1.5 right-1.5 rounded border bg-surface px-1.5 font-mono text-muted text-xs max-md:hidden">
          /
        </kbd>
      )}
    </div>
  )
}

type ChipProps = { pressed: boolean; onClick: () => void; children: ReactNode }

function Chip({ pressed, onClick, children }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className={cn(
        'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-control border px-2 text-table transition-colors duration-[120ms] max-md:h-10 max-md:px-3',
        pressed ? 'border-primary bg-primary/12' : 'hover:bg-hover',
      )}
    >
      {children}
    </button>
  )
}

type FacetMenuProps = {
  field: Field & ('server' | 'type' | 'tag')
  values: Map<string, number>
  text: string
  onText: (text: string) => void
}

function FacetMenu({ field, values, text, onText }: FacetMenuProps) {
  const { t } = useTranslation()
  if (values.size < 2 && !(field === 'tag' && values.size > 0)) return null
  const active = [...values.keys()].some(value => hasTerm(text, field, value))
  return (
    <Menu
      align="start"
      label={t(`guests.facet_${field}`)}
      trigger={
        <Button size="sm" variant="ghost" className={cn(active && 'bg-primary/12')}>
          {t(`guests.facet_${field}`)}
          <ChevronDown className="size-3.5 text-muted" aria-hidden />
        </Button>
      }
    >
      {[...values].map(([value, count]) => (
        <MenuCheck
          key={value}
          checked={hasTerm(text, field, value)}
          onChange={() => onText(toggleTerm(text, field, value))}
        >
          <span className="max-w-60 flex-1 truncate">
            {field === 'type' ? t(`guest.type_${value as 'qemu' | 'lxc'}_long`) : value}
          </span>
          <span className="nums text-muted">{count}</span>
        </MenuCheck>
      ))}
    </Menu>
  )
}

/** Terms that no button shows, each with a way to take it out. */
function ActiveTerms({ text, onText }: { text: string; onText: (text: string) => void }) {
  const { t } = useTranslation()
  const terms = parseFilter(text).filter(term => term.field !== null && (term.field !== 'status' || term.not))
  return terms.map(term => {
    const label = formatTerm(term)
    const rest = parseFilter(text).filter(other => formatTerm(other) !== label)
    return (
      <span
        key={label}
        className="inline-flex h-7 max-w-64 items-center rounded-control bg-primary/12 pl-2 text-table max-md:h-10"
      >
        <span className="truncate font-mono text-xs">{label}</span>
        <button
          type="button"
          aria-label={t('guests.filter_remove', { term: label })}
          onClick={() => onText(rest.map(formatTerm).join(' '))}
          className="grid size-7 shrink-0 place-items-center text-muted hover:text-text"
        >
          <X className="size-3.5" aria-hidden />
        </button>
      </span>
    )
  })
}

function countFacets(guests: Guest[]) {
  const facets = {
    total: 0,
    status: new Map<string, number>(),
    server: new Map<string, number>(),
    type: new Map<string, number>(),
    tag: new Map<string, number>(),
  }
  const add = (map: Map<string, number>, value: string) => map.set(value, (map.get(value) ?? 0) + 1)
  for (const guest of guests) {
    if (guest.template) continue
    facets.total += 1
    add(facets.status, guest.status)
    add(facets.server, guest.server.name)
    add(facets.type, guest.type)
    for (const tag of guest.tags) add(facets.tag, tag)
  }
  const sorted = (map: Map<string, number>) => new Map([...map].sort(([a], [b]) => a.localeCompare(b)))
  return {
    total: facets.total,
    status: facets.status,
    server: sorted(facets.server),
    type: sorted(facets.type),
    tag: sorted(facets.tag),
  }
}
