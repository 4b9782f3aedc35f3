import { Check } from 'lucide-react'
import { DropdownMenu as Radix, Slot } from 'radix-ui'
import { type KeyboardEvent, type ReactElement, type ReactNode, useState } from 'react'
import { Tooltip } from '@/components/ui/tooltip'
import { cn } from '@/lib/cn'

const content =
  'z-50 max-h-[min(var(--radix-dropdown-menu-content-available-height),28rem)] min-w-44 overflow-y-auto rounded-card border ' +
  'bg-raised p-1 shadow-float animate-pop-in origin-(--radix-dropdown-menu-content-transform-origin)'
const row =
  'flex min-h-8 w-full select-none items-center gap-2.5 rounded-control px-2 py-1 outline-none max-md:min-h-10 ' +
  'data-[highlighted]:bg-hover data-[disabled]:text-muted data-[disabled]:opacity-70'

type MenuProps = {
  /** One button. */
  trigger: ReactElement
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom'
  label?: string
  onOpenChange?: ((open: boolean) => void) | undefined
}

/** Keys that open a menu from its button. */
const OPENING = ['Enter', ' ', 'ArrowDown']

/** A menu under a button. Until it is first opened it is the button alone: a table has two of them in every row. */
export function Menu(props: MenuProps) {
  const [used, setUsed] = useState(false)
  if (used) return <UsedMenu {...props} />
  const open = () => {
    setUsed(true)
    props.onOpenChange?.(true)
  }
  return (
    <Slot.Root
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={open}
      onKeyDown={(event: KeyboardEvent) => {
        if (!OPENING.includes(event.key)) return
        event.preventDefault()
        open()
      }}
    >
      {props.trigger}
    </Slot.Root>
  )
}

function UsedMenu({ trigger, children, align = 'end', side = 'bottom', label, onOpenChange }: MenuProps) {
  return (
    <Radix.Root modal={false} defaultOpen onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className={content}
          // A menu inside a row must not open the row.
          onClick={event => event.stopPropagation()}
          onDoubleClick={event => event.stopPropagation()}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type ItemProps = {
  icon?: ReactNode
  children: ReactNode
  onSelect: () => void
  /** Why it cannot be chosen now; shown on hover and focus. */
  disabledReason?: string | undefined
  destructive?: boolean
  hint?: ReactNode
}

export function MenuItem({ icon, children, onSelect, disabledReason, destructive, hint }: ItemProps) {
  const item = (
    <Radix.Item
      aria-disabled={disabledReason ? true : undefined}
      onSelect={event => {
        if (disabledReason) event.preventDefault()
        else onSelect()
      }}
      className={cn(
        row,
        disabledReason ? 'cursor-not-allowed text-muted opacity-70' : 'cursor-default',
        destructive && !disabledReason && 'text-destructive-text',
      )}
    >
      {icon && <span className="grid size-4 shrink-0 place-items-center [&_svg]:size-4">{icon}</span>}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint && <span className="text-muted text-table">{hint}</span>}
    </Radix.Item>
  )
  if (!disabledReason) return item
  return (
    <Tooltip text={disabledReason} side="left">
      {item}
    </Tooltip>
  )
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-border" />
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1 font-medium text-muted text-table">{children}</Radix.Label>
}

type RadioProps<V extends string> = {
  value: V
  onChange: (value: V) => void
  options: readonly { value: V; label: ReactNode }[]
}

export function MenuRadio<V extends string>({ value, onChange, options }: RadioProps<V>) {
  return (
    <Radix.RadioGroup value={value} onValueChange={next => onChange(next as V)}>
      {options.map(option => (
        <Radix.RadioItem key={option.value} value={option.value} className={cn(row, 'cursor-default')}>
          <span className="grid size-4 place-items-center">
            <Radix.ItemIndicator>
              <Check className="size-4" aria-hidden />
            </Radix.ItemIndicator>
          </span>
          {option.label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  )
}

type CheckProps = { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }

export function MenuCheck({ checked, onChange, children }: CheckProps) {
  return (
    <Radix.CheckboxItem
      checked={checked}
      onCheckedChange={onChange}
      onSelect={event => event.preventDefault()}
      className={cn(row, 'cursor-default')}
    >
      <span className="grid size-4 place-items-center">
        <Radix.ItemIndicator>
          <Check className="size-4" aria-hidden />
        </Radix.ItemIndicator>
      </span>
      {children}
    </Radix.CheckboxItem>
  )
}
