import { ChevronDown, Star, TriangleAlert } from 'lucide-react'
import { type ReactNode, type RefObject, useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { StatusIcon } from '@/components/guest/guest-status'
import { Button } from '@/components/ui/button'
import { Menu, MenuCheck } from '@/components/ui/menu'
import { type Field, type FilterProblem, filterProblems, hasTerm, onlyThis, toggleTerm } from '@/features/guests/filter'
import { FilterInput } from '@/features/guests/filter-input'
import { countFacets } from '@/features/guests/suggest'
import type { Guest, GuestStatus } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'

type FilterBarProps = {
  guests: Guest[]
  /** How many of them are marked as favourites. */
  favourites: number
  text: string
  onText: (text: string) => void
  input: RefObject<HTMLInputElement | null>
  plain: boolean
  /** How many of the guests pass, and what else stands at the right end. */
  matching: number
  /** Stands after the buttons. */
  tools?: ReactNode
  children?: ReactNode
}

const STATES: GuestStatus[] = ['running', 'paused', 'stopped', 'unknown']
/** A field's value as people write it. */
const TYPES: Record<string, string> = { qemu: 'vm', lxc: 'ct' }

/** The line that says what to show, with a button for each thing that is often asked. */
export function FilterBar({
  guests,
  favourites,
  text,
  onText,
  input,
  plain,
  matching,
  tools,
  children,
}: FilterBarProps) {
  const { t, i18n } = useTranslation()
  // Counting waits for what is typed and drawn.
  const counted = useDeferredValue(guests)
  const facets = useMemo(() => countFacets(counted), [counted])
  const problem = useMemo(() => filterProblems(text)[0], [text])
  const toggle = (field: Field, value: string) => onText(toggleTerm(text, field, value))
  const menu = { text, onToggle: toggle }
  return (
    <div className="flex flex-wrap items-center gap-2 px-6 pb-3 max-md:px-4">
      <FilterInput text={text} onText={onText} input={input} facets={facets} plain={plain} />
      <div className="flex items-center gap-1 max-md:-mx-4 max-md:w-[calc(100%+2rem)] max-md:overflow-x-auto max-md:px-4 max-md:py-0.5 md:flex-wrap">
        {STATES.filter(state => facets.status.has(state) || hasTerm(text, 'status', state)).map(state => (
          <Chip key={state} pressed={hasTerm(text, 'status', state)} onClick={() => toggle('status', state)}>
            <StatusIcon status={state} className="size-3" />
            {t(`status.${state}`)}
            <span className="nums text-muted">{formatNumber(facets.status.get(state) ?? 0, i18n.language)}</span>
          </Chip>
        ))}
        {(favourites > 0 || hasTerm(text, 'is', 'favourite')) && (
          <Chip
            pressed={hasTerm(text, 'is', 'favourite')}
            title={t('favourite.title')}
            onClick={() => toggle('is', 'favourite')}
          >
            <Star className="size-3 fill-warning text-warning-text" aria-hidden />
            <span className="sr-only">{t('favourite.title')}</span>
            <span className="nums text-muted">{formatNumber(favourites, i18n.language)}</span>
          </Chip>
        )}
        {!plain && <FacetMenu {...menu} field="server" values={facets.server} />}
        {!plain && <FacetMenu {...menu} field="type" values={facets.type} />}
        <FacetMenu {...menu} field="tag" values={facets.tag} />
        {!plain && <FacetMenu {...menu} field="pool" values={facets.pool} />}
        {tools}
      </div>
      <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-x-3 gap-y-1 empty:hidden">
        {problem && <Problem problem={problem} text={text} onText={onText} />}
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

type ChipProps = { pressed: boolean; title?: string; onClick: () => void; children: ReactNode }

function Chip({ pressed, title, onClick, children }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      title={title}
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
  field: 'server' | 'type' | 'tag' | 'pool'
  values: ReadonlyMap<string, number>
  text: string
  onToggle: (field: Field, value: string) => void
}

function FacetMenu({ field, values, text, onToggle }: FacetMenuProps) {
  const { t, i18n } = useTranslation()
  if (values.size < 2 && !((field === 'tag' || field === 'pool') && values.size > 0)) return null
  const written = (value: string) => {
    if (field === 'type') return TYPES[value] ?? value
    return field === 'server' ? onlyThis(value, values.keys()) : value
  }
  const active = [...values.keys()].filter(value => hasTerm(text, field, written(value))).length
  return (
    <Menu
      align="start"
      label={t(`guests.facet_${field}`)}
      trigger={
        <Button size="sm" variant="ghost" className={cn(active > 0 && 'bg-primary/12')}>
          {t(`guests.facet_${field}`)}
          {active > 0 && <span className="nums text-primary-text">{active}</span>}
          <ChevronDown className="size-3.5 text-muted" aria-hidden />
        </Button>
      }
    >
      {[...values].map(([value, count]) => (
        <MenuCheck
          key={value}
          checked={hasTerm(text, field, written(value))}
          onChange={() => onToggle(field, written(value))}
        >
          <span className="max-w-60 flex-1 truncate">
            {field === 'type' ? t(`guest.type_${value as Guest['type']}_long`) : value}
          </span>
          <span className="nums text-muted">{formatNumber(count, i18n.language)}</span>
        </MenuCheck>
      ))}
    </Menu>
  )
}

type ProblemProps = { problem: FilterProblem; text: string; onText: (text: string) => void }

/** What in the line is not understood, and what was perhaps meant. */
function Problem({ problem, text, onText }: ProblemProps) {
  const { t } = useTranslation()
  const near = problem.kind === 'field' ? problem.near : null
  return (
    <span role="status" className="flex min-w-0 items-center gap-1.5 text-table">
      <TriangleAlert className="size-4 shrink-0 text-warning-text" aria-hidden />
      <span className="min-w-0">
        {problem.kind === 'field'
          ? t('filter.no_field', { name: problem.name })
          : t('filter.no_value', { field: problem.field, value: problem.value, known: problem.known.join(', ') })}
      </span>
      {near && problem.kind === 'field' && (
        <Button
          size="sm"
          variant="ghost"
          onClick={() => onText(text.replace(`${problem.name}:`, `${near}:`))}
          className="text-primary-text"
        >
          {t('filter.use', { field: near })}
        </Button>
      )}
    </span>
  )
}
