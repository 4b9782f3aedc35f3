import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { splitRemedy } from '@/lib/server-parse'

/** What to do, with the commands in it to be copied. */
export function Remedy({ text }: { text: string }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-2 text-table">
      {splitRemedy(text).map(part =>
        part.command ? (
          <Commands key={part.text} text={part.text} label={t('servers.copy_command', { command: part.text })} />
        ) : (
          <p key={part.text} className="whitespace-pre-line break-words">
            {part.text}
          </p>
        ),
      )}
    </div>
  )
}
