import { memo, type ReactNode } from 'react'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusLabel } from '@/components/guest/guest-status'
import { GuestLink } from '@/components/guest-link'
import { PowerMenu } from '@/components/power/power-menu'
import { type ColumnId, shapes } from '@/features/guests/columns'
import { CpuCell, MemoryCell, PlaceCell, TagsCell, TypeCell, UptimeCell } from '@/features/guests/guest-cells'
import { RowMenu } from '@/features/guests/row-menu'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { refOf } from '@/lib/guest-key'
import { openConsole } from '@/lib/paths'

export const ROW_HEIGHT = 36

type RowProps = {
  guest: Guest
  index: number
  visible: string
  busy: boolean
  current: boolean
  slug: string
  tenant: string
  onCurrent: (index: number) => void
  onAccess: ((guest: Guest) => void) | undefined
}

/** One row. `visible` is the list of columns as text, so that rows that did not change are not drawn again. */
export const GuestRow = memo(function GuestRow({
  guest,
  index,
  visible,
  busy,
  current,
  slug,
  tenant,
  onCurrent,
  onAccess,
}: RowProps) {
  const cell = (id: ColumnId): ReactNode => {
    switch (id) {
      case 'status':
        return <StatusLabel status={guest.status} busy={busy} lock={guest.lock} />
      case 'name':
        return (
          <GuestLink
            slug={slug}
            guest={refOf(guest)}
            tabIndex={-1}
            title={guest.name}
            className="block truncate py-[3px] font-medium"
          >
            {guest.name}
          </GuestLink>
        )
      case 'vmid':
        return <span className="nums font-mono text-muted">{guest.vmid}</span>
      case 'type':
        return <TypeCell guest={guest} />
      case 'place':
        return <PlaceCell guest={guest} />
      case 'tags':
        return <TagsCell tags={guest.tags} />
      case 'cpu':
        return <CpuCell guest={guest} />
      case 'memory':
        return <MemoryCell guest={guest} />
      case 'uptime':
        return <UptimeCell guest={guest} />
      case 'actions':
        return (
          <span className="flex items-center justify-end gap-1">
            <ConsoleButton slug={slug} guest={guest} />
            <PowerMenu tenant={tenant} guest={guest} />
            {onAccess && <RowMenu guest={guest} onAccess={onAccess} />}
          </span>
        )
    }
  }
  const mayOpen = guest.may.console || guest.may.watch
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      aria-current={current || undefined}
      tabIndex={current ? 0 : -1}
      style={{ height: ROW_HEIGHT }}
      onFocus={() => onCurrent(index)}
      onDoubleClick={event => {
        const onButton = (event.target as HTMLElement).closest('a, button') !== null
        if (mayOpen && !onButton) openConsole(slug, refOf(guest), !guest.may.console)
      }}
      className={cn('border-b -outline-offset-2 hover:bg-hover/70', current && 'bg-primary/8')}
    >
      {visible.split(' ').map(id => (
        <td
          key={id}
          className={cn(
            'overflow-hidden px-2 first:pl-6 last:overflow-visible last:pr-6',
            shapes[id as ColumnId].narrow,
          )}
        >
          {cell(id as ColumnId)}
        </td>
      ))}
    </tr>
  )
})
