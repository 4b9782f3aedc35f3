import { useTranslation } from 'react-i18next'
import { Keys } from '@/components/kbd'
import { Dialog } from '@/components/ui/dialog'
import { CheckField } from '@/components/ui/field'
import { useShortcutGroups, useShortcutsOverlay, useSingleKeys } from '@/lib/shortcuts'

/** Every key that does something where one is now, and what else the page says of itself. */
export function ShortcutsHelp() {
  const { t } = useTranslation()
  const [open, setOpen] = useShortcutsOverlay()
  const [single, setSingle] = useSingleKeys()
  const groups = useShortcutGroups()
  // The page's own keys come before those of the frame, which was there first.
  const shown = groups.filter(group => group.shortcuts.length > 0).toReversed()
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t('shortcuts.title')} wide>
      <div className="flex flex-col gap-5">
        {shown.map(group => (
          <section key={group.title} aria-label={t(group.title)}>
            <h3 className="mb-2 font-medium">{t(group.title)}</h3>
            <dl className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
              {group.shortcuts.map(shortcut => (
                <div key={shortcut.keys.join()} className="flex min-h-7 items-center justify-between gap-4">
                  <dt className="min-w-0">{t(shortcut.text)}</dt>
                  <dd className="flex gap-2">
                    {shortcut.keys.map(keys => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
            {group.more && <div className="mt-3">{group.more}</div>}
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
