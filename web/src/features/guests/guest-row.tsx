import type { TFunction } from 'i18next'
import { memo, type ReactNode } from 'react'
import { StarButton } from '@/components/favourite-star'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusLabel } from '@/components/guest/guest-status'
import { GuestLink } from '@/components/guest-link'
import { PowerMenu } from '@/components/power/power-menu'
import type { ColumnId } from '@/features/guests/columns'
import {
  CpuCell,
  DiskCell,
  HaCell,
  IdCell,
  IoCell,
  LockCell,
  MemoryCell,
  NetworkCell,
  PlaceCell,
  TagsCell,
  TemplateMark,
  TextCell,
  TypeCell,
  UptimeCell,
  type Way,
} from '@/features/guests/guest-cells'
import { RowMenu } from '@/features/guests/row-menu'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { guestKey, refOf } from '@/lib/guest-key'
import { useWords } from '@/lib/i18n'
import { openConsole } from '@/lib/paths'

export const ROW_HEIGHT = 36

/** What a row may do; the same object for all rows and for as long as the page is there. */
export type RowActions = {
  current: (index: number) => void
  select: (key: string, range: boolean) => void
  favourite: (guest: Guest, on: boolean) => void
  access: ((guest: Guest) => void) | undefined
}

type RowProps = {
  guest: Guest
  index: number
  visible: string
  busy: boolean
  current: boolean
  selected: boolean
  favourite: boolean
  /** How the guest's server is reached. */
  way: Way
  slug: string
  tenant: string
  actions: RowActions
}

/** One row. `visible` is the list of columns as text, so that rows that did not change are not drawn again. */
export const GuestRow = memo(function GuestRow(props: RowProps) {
  const { guest, index, visible, current, selected, slug, actions } = props
  const { t, language } = useWords()
  const mayOpen = guest.may.console || guest.may.watch
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      aria-current={current || undefined}
      tabIndex={current ? 0 : -1}
      style={{ height: ROW_HEIGHT, transform: `translateY(${index * ROW_HEIGHT}px)` }}
      onFocus={() => actions.current(index)}
      onDoubleClick={event => {
        const onControl = (event.target as HTMLElement).closest('button, a, input, label') !== null
        if (mayOpen && !onControl) openConsole(slug, refOf(guest), !guest.may.console)
      }}
      className={cn(
        'group absolute inset-x-0 top-0 grid scroll-mt-9 grid-cols-(--columns) border-b -outline-offset-2 [contain:strict]',
        selected ? 'bg-primary/12' : current ? 'bg-primary/6' : 'hover:bg-hover/70',
      )}
    >
      {visible.split(' ').map(id => (
        <td key={id} className="flex min-w-0 items-center overflow-hidden px-2 first:p-0 last:justify-end last:pr-4">
          {cellOf(id as ColumnId, props, t, language)}
        </td>
      ))}
    </tr>
  )
})

function cellOf(id: ColumnId, props: RowProps, t: TFunction, language: string): ReactNode {
  const { guest, busy, selected, favourite, way, slug, tenant, actions } = props
  const cell = { guest, t, language }
  switch (id) {
    case 'select':
      return <SelectBox label={t('selection.of', { name: guest.name })} guest={guest} on={selected} actions={actions} />
    case 'favourite':
      return (
        <StarButton
          label={t('favourite.of', { name: guest.name })}
          on={favourite}
          onToggle={() => actions.favourite(guest, !favourite)}
          className={cn('-mx-1.5', !favourite && 'opacity-45 focus-visible:opacity-100 group-hover:opacity-100')}
        />
      )
    case 'status':
      return <StatusLabel status={guest.status} busy={busy} lock={guest.lock} />
    case 'name':
      return (
        <span className="flex min-w-0 items-center">
          <GuestLink
            slug={slug}
            guest={refOf(guest)}
            title={guest.name}
            tabIndex={-1}
            className="-outline-offset-2 block min-w-0 truncate py-1 font-medium"
          >
            {guest.name}
          </GuestLink>
          {guest.template && <TemplateMark t={t} />}
        </span>
      )
    case 'vmid':
      return <IdCell {...cell} />
    case 'type':
      return <TypeCell {...cell} />
    case 'place':
      return <PlaceCell {...cell} way={way} />
    case 'node':
      return <TextCell text={guest.node} />
    case 'pool':
      return <TextCell text={guest.pool} />
    case 'tags':
      return <TagsCell tags={guest.tags} />
    case 'cpu':
      return <CpuCell {...cell} />
    case 'memory':
      return <MemoryCell {...cell} />
    case 'disk':
      return <DiskCell {...cell} />
    case 'network':
      return <NetworkCell {...cell} />
    case 'io':
      return <IoCell {...cell} />
    case 'uptime':
      return <UptimeCell {...cell} />
    case 'ha':
      return <HaCell {...cell} />
    case 'lock':
      return <LockCell {...cell} />
    case 'actions':
      return (
        <span className="flex items-center justify-end gap-1">
          <ConsoleButton slug={slug} guest={guest} />
          <PowerMenu tenant={tenant} guest={guest} />
          {actions.access && <RowMenu guest={guest} onAccess={actions.access} />}
        </span>
      )
  }
}

type SelectProps = { label: string; guest: Guest; on: boolean; actions: RowActions }

/** The whole cell takes the click: a small box is easily missed. */
function SelectBox({ label, guest, on, actions }: SelectProps) {
  return (
    // With Shift, the browser would select the words between the last click and this one.
    <label
      onMouseDown={event => event.shiftKey && event.preventDefault()}
      className="flex h-9 w-full cursor-pointer items-center justify-center pl-1.5"
    >
      <input
        type="checkbox"
        aria-label={label}
        checked={on}
        onChange={() => undefined}
        onClick={event => actions.select(guestKey(guest), event.shiftKey)}
        className="size-4 cursor-pointer accent-primary-solid"
      />
    </label>
  )
}
