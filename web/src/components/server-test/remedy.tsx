import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { splitRemedy } from '@/lib/server-parse'

/** What to do, with the commands in it to be copied. */
export function Remedy({ text }: { text: string }) {
  const { t } = useTranslation()
  const remedy = splitRemedy(text)
  return (
    <div className="flex flex-col gap-2 text-table">
      {remedy.text && <p className="whitespace-pre-line break-words">{remedy.text}</p>}
      {remedy.commands.map(command => (
        <Commands key={command} text={command} label={t('servers.copy_command', { command })} />
      ))}
    </div>
  )
}
