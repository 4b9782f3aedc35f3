import { useNavigate } from '@tanstack/react-router'
import { Activity, Bell, BellRing, ImageIcon, Palette, SlidersHorizontal, SquareTerminal, Webhook } from 'lucide-react'
import { type MouseEvent, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { GROUP_NAMES, type Group, isIn } from '@/features/settings/form'
import { cn } from '@/lib/cn'

const ICONS = {
  general: SlidersHorizontal,
  appearance: Palette,
  logo: ImageIcon,
  notifications: Bell,
  alerts: BellRing,
  checks: Activity,
  consoles: SquareTerminal,
  webhooks: Webhook,
} as const satisfies Record<Group, unknown>

type NavProps = {
  /** The group that is in sight. */
  current: Group
  changed: readonly string[]
  wrong: readonly string[]
}

/** The way to each group: beside the form, or as a row over it where there is no room. */
export function SettingsNav({ current, changed, wrong }: NavProps) {
  const { t } = useTranslation()
  const nav = useRef<HTMLElement>(null)
  const navigate = useNavigate()
  const go = (group: Group) => (event: MouseEvent) => {
    // Another tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    goTo(group)
    void navigate({ to: '.', hash: group, replace: true, hashScrollIntoView: false })
  }
  // In the row, the chosen one is in sight; the page itself must not move by that.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another group is another place
  useEffect(() => {
    const row = nav.current
    const chosen = row?.querySelector<HTMLElement>('[aria-current]')
    if (row && chosen) row.scrollTo?.({ left: chosen.offsetLeft - row.clientWidth / 2 + chosen.offsetWidth / 2 })
  }, [current])
  return (
    <nav
      ref={nav}
      aria-label={t('settings.groups')}
      className="relative flex shrink-0 overflow-x-auto max-lg:gap-1 max-lg:border-b max-lg:px-6 max-md:px-4 lg:w-68 lg:flex-col lg:gap-0.5 lg:overflow-y-auto lg:border-r lg:p-3"
    >
      {GROUP_NAMES.map(group => {
        const Icon = ICONS[group]
        const mark = isIn(group, wrong) ? 'wrong' : isIn(group, changed) ? 'changed' : null
        return (
          <a
            key={group}
            href={`#${group}`}
            onClick={go(group)}
            aria-current={group === current ? 'location' : undefined}
            className={cn(
              'flex shrink-0 items-center gap-2.5 whitespace-nowrap -outline-offset-2',
              'max-lg:-mb-px max-lg:h-9 max-lg:gap-1.5 max-lg:border-b-2 max-lg:px-2 max-lg:font-medium max-md:h-11',
              'lg:h-8 lg:rounded-control lg:px-2.5 lg:hover:bg-hover',
              group === current
                ? 'max-lg:border-primary lg:bg-primary/12 lg:font-medium lg:text-primary-text lg:hover:bg-primary/12'
                : 'max-lg:border-transparent max-lg:text-muted max-lg:hover:text-text',
            )}
          >
            <Icon className="size-4 shrink-0 max-lg:hidden" aria-hidden />
            {t(`settings.group_${group}`)}
            <span
              className={cn(
                'size-2 shrink-0 rounded-full lg:ml-auto',
                mark === 'wrong' ? 'bg-destructive' : mark === 'changed' ? 'bg-primary' : 'max-lg:hidden',
              )}
            >
              {mark && <span className="sr-only">{t(`settings.has_${mark}`)}</span>}
            </span>
          </a>
        )
      })}
    </nav>
  )
}

/** Brings a group into sight, and the keyboard to its start. */
export function goTo(group: Group): void {
  const section = document.getElementById(group)
  section?.scrollIntoView?.({ block: 'start' })
  section?.focus({ preventScroll: true })
}

/** How far under the upper edge a group must begin to be the one that is read. */
const EDGE = 96

/** The group that stands at the top of what scrolls; the last one when nothing more comes. */
export function groupInSight(scroller: HTMLElement): Group {
  const { scrollTop, clientHeight, scrollHeight } = scroller
  if (scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2) return GROUP_NAMES.at(-1) ?? 'general'
  const top = scroller.getBoundingClientRect().top + EDGE
  const begun = GROUP_NAMES.filter(group => {
    const section = document.getElementById(group)
    return section !== null && section.getBoundingClientRect().top <= top
  })
  return begun.at(-1) ?? 'general'
}
