import {
  Camera,
  ClipboardList,
  Eye,
  Gauge,
  Keyboard,
  Maximize,
  Minimize,
  Pin,
  PinOff,
  RotateCw,
  Scaling,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem, MenuLabel, MenuRadio, MenuSeparator } from '@/components/ui/menu'
import { Tooltip } from '@/components/ui/tooltip'
import type { Connection } from '@/features/console/connection'
import { COMBINATIONS, type Key, VIRTUAL_CONSOLES } from '@/features/console/keys'
import type { Quality, Scale } from '@/features/console/screen'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatClock } from '@/lib/format'

export type ToolbarProps = {
  name: string
  connection: Connection
  viewOnly: boolean
  scale: Scale
  quality: Quality
  pinned: boolean
  fullScreen: boolean
  clipboardOpen: boolean
  /** The power menu, from the guests' side of the house. */
  power: ReactNode
  onScale: (scale: Scale) => void
  onQuality: (quality: Quality) => void
  onPin: () => void
  onFullScreen: () => void
  onClipboard: () => void
  onScreenshot: () => void
  onReconnect: () => void
  onKeys: (keys: readonly Key[]) => void
  onMenu: (open: boolean) => void
}

export function Toolbar(props: ToolbarProps) {
  const { t } = useTranslation()
  const { connection, viewOnly, onMenu } = props
  const live = connection.kind === 'live'
  return (
    <div
      role="toolbar"
      aria-label={t('console.toolbar')}
      className="flex h-11 w-full items-center gap-1 px-2 max-md:h-12"
    >
      <Identity {...props} />
      <div className="ml-auto flex min-w-0 items-center gap-0.5 overflow-x-auto">
        {live && !viewOnly && <KeysMenu onKeys={props.onKeys} onMenu={onMenu} />}
        {live && !viewOnly && (
          <Tool label={t('console.clipboard')} pressed={props.clipboardOpen} onClick={props.onClipboard}>
            <ClipboardList aria-hidden />
          </Tool>
        )}
        {live && <ScaleMenu {...props} />}
        {live && <QualityMenu {...props} />}
        {live && (
          <Tool label={t('console.screenshot')} onClick={props.onScreenshot}>
            <Camera aria-hidden />
          </Tool>
        )}
        {live && (
          <Tool label={t('console.reconnect')} onClick={props.onReconnect}>
            <RotateCw aria-hidden />
          </Tool>
        )}
        {props.power}
        <Tool
          label={props.pinned ? t('console.unpin') : t('console.pin')}
          pressed={props.pinned}
          onClick={props.onPin}
          className="max-md:hidden"
        >
          {props.pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
        </Tool>
        <Tool
          label={props.fullScreen ? t('console.full_screen_leave') : t('console.full_screen')}
          onClick={props.onFullScreen}
        >
          {props.fullScreen ? <Minimize aria-hidden /> : <Maximize aria-hidden />}
        </Tool>
      </div>
    </div>
  )
}

const dots: Record<Connection['kind'], string> = {
  live: 'bg-success',
  opening: 'bg-warning animate-pulse',
  connecting: 'bg-warning animate-pulse',
  reconnecting: 'bg-warning animate-pulse',
  stopped: 'bg-muted',
  ended: 'bg-destructive',
}

function Identity({ name, connection, viewOnly }: ToolbarProps) {
  const { t } = useTranslation()
  return (
    <div className="flex shrink-0 items-center gap-2.5 px-1.5 max-md:max-w-[45%] md:max-w-[55%]">
      <span className={cn('size-2 shrink-0 rounded-full', dots[connection.kind])} aria-hidden />
      <span className="truncate font-semibold" title={name}>
        {name}
      </span>
      <span className="shrink-0 text-muted text-table max-sm:hidden">{t(`console.state_${connection.kind}`)}</span>
      {viewOnly && (
        <Badge tone="primary">
          <Eye className="size-3.5" aria-hidden />
          <span className="max-sm:sr-only">{t('console.view_only')}</span>
        </Badge>
      )}
      {connection.kind === 'live' && <SessionTime since={connection.since} />}
    </div>
  )
}

function SessionTime({ since }: { since: number }) {
  const { t } = useTranslation()
  useNow()
  return (
    <span className="nums shrink-0 text-muted text-table max-sm:hidden" title={t('console.session_time')}>
      {formatClock((Date.now() - since) / 1000)}
    </span>
  )
}

type ToolProps = { label: string; pressed?: boolean; onClick: () => void; children: ReactNode; className?: string }

function Tool({ label, pressed, onClick, children, className }: ToolProps) {
  return (
    <Tooltip text={label} side="bottom">
      <Button
        variant="ghost"
        size="icon"
        aria-label={label}
        aria-pressed={pressed}
        onClick={onClick}
        className={cn('[&_svg]:size-4', pressed && 'bg-primary/12 text-primary-text', className)}
      >
        {children}
      </Button>
    </Tooltip>
  )
}

type KeysMenuProps = Pick<ToolbarProps, 'onKeys' | 'onMenu'>

function KeysMenu({ onKeys, onMenu }: KeysMenuProps) {
  const { t } = useTranslation()
  return (
    <Menu
      label={t('console.keys')}
      onOpenChange={onMenu}
      trigger={toolTrigger(t('console.keys'), <Keyboard aria-hidden />)}
    >
      {COMBINATIONS.map(({ label, keys }) => (
        <MenuItem key={label} onSelect={() => onKeys(keys)}>
          {label}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuLabel>{t('console.virtual_consoles')}</MenuLabel>
      {VIRTUAL_CONSOLES.map(({ label, keys }) => (
        <MenuItem key={label} onSelect={() => onKeys(keys)}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  )
}

function ScaleMenu({ scale, onScale, onMenu }: ToolbarProps) {
  const { t } = useTranslation()
  return (
    <Menu
      label={t('console.scale')}
      onOpenChange={onMenu}
      trigger={toolTrigger(t('console.scale'), <Scaling aria-hidden />)}
    >
      <MenuRadio
        value={scale}
        onChange={onScale}
        options={[
          { value: 'fit', label: t('console.scale_fit') },
          { value: 'native', label: t('console.scale_native') },
        ]}
      />
    </Menu>
  )
}

function QualityMenu({ quality, onQuality, onMenu }: ToolbarProps) {
  const { t } = useTranslation()
  return (
    <Menu
      label={t('console.quality')}
      onOpenChange={onMenu}
      trigger={toolTrigger(t('console.quality'), <Gauge aria-hidden />)}
    >
      <MenuRadio
        value={quality}
        onChange={onQuality}
        options={[
          { value: 'high', label: t('console.quality_high') },
          { value: 'balanced', label: t('console.quality_balanced') },
          { value: 'low', label: t('console.quality_low') },
        ]}
      />
    </Menu>
  )
}

/** The button of a menu. The menu hands its own props to it, so no tooltip stands between them. */
function toolTrigger(label: string, icon: ReactNode) {
  return (
    <Button variant="ghost" size="icon" aria-label={label} title={label} className="[&_svg]:size-4">
      {icon}
    </Button>
  )
}
