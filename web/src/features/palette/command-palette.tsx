import { ChevronRight, Search, X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useDeferredValue,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Keys } from '@/components/kbd'
import { PowerAsk } from '@/components/power/power-ask'
import { usePowerOf } from '@/components/power/use-power-action'
import { Button } from '@/components/ui/button'
import { Spinner } from '@/components/ui/spinner'
import { GuestChip } from '@/features/palette/guest-chip'
import { ItemRow } from '@/features/palette/item-row'
import type { Command, Group, Item } from '@/features/palette/items'
import { useGroups } from '@/features/palette/use-groups'
import { type GuestDoing, useGuestGroups } from '@/features/palette/use-guest-groups'
import type { Guest, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'
import { refOf } from '@/lib/guest-key'
import { openConsole } from '@/lib/paths'

export type PaletteProps = {
  tenant: Tenant
  open: boolean
  onOpenChange: (open: boolean) => void
  pages: Command[]
  servers: Command[]
  /** Opens a guest's page. */
  onGuest: (guest: Guest) => void
  /** Shows the list with this filter. */
  onFilter: (text: string) => void
}

/** Finds guests, servers, pages and things to do by a few letters. */
export function CommandPalette(props: PaletteProps) {
  const { t } = useTranslation()
  const power = usePowerOf(props.tenant.id)
  /** What Escape does before it closes; the dialog hears the key before the field does. */
  const back = useRef<(() => void) | null>(null)
  return (
    <>
      <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
        <Radix.Portal>
          <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-black/45" />
          <Radix.Content
            aria-describedby={undefined}
            onEscapeKeyDown={event => {
              if (!back.current) return
              event.preventDefault()
              back.current()
            }}
            className="fixed z-50 flex animate-fade-in flex-col border bg-raised shadow-float focus:outline-none max-sm:inset-x-0 max-sm:top-0 max-sm:h-dvh sm:top-[12vh] sm:left-1/2 sm:max-h-[70vh] sm:w-full sm:max-w-2xl sm:-translate-x-1/2 sm:rounded-card"
          >
            <Radix.Title className="sr-only">{t('palette.title')}</Radix.Title>
            <Content {...props} power={power} back={back} />
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
      <PowerAsk power={power} />
    </>
  )
}

type ContentProps = PaletteProps & {
  power: ReturnType<typeof usePowerOf>
  back: RefObject<(() => void) | null>
}

function Content({ tenant, onOpenChange, pages, servers, onGuest, onFilter, power, back }: ContentProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [of, setOf] = useState<Guest | null>(null)
  const deferred = useDeferredValue(text)
  const close = () => onOpenChange(false)
  const everything = useGroups(tenant, deferred, pages, servers)
  const doing: GuestDoing = {
    onPage: guest => onGuest(guest),
    onConsole: (guest, viewOnly) => openConsole(tenant.slug, refOf(guest), viewOnly),
    onPower: power.choose,
  }
  const ofGuest = useGuestGroups(tenant, of, deferred, doing)
  const groups = of ? ofGuest : everything.groups
  const enter = (guest: Guest | null) => {
    setOf(guest)
    setText('')
  }
  useEffect(() => {
    back.current = of ? () => enter(null) : null
    return () => {
      back.current = null
    }
  })
  const run = (item: Item, event: { ctrlKey: boolean; metaKey: boolean }) => {
    if (item.kind === 'act' && item.reason) return
    close()
    if (item.kind === 'command') return item.command.run()
    if (item.kind === 'act') return power.choose(item.guest, item.action)
    const { guest } = item
    const mod = event.ctrlKey || event.metaKey
    if (mod && (guest.may.console || guest.may.watch)) doing.onConsole(guest, !guest.may.console)
    else onGuest(guest)
  }
  return (
    <Finder
      key={of ? 'guest' : 'all'}
      groups={groups}
      text={text}
      onText={setText}
      stale={deferred !== text}
      chip={of && <GuestChip guest={of} onRemove={() => enter(null)} />}
      placeholder={
        of
          ? t('palette.action_placeholder')
          : t(tenant.may.see_all_guests ? 'palette.placeholder' : 'palette.placeholder_plain')
      }
      plain={!tenant.may.see_all_guests}
      busy={everything.query.isPending}
      onRun={run}
      onInto={of ? undefined : enter}
      onBack={of ? () => enter(null) : undefined}
      onMore={() => {
        close()
        onFilter(text.trim())
      }}
      note={
        everything.query.isError && !everything.query.data ? (
          <ErrorNote
            error={everything.query.error}
            className="m-3"
            action={
              <Button size="sm" busy={everything.query.isFetching} onClick={() => void everything.query.refetch()}>
                {t('common.try_again')}
              </Button>
            }
          />
        ) : undefined
      }
    />
  )
}

type Mods = { ctrlKey: boolean; metaKey: boolean }

/** How far the page keys go. */
const PAGE = 8

type FinderProps = {
  groups: Group[]
  text: string
  onText: (text: string) => void
  stale: boolean
  chip: ReactNode
  placeholder: string
  /** Without words of the infrastructure. */
  plain: boolean
  busy: boolean
  onRun: (item: Item, mods: Mods) => void
  /** Into the things to do with a guest. */
  onInto: ((guest: Guest) => void) | undefined
  onBack: (() => void) | undefined
  onMore: () => void
  note: ReactNode
}

/** Enter counts for what was typed, so it waits until the list has caught up with that. */
function useEnter(item: Item | undefined, stale: boolean, onRun: FinderProps['onRun']) {
  const [entered, setEntered] = useState<Mods | null>(null)
  useEffect(() => {
    if (!entered || stale) return
    setEntered(null)
    if (item) onRun(item, entered)
  }, [entered, stale, item, onRun])
  return setEntered
}

/** The field and the list under it; the focus stays in the field. */
function Finder({
  groups,
  text,
  onText,
  stale,
  chip,
  placeholder,
  plain,
  busy,
  onRun,
  onInto,
  onBack,
  onMore,
  note,
}: FinderProps) {
  const { t, i18n } = useTranslation()
  const list = useId()
  const items = groups.flatMap(group => group.items)
  const [active, setActive] = useState(0)
  const [seen, setSeen] = useState(text)
  if (seen !== text) {
    setSeen(text)
    setActive(0)
  }
  const current = Math.min(active, items.length - 1)
  const item = items[current]
  const into = item?.kind === 'guest' && onInto ? item.guest : undefined
  const enter = useEnter(item, stale, onRun)
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    scroller.current?.querySelector(`[data-index="${current}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const move = (to: number) => items.length > 0 && setActive((to + items.length) % items.length)
  const actOf = (event: KeyboardEvent<HTMLInputElement>, atEnd: boolean): (() => void) | undefined => {
    const leave = event.currentTarget.value === '' ? onBack : undefined
    switch (event.key) {
      case 'ArrowDown':
        return () => move(current + 1)
      case 'ArrowUp':
        return () => move(current - 1)
      case 'PageDown':
        return () => setActive(Math.min(items.length - 1, current + PAGE))
      case 'PageUp':
        return () => setActive(Math.max(0, current - PAGE))
      case 'Enter':
        return () => enter({ ctrlKey: event.ctrlKey, metaKey: event.metaKey })
      case 'Tab':
        return into && !event.shiftKey ? () => onInto?.(into) : undefined
      case 'ArrowRight':
        return into && atEnd ? () => onInto?.(into) : undefined
      case 'Backspace':
      case 'ArrowLeft':
        return leave
      default:
        return undefined
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { selectionStart, value } = event.currentTarget
    const atEnd = selectionStart === value.length
    const act = actOf(event, atEnd)
    if (!act || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  let index = -1
  return (
    <>
      <div className="flex h-12 shrink-0 items-center gap-2.5 border-b px-4">
        <Search className="size-4 shrink-0 text-muted" aria-hidden />
        {chip}
        <input
          role="combobox"
          aria-label={placeholder}
          aria-expanded={items.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={item ? `${list}-${current}` : undefined}
          // biome-ignore lint/a11y/noAutofocus: opened to type into it
          autoFocus
          value={text}
          placeholder={placeholder}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          onChange={event => {
            enter(null)
            onText(event.target.value)
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent placeholder:text-muted focus:outline-none"
        />
        {busy && <Spinner className="text-muted" />}
        <Radix.Close className="grid h-8 shrink-0 place-items-center rounded-control px-1.5 hover:bg-hover max-md:size-10">
          <span className="sr-only">{t('common.close')}</span>
          <span aria-hidden className="max-md:hidden">
            <Keys keys="Escape" />
          </span>
          <X className="size-4 md:hidden" aria-hidden />
        </Radix.Close>
      </div>
      {note}
      <div className="relative flex min-h-0 flex-1 flex-col">
        <div
          ref={scroller}
          id={list}
          role="listbox"
          aria-label={t('palette.results')}
          className={cn('relative min-h-0 overflow-y-auto', items.length > 0 && 'p-1.5')}
        >
          {groups.map(group => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options
            <div key={group.id} role="group" aria-labelledby={`${list}-${group.id}`}>
              <div id={`${list}-${group.id}`} className="px-2.5 pt-2 pb-1 font-medium text-muted text-xs">
                {group.title}
              </div>
              {group.items.map(one => {
                index += 1
                const at = index
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
                  <div
                    key={one.id}
                    id={`${list}-${at}`}
                    data-index={at}
                    role="option"
                    tabIndex={-1}
                    aria-selected={at === current}
                    aria-disabled={(one.kind === 'act' && one.reason !== undefined) || undefined}
                    onPointerMove={() => at !== current && setActive(at)}
                    onPointerDown={event => event.preventDefault()}
                    onClick={event => onRun(one, event)}
                    className={cn(
                      'flex min-h-9 cursor-default items-center gap-2.5 rounded-control px-2.5 py-1 max-md:min-h-11',
                      at === current && 'bg-primary/12',
                    )}
                  >
                    <ItemRow item={one} plain={plain} />
                  </div>
                )
              })}
            </div>
          ))}
        </div>
        {groups.some(group => (group.more ?? 0) > 0) && (
          <Button variant="ghost" className="mx-1.5 mb-1.5 justify-start px-2.5! text-muted" onClick={onMore}>
            {t('palette.more', {
              shown: formatNumber(groups.find(group => group.more)?.more ?? 0, i18n.language),
            })}
          </Button>
        )}
        {items.length === 0 && !busy && !note && (
          <p role="status" className="px-2.5 py-6 text-center text-muted">
            {text.trim() === '' ? t('palette.nothing') : t('palette.no_match', { text: text.trim() })}
          </p>
        )}
      </div>
      <footer className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-t px-4 py-1.5 text-muted text-xs">
        {item && (
          <span className="flex items-center gap-1.5 max-md:hidden">
            <Keys keys="Enter" /> {t(item.kind === 'act' ? 'palette.hint_do' : 'palette.hint_enter')}
          </span>
        )}
        {into && (
          <>
            {(into.may.console || into.may.watch) && (
              <span className="flex items-center gap-1.5 max-md:hidden">
                <Keys keys="mod+Enter" /> {t('palette.hint_console')}
              </span>
            )}
            <button
              type="button"
              onClick={() => onInto?.(into)}
              className="ml-auto flex min-h-6 min-w-0 items-center gap-1.5 rounded text-text hover:underline max-md:min-h-10"
            >
              <span className="truncate">{t('palette.actions_of', { name: into.name })}</span>
              <span className="max-md:hidden" aria-hidden>
                <Keys keys="Tab" />
              </span>
              <ChevronRight className="size-3.5 shrink-0" aria-hidden />
            </button>
          </>
        )}
        {onBack && (
          <button
            type="button"
            onClick={onBack}
            className="ml-auto flex min-h-6 items-center gap-1.5 rounded text-text hover:underline max-md:min-h-10"
          >
            {t('palette.back')}
            <span className="max-md:hidden" aria-hidden>
              <Keys keys="Escape" />
            </span>
          </button>
        )}
      </footer>
    </>
  )
}
