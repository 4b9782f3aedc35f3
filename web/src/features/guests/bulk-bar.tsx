import { ChevronDown, X } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { powerIcons } from '@/components/power/power-icons'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { Reason } from '@/components/ui/tooltip'
import { countAble, sumsOf } from '@/features/guests/selection'
import type { Action, Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatBytes, formatNumber } from '@/lib/format'

type BulkActions = {
  /** Asks, and then works the switch on all of them. */
  power: ((action: Action, guests: Guest[]) => void) | undefined
  onlyShown: () => void
  clear: () => void
}

type BulkBarProps = {
  /** All that are selected, also those that the filter hides. */
  guests: Guest[]
  hidden: number
  actions: BulkActions
  className?: string
}

/** As many as one request takes. */
const MOST = 1000
const FIRST: Action[] = ['start', 'shutdown']
const MORE: Action[] = ['reboot', 'suspend', 'resume', 'reset', 'stop']

/** What is selected, what it comes to, and what can be done with all of it. */
export function BulkBar({ guests, hidden, actions, className }: BulkBarProps) {
  const { t, i18n } = useTranslation()
  const number = (value: number) => formatNumber(value, i18n.language)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a toolbar, not fields of a form
    <div
      role="group"
      aria-label={t('selection.bar')}
      className={cn('flex animate-fade-in items-center gap-x-3 gap-y-1 bg-raised text-table', className)}
    >
      <span role="status" className="nums whitespace-nowrap font-medium">
        {t('selection.count', { count: guests.length, number: number(guests.length) })}
        {hidden > 0 && (
          <span className="ml-2 text-warning-text">
            {t('selection.hidden', { count: hidden, number: number(hidden) })}
          </span>
        )}
      </span>
      {hidden > 0 && (
        <Button size="sm" variant="ghost" onClick={actions.onlyShown}>
          {t('selection.only_shown')}
        </Button>
      )}
      <SumsLine guests={guests} />
      <span className="ml-auto flex items-center gap-1">
        {actions.power && <PowerTools guests={guests} onAct={actions.power} />}
        <Button
          size="icon-sm"
          variant="ghost"
          aria-label={t('selection.clear')}
          title={t('selection.clear')}
          onClick={actions.clear}
        >
          <X className="size-4" aria-hidden />
        </Button>
      </span>
    </div>
  )
}

function SumsLine({ guests }: { guests: Guest[] }) {
  const { t, i18n } = useTranslation()
  const sums = useMemo(() => sumsOf(guests), [guests])
  const parts = [
    t('selection.cores', { count: sums.cores, number: formatNumber(sums.cores, i18n.language) }),
    t('selection.memory', { size: formatBytes(sums.memory, i18n.language) }),
    sums.disk > 0 && t('selection.disk', { size: formatBytes(sums.disk, i18n.language) }),
  ]
  return (
    <span className="nums min-w-0 truncate text-muted max-sm:hidden" title={t('selection.sums_title')}>
      {parts.filter(Boolean).join(' · ')}
    </span>
  )
}

function PowerTools({ guests, onAct }: { guests: Guest[]; onAct: (action: Action, guests: Guest[]) => void }) {
  const { t, i18n } = useTranslation()
  const able = useMemo(() => new Map([...FIRST, ...MORE].map(action => [action, countAble(guests, action)])), [guests])
  const reason = (action: Action) => {
    if (guests.length > MOST) return t('selection.too_many', { count: MOST })
    return able.get(action) ? undefined : t('selection.none_able')
  }
  const hint = (action: Action) => {
    const count = able.get(action) ?? 0
    return count > 0 && count < guests.length ? formatNumber(count, i18n.language) : undefined
  }
  return (
    <>
      {FIRST.map(action => (
        <Reason key={action} text={reason(action)}>
          <Button size="sm" disabled={reason(action) !== undefined} onClick={() => onAct(action, guests)}>
            <span className="grid size-4 place-items-center [&_svg]:size-4">{powerIcons[action]}</span>
            <span className="max-sm:sr-only">{t(`action.${action}`)}</span>
            {hint(action) && <span className="nums text-muted max-sm:hidden">{hint(action)}</span>}
          </Button>
        </Reason>
      ))}
      <Menu
        label={t('selection.more')}
        trigger={
          <Button size="sm" aria-label={t('selection.more')}>
            <span className="max-sm:hidden">{t('selection.more_short')}</span>
            <ChevronDown className="size-3.5" aria-hidden />
          </Button>
        }
      >
        {MORE.map(action => (
          <span key={action} className="contents">
            {action === 'reset' && <MenuSeparator />}
            <MenuItem
              icon={powerIcons[action]}
              destructive={action === 'reset' || action === 'stop'}
              disabledReason={reason(action)}
              hint={hint(action)}
              onSelect={() => onAct(action, guests)}
            >
              {t(`action.${action}`)}
            </MenuItem>
          </span>
        ))}
      </Menu>
    </>
  )
}
