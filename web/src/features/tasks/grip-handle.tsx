import { type PointerEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type DrawerHeight, LEAST, MOST } from '@/features/tasks/use-drawer-height'

const STEP = 40

/** The upper edge of the drawer: dragged, or moved with the arrow keys. */
export function GripHandle({ value, change }: DrawerHeight) {
  const { t } = useTranslation()
  const from = useRef<{ y: number; height: number } | null>(null)
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId)
    from.current = { y: event.clientY, height: value }
  }
  const onPointerMove = (event: PointerEvent) => {
    if (from.current) change(from.current.height + from.current.y - event.clientY)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule that can be moved is no hr
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={t('tasks.height')}
      aria-valuenow={value}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        from.current = null
      }}
      onKeyDown={event => {
        const step = { ArrowUp: STEP, ArrowDown: -STEP }[event.key]
        if (!step) return
        event.preventDefault()
        change(value + step)
      }}
      className="absolute inset-x-0 -top-1 z-10 h-2 cursor-row-resize touch-none hover:bg-primary/40 focus-visible:bg-primary/40"
    />
  )
}
