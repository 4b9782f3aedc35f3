import { useTranslation } from 'react-i18next'
import { Dialog } from '@/components/ui/dialog'

const rows = [
  { keys: ['/'], text: 'help.filter' },
  { keys: ['j', 'k'], text: 'help.move' },
  { keys: ['Enter'], text: 'help.open' },
  { keys: ['Esc'], text: 'help.clear' },
  { keys: ['?'], text: 'help.this' },
] as const

const examples = ['status:running tag:web', 'server:pve-a type:ct', '-status:stopped vmid:10', 'template:yes'] as const

/** What the keyboard can do on this page, and how the filter line is written. */
export function KeysHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('help.title')}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2">
        {rows.map(row => (
          <div key={row.text} className="contents">
            <dt className="flex gap-1">
              {row.keys.map(key => (
                <kbd
                  key={key}
                  className="min-w-6 rounded border bg-surface px-1.5 py-0.5 text-center font-mono text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{t(row.text)}</dd>
          </div>
        ))}
      </dl>
      <h3 className="mt-5 mb-2 font-medium">{t('help.filter_title')}</h3>
      <p className="text-muted">{t('help.filter_text')}</p>
      <ul className="mt-2 flex flex-col gap-1">
        {examples.map(example => (
          <li key={example}>
            <code className="rounded bg-hover px-1.5 py-0.5 font-mono text-xs">{example}</code>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
