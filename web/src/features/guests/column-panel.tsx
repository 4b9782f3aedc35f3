import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Popover } from '@/components/ui/popover'
import {
  type ColumnId,
  type Columns,
  DEFAULT_COLUMNS,
  NARROWEST,
  shapes,
  showColumn,
  sizeColumn,
  WIDEST,
  widthOf,
} from '@/features/guests/columns'

type PanelProps = { choice: Columns; shown: readonly ColumnId[]; onChoice: (choice: Columns) => void }

/** Which columns there are, in which order and how wide, without a pointer that drags. */
export function ColumnPanel({ choice, shown, onChoice }: PanelProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t('column.menu_title')}
      trigger={
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t('column.menu')}
          title={t('column.menu')}
          className="text-muted"
        >
          <Columns3 className="size-4" aria-hidden />
        </Button>
      }
    >
      <div className="flex items-center justify-between gap-2 border-b py-2 pr-2 pl-4 text-left">
        <h2 className="font-semibold">{t('column.menu_title')}</h2>
        <Button size="sm" variant="ghost" onClick={() => onChoice(DEFAULT_COLUMNS)}>
          {t('column.default')}
        </Button>
      </div>
      <ul className="min-h-0 flex-1 overflow-y-auto p-2 text-left">
        {choice.order.map(id => (
          <Row key={id} id={id} choice={choice} shown={shown} onChoice={onChoice} />
        ))}
      </ul>
      <p className="border-t px-4 py-2 text-left text-muted text-xs">{t('column.menu_hint')}</p>
    </Popover>
  )
}

type RowProps = { id: ColumnId; choice: Columns; shown: readonly ColumnId[]; onChoice: (choice: Columns) => void }

function Row({ id, choice, shown, onChoice }: RowProps) {
  const { t } = useTranslation()
  const on = shown.includes(id)
  const column = t(`column.${id}`)
  const place = choice.order.indexOf(id)
  const move = (step: -1 | 1) => {
    const order = choice.order.filter(other => other !== id)
    order.splice(place + step, 0, id)
    onChoice({ ...choice, order })
  }
  return (
    <li className="flex min-h-9 items-center gap-1 rounded-control px-2 hover:bg-hover">
      <label className="flex min-w-0 flex-1 cursor-pointer items-center gap-2.5 py-1.5">
        <input
          type="checkbox"
          checked={on}
          disabled={shapes[id].show === 'always'}
          onChange={event => onChoice(showColumn(choice, shown, id, event.target.checked))}
          className="size-4 accent-primary-solid"
        />
        <span className="truncate">{column}</span>
      </label>
      <input
        type="number"
        aria-label={t('column.width_of', { column })}
        min={NARROWEST}
        max={WIDEST}
        step={4}
        value={widthOf(id, choice)}
        disabled={!on}
        onChange={event => onChoice(sizeColumn(choice, id, event.target.valueAsNumber || NARROWEST))}
        className="nums h-7 w-18 rounded-control border border-input bg-background px-1.5 text-right text-table disabled:opacity-50"
      />
      <Button
        size="icon-sm"
        variant="ghost"
        aria-label={t('column.left_of', { column })}
        disabled={place === 0}
        onClick={() => move(-1)}
      >
        <ArrowUp className="size-4" aria-hidden />
      </Button>
      <Button
        size="icon-sm"
        variant="ghost"
        aria-label={t('column.right_of', { column })}
        disabled={place === choice.order.length - 1}
        onClick={() => move(1)}
      >
        <ArrowDown className="size-4" aria-hidden />
      </Button>
    </li>
  )
}
