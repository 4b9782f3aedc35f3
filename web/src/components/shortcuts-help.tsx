import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Keys } from '@/components/kbd'
import { Dialog } from '@/components/ui/dialog'
import { CheckField } from '@/components/ui/field'
import {
  type Shortcut,
  type ShortcutGroup,
  useShortcutGroups,
  useShortcutsOverlay,
  useSingleKeys,
} from '@/lib/shortcuts'

/** Groups of the same name in one, and what works everywhere at the end. */
function merged(groups: readonly ShortcutGroup[]) {
  const found = new Map<ShortcutGroup['title'], { shortcuts: Shortcut[]; more: ReactNode[] }>()
  for (const { title, shortcuts, more } of groups) {
    const group = found.get(title) ?? { shortcuts: [], more: [] }
    group.shortcuts.push(...shortcuts)
    if (more) group.more.push(more)
    found.set(title, group)
  }
  const order = [...found].map(([title, group]) => ({ title, ...group }))
  return order
    .filter(group => group.shortcuts.length > 0)
    .sort((a, b) => Number(a.title === EVERYWHERE) - Number(b.title === EVERYWHERE))
}

const EVERYWHERE = 'shortcuts.everywhere'

/** Every key that does something where one is now, and what else the page says of itself. */
export function ShortcutsHelp() {
  const { t } = useTranslation()
  const [open, setOpen] = useShortcutsOverlay()
  const [single, setSingle] = useSingleKeys()
  const groups = useShortcutGroups()
  const shown = merged(groups)
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t('shortcuts.title')} wide>
      <div className="flex flex-col gap-5">
        {shown.map(group => (
          <section key={group.title} aria-label={t(group.title)}>
            <h3 className="mb-2 font-medium">{t(group.title)}</h3>
            <dl className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
              {group.shortcuts.map(shortcut => (
                <div key={shortcut.keys.join()} className="flex min-h-7 items-center justify-between gap-4">
                  <dt className="min-w-28 flex-1">{t(shortcut.text)}</dt>
                  <dd className="flex flex-wrap justify-end gap-x-2 gap-y-1">
                    {shortcut.keys.map(keys => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
            {group.more.length > 0 && <div className="mt-3">{group.more}</div>}
          </section>
        ))}
        <CheckField
          label={t('shortcuts.single')}
          help={t('shortcuts.single_hint')}
          checked={single}
          onChange={event => setSingle(event.target.checked)}
          className="border-t pt-4"
        />
      </div>
    </Dialog>
  )
}
