import { useTranslation } from 'react-i18next'

const examples = [
  'status:running tag:web',
  'server:pve-a,pve-b type:ct',
  'tag:web tag:prod -tag:old',
  'name:db-* vmid:100-199',
  'pool:"two words" has:lock',
  'is:favourite',
  'is:template',
] as const

/** How the filter line is written. */
export function FilterHelp() {
  const { t } = useTranslation()
  return (
    <>
      <h3 className="mt-5 mb-2 font-medium">{t('help.filter_title')}</h3>
      <p className="text-muted">{t('help.filter_text')}</p>
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {examples.map(example => (
          <li key={example}>
            <code className="rounded bg-hover px-1.5 py-0.5 font-mono text-xs">{example}</code>
          </li>
        ))}
      </ul>
    </>
  )
}
