import { useQuery } from '@tanstack/react-query'
import { Building2, ChevronDown, UserRound, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { endTitle } from '@/components/console-session/cells'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { Combobox } from '@/components/ui/combobox'
import { Popover } from '@/components/ui/popover'
import { consolePeopleQuery, consoleTenantsQuery } from '@/lib/api/console-session-queries'
import type { ConsoleSession } from '@/lib/api/types'
import { type ConsoleFilter, trimConsoleFilter } from '@/lib/console-filter'
import { causeOfEnd, END_REASONS } from '@/lib/console-reasons'
import { useDelayed } from '@/lib/use-delayed'

type FilterBarProps = {
  place: string | null
  filter: ConsoleFilter
  onFilter: (filter: ConsoleFilter) => void
  /** What is shown now: it has the names of those who are filtered by. */
  sessions: ConsoleSession[] | undefined
  /** Whether the person sees only their own: then there is nobody to choose. */
  own: boolean | undefined
}

const select =
  'h-8 max-w-56 rounded-control border border-input bg-background px-2 text-table max-md:h-10 max-md:max-w-full max-md:flex-1 max-md:basis-36'

export function ConsoleFilterBar({ place, filter, onFilter, sessions, own }: FilterBarProps) {
  const { t } = useTranslation()
  const change = (values: Partial<ConsoleFilter>) => onFilter(trimConsoleFilter({ ...filter, ...values }))
  const all = filter.all ?? false
  const filtered = filter.user || filter.tenant || filter.cause
  return (
    <div className="flex flex-wrap items-center gap-2 px-6 pb-3 max-md:px-4">
      <Choices
        label={t('consoles.filter')}
        value={all ? 'all' : 'open'}
        onChange={value => change({ all: value === 'all', ...(value === 'open' && { cause: undefined }) })}
        choices={[
          { value: 'open', label: t('consoles.open') },
          { value: 'all', label: t('consoles.all') },
        ]}
      />
      {!own && (
        <PersonFilter
          place={place}
          chosen={filter.user}
          name={sessions?.find(one => one.user?.id === filter.user)?.user?.full_name}
          onChoose={user => change({ user })}
        />
      )}
      {place === null && (
        <TenantFilter
          chosen={filter.tenant}
          name={sessions?.find(one => one.tenant.id === filter.tenant)?.tenant.name}
          onChoose={tenant => change({ tenant })}
        />
      )}
      {all && (
        <select
          aria-label={t('consoles.cause')}
          value={filter.cause ?? ''}
          onChange={event => change({ cause: event.target.value ? causeOfEnd(event.target.value) : undefined })}
          className={select}
        >
          <option value="">{t('consoles.cause_any')}</option>
          {END_REASONS.map(cause => (
            <option key={cause} value={cause}>
              {endTitle(t, cause)}
            </option>
          ))}
        </select>
      )}
      {filtered && (
        <Button size="sm" variant="ghost" onClick={() => onFilter(trimConsoleFilter({ all }))}>
          {t('audit.clear')}
        </Button>
      )}
      {own && <p className="text-muted text-table">{t('consoles.own')}</p>}
    </div>
  )
}

type PickProps = {
  chosen: string | undefined
  /** What the chosen one is called, where that is known. */
  name: string | undefined
  onChoose: (id: string | undefined) => void
}

function PersonFilter({ place, ...pick }: PickProps & { place: string | null }) {
  const { t } = useTranslation()
  return (
    <PickFilter
      {...pick}
      icon={<UserRound className="size-3.5 text-muted" aria-hidden />}
      label={t('consoles.column_person')}
      any={t('consoles.person_any')}
      one={t('consoles.person_chosen')}
    >
      {onPick => <PersonPicker place={place} onPick={onPick} />}
    </PickFilter>
  )
}

type OnPick = (picked: { id: string; name: string }) => void

function PersonPicker({ place, onPick }: { place: string | null; onPick: OnPick }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const people = useQuery(consolePeopleQuery(place, useDelayed(text.trim(), 200)))
  return (
    <Combobox
      label={t('consoles.column_person')}
      placeholder={t('consoles.person_placeholder')}
      text={text}
      onText={setText}
      busy={people.isFetching}
      empty={people.isFetching ? undefined : t('consoles.person_none')}
      autoFocus
      onChoose={({ value, label }) => onPick({ id: value, name: label })}
      options={(people.data ?? []).map(person => ({
        key: person.id,
        value: person.id,
        label: person.full_name,
        detail: person.email,
        icon: <Avatar person={person} size={24} />,
      }))}
    />
  )
}

function TenantFilter(pick: PickProps) {
  const { t } = useTranslation()
  return (
    <PickFilter
      {...pick}
      icon={<Building2 className="size-3.5 text-muted" aria-hidden />}
      label={t('consoles.column_tenant')}
      any={t('consoles.tenant_any')}
      one={t('consoles.tenant_chosen')}
    >
      {onPick => <TenantPicker onPick={onPick} />}
    </PickFilter>
  )
}

function TenantPicker({ onPick }: { onPick: OnPick }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const tenants = useQuery(consoleTenantsQuery(useDelayed(text.trim(), 200)))
  return (
    <Combobox
      label={t('consoles.column_tenant')}
      text={text}
      onText={setText}
      busy={tenants.isFetching}
      empty={tenants.isFetching ? undefined : t('consoles.tenant_none')}
      autoFocus
      onChoose={({ value, label }) => onPick({ id: value, name: label })}
      options={(tenants.data ?? []).map(({ id, name, slug }) => ({ key: id, value: id, label: name, detail: slug }))}
    />
  )
}

type PickFilterProps = PickProps & {
  icon: ReactNode
  label: string
  any: string
  one: string
  children: (onPick: OnPick) => ReactNode
}

/** One of many, found by typing, in a panel under a button. */
function PickFilter({ icon, label, any, one, chosen, onChoose, children, ...props }: PickFilterProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  // What was chosen here is known even where no session of it is.
  const [last, setLast] = useState<{ id: string; name: string } | null>(null)
  const name = props.name ?? (last?.id === chosen ? last?.name : undefined)
  const pick: OnPick = picked => {
    setLast(picked)
    onChoose(picked.id)
    setOpen(false)
  }
  return (
    <span className="inline-flex min-w-0 max-w-full">
      <Popover
        open={open}
        onOpenChange={setOpen}
        label={label}
        trigger={
          <Button className={chosen ? 'min-w-0 rounded-r-none' : 'min-w-0'}>
            {icon}
            <span className="max-w-44 truncate">{chosen ? (name ?? one) : any}</span>
            {!chosen && <ChevronDown className="size-3.5 text-muted" aria-hidden />}
          </Button>
        }
      >
        <div className="overflow-y-auto p-3">{children(pick)}</div>
      </Popover>
      {chosen && (
        <Button
          size="icon"
          aria-label={t('consoles.filter_remove', { name: name ?? one })}
          onClick={() => onChoose(undefined)}
          className="-ml-px rounded-l-none"
        >
          <X className="size-3.5" aria-hidden />
        </Button>
      )}
    </span>
  )
}
