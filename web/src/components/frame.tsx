import { Link } from '@tanstack/react-router'
import { Menu as MenuIcon, PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Sheet } from '@/components/ui/dialog'
import { Tooltip } from '@/components/ui/tooltip'
import { cn } from '@/lib/cn'

/** `exact`: what lies under the place is not the place. */
type NavEntry = { to: string; exact?: boolean; label: string; icon: ReactNode; count?: NavCount | undefined }

/** How many things there wait for somebody; the label says of what kind: "3 open". */
type NavCount = { value: number; label: string }

/** Entries that belong together; the first group of a side bar has no label. */
export type NavGroup = { label?: string; entries: NavEntry[] }

type FrameProps = {
  /** The places a person may go to; with a single one there is no side bar. Groups without an entry are left out. */
  groups: NavGroup[]
  /** Top of the side bar, or left end of the top bar where there is none. */
  switcher: (compact: boolean) => ReactNode
  title: string
  /** Right end of the top bar. */
  tools: ReactNode
  /** One quiet line over the page, for what concerns every page. */
  banner?: ReactNode
  /** The line at the bottom. */
  drawer?: ReactNode
  children: ReactNode
}

const COLLAPSED = 'nexus-sidebar'

/** Side bar, top bar, content and drawer. */
export function Frame({ groups, switcher, title, tools, banner, drawer, children }: FrameProps) {
  const { t } = useTranslation()
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem(COLLAPSED) === 'icons')
  const [sheet, setSheet] = useState(false)
  const shown = groups.filter(group => group.entries.length > 0)
  const bare = shown.reduce((sum, group) => sum + group.entries.length, 0) < 2
  const toggle = () => {
    localStorage.setItem(COLLAPSED, collapsed ? 'full' : 'icons')
    setCollapsed(!collapsed)
  }
  return (
    <div className="flex h-full">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-primary-solid px-3 py-2 text-white focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('frame.skip')}
      </a>
      {!bare && (
        <SideBar groups={shown} collapsed={collapsed} onToggle={toggle}>
          {switcher(collapsed)}
        </SideBar>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-2 border-b px-4 max-md:px-2">
          {!bare && (
            <Button
              variant="ghost"
              size="icon"
              className="md:hidden"
              aria-label={t('frame.menu')}
              onClick={() => setSheet(true)}
            >
              <MenuIcon className="size-4" aria-hidden />
            </Button>
          )}
          {bare ? (
            <div className="min-w-0">{switcher(false)}</div>
          ) : (
            <div className="min-w-0 truncate font-medium">{title}</div>
          )}
          <div className="ml-auto flex shrink-0 items-center gap-1">{tools}</div>
        </header>
        {banner}
        <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col focus:outline-none">
          {children}
        </main>
        {drawer}
      </div>
      <Sheet open={sheet} onOpenChange={setSheet} title={t('frame.menu')} side="left" className="w-[264px]">
        <div className="p-2">{switcher(false)}</div>
        <NavList groups={shown} collapsed={false} onGo={() => setSheet(false)} />
      </Sheet>
    </div>
  )
}

type SideBarProps = { groups: NavGroup[]; collapsed: boolean; onToggle: () => void; children: ReactNode }

function SideBar({ groups, collapsed, onToggle, children }: SideBarProps) {
  const { t } = useTranslation()
  const label = collapsed ? t('frame.expand') : t('frame.collapse')
  return (
    <aside
      className={cn('hidden shrink-0 flex-col border-r bg-surface md:flex', collapsed ? 'w-14' : 'w-[232px]')}
      aria-label={t('frame.sidebar')}
    >
      <div className="flex h-12 shrink-0 items-center border-b px-2">{children}</div>
      <NavList groups={groups} collapsed={collapsed} />
      <div className="mt-auto p-2">
        <Button
          variant="ghost"
          className={cn('w-full text-muted', collapsed ? 'px-0' : 'justify-start')}
          onClick={onToggle}
          aria-label={label}
          title={collapsed ? label : undefined}
        >
          {collapsed ? (
            <PanelLeftOpen className="size-4" aria-hidden />
          ) : (
            <PanelLeftClose className="size-4" aria-hidden />
          )}
          {!collapsed && t('frame.collapse')}
        </Button>
      </div>
    </aside>
  )
}

type NavListProps = { groups: NavGroup[]; collapsed: boolean; onGo?: () => void }

function NavList({ groups, collapsed, onGo }: NavListProps) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('frame.navigation')} className="flex min-h-0 flex-col overflow-y-auto p-2">
      {groups.map((group, index) => (
        <NavEntries key={group.label ?? ''} group={group} first={index === 0} collapsed={collapsed} onGo={onGo} />
      ))}
    </nav>
  )
}

type NavEntriesProps = { group: NavGroup; first: boolean; collapsed: boolean; onGo: (() => void) | undefined }

function NavEntries({ group, first, collapsed, onGo }: NavEntriesProps) {
  const heading = group.label && !collapsed
  return (
    <div className={cn('flex flex-col gap-0.5', !first && 'mt-2 border-t pt-2')}>
      {heading && (
        <div aria-hidden className="px-2.5 pt-1 pb-1.5 font-medium text-muted text-xs">
          {group.label}
        </div>
      )}
      <ul aria-label={group.label} className="flex flex-col gap-0.5">
        {group.entries.map(entry => (
          <li key={entry.to}>
            <NavLink entry={entry} collapsed={collapsed} onGo={onGo} />
          </li>
        ))}
      </ul>
    </div>
  )
}

type NavLinkProps = { entry: NavEntry; collapsed: boolean; onGo: (() => void) | undefined }

function NavLink({ entry, collapsed, onGo }: NavLinkProps) {
  const count = entry.count && entry.count.value > 0 ? entry.count : undefined
  const name = count ? `${entry.label}, ${count.label}` : collapsed ? entry.label : undefined
  const link = (
    <Link
      to={entry.to}
      activeOptions={{ exact: entry.exact ?? false, includeSearch: false }}
      onClick={onGo}
      aria-label={name}
      activeProps={{ className: 'bg-secondary/12 text-secondary-text font-medium', 'aria-current': 'page' }}
      inactiveProps={{ className: 'text-text hover:bg-hover' }}
      className={cn(
        'relative flex h-8 items-center gap-2.5 rounded-control px-2.5 max-md:h-10 [&_svg]:size-4 [&_svg]:shrink-0',
        collapsed && 'justify-center px-0',
      )}
    >
      {entry.icon}
      {!collapsed && entry.label}
      {count && (
        <span
          aria-hidden
          className={cn(
            'nums rounded-full bg-destructive-solid px-1.5 font-semibold text-[0.6875rem]/4 text-white',
            collapsed ? 'absolute -top-0.5 right-0' : 'ml-auto',
          )}
        >
          {count.value > 99 ? '99+' : count.value}
        </span>
      )}
    </Link>
  )
  if (!collapsed) return link
  return (
    <Tooltip text={name} side="right">
      {link}
    </Tooltip>
  )
}
