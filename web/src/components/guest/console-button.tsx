import { ChevronDown, Eye, SquareTerminal } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { Reason } from '@/components/ui/tooltip'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { refOf } from '@/lib/guest-key'
import { useWords } from '@/lib/i18n'
import { openConsole } from '@/lib/paths'

type ConsoleButtonProps = { slug: string; guest: Guest; primary?: boolean; wide?: boolean; large?: boolean }

/** Opens the console; with control and view-only where both are allowed. */
export function ConsoleButton({ slug, guest, primary, wide, large }: ConsoleButtonProps) {
  const { t } = useWords()
  const variant = primary ? 'primary' : 'secondary'
  const ref = refOf(guest)
  const size = large ? 'lg' : wide ? 'md' : 'sm'
  if (!guest.may.console) {
    const watch = guest.may.watch
    return (
      <Reason text={watch ? undefined : t('guest.no_console')}>
        <Button
          variant={variant}
          size={size}
          disabled={!watch}
          onClick={() => openConsole(slug, ref, true)}
          className={cn(wide && 'flex-1')}
        >
          <Eye className="size-4" aria-hidden />
          {t('guest.watch')}
          <span className="sr-only">{guest.name}</span>
        </Button>
      </Reason>
    )
  }
  return (
    <span className={cn('inline-flex', wide && 'flex-1')}>
      <Button
        variant={variant}
        size={size}
        onClick={() => openConsole(slug, ref)}
        className={cn('rounded-r-none', wide && 'flex-1')}
      >
        <SquareTerminal className="size-4" aria-hidden />
        {t('guest.console')}
        <span className="sr-only">{guest.name}</span>
      </Button>
      <Menu
        label={t('guest.console_ways')}
        trigger={
          <Button
            variant={variant}
            size={size}
            aria-label={t('guest.console_ways_of', { name: guest.name })}
            className={cn('rounded-l-none px-1.5!', primary ? 'border-white/25 border-l' : '-ml-px')}
          >
            <ChevronDown className="size-3.5" aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<SquareTerminal aria-hidden />} onSelect={() => openConsole(slug, ref)}>
          {t('guest.open_console')}
        </MenuItem>
        <MenuItem icon={<Eye aria-hidden />} onSelect={() => openConsole(slug, ref, true)}>
          {t('guest.open_view_only')}
        </MenuItem>
      </Menu>
    </span>
  )
}
