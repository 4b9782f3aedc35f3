import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { Dialog } from '@/components/ui/dialog'
import { EXAMPLES, type Example, exampleOf, SERVER_PLACE } from '@/features/profile/token-examples'
import type { NewApiToken } from '@/lib/api/types'

/** The secret of a token, which is shown this once, in every form that a program wants it in. */
export function TokenSecret({ made, onClose }: { made: NewApiToken; onClose: () => void }) {
  const { t } = useTranslation()
  const [example, setExample] = useState<Example>('curl')
  const [warned, setWarned] = useState(false)
  const text = exampleOf(example, made, location.origin)
  return (
    <Dialog
      open
      wide
      // A click beside it loses the secret for good: it takes a second one.
      onOpenChange={() => (warned ? onClose() : setWarned(true))}
      title={t('tokens.made', { name: made.token.name })}
      description={t('tokens.once')}
      footer={<Button onClick={onClose}>{t('tokens.kept')}</Button>}
    >
      <div className="flex flex-col gap-5">
        {warned && <Note>{t('tokens.not_again')}</Note>}
        <Value label={t('tokens.secret')} text={made.secret} copy={t('tokens.copy_secret')} />
        <Value
          label={t('tokens.pve_header')}
          help={t('tokens.pve_header_help')}
          text={made.pve_header}
          copy={t('tokens.copy_pve')}
        />
        <Value
          label={t('tokens.bearer')}
          help={t('tokens.bearer_help')}
          text={made.bearer}
          copy={t('tokens.copy_bearer')}
        />
        <section aria-labelledby="token-example" className="flex flex-col gap-2">
          <h3 id="token-example" className="font-medium">
            {t('tokens.examples')}
          </h3>
          <div className="max-w-full overflow-x-auto">
            <Choices
              label={t('tokens.examples')}
              value={example}
              onChange={setExample}
              choices={EXAMPLES.map(value => ({ value, label: t(`tokens.example_${value}`) }))}
            />
          </div>
          <Commands text={text} label={t('tokens.copy_example')} />
          {text.includes(SERVER_PLACE) && (
            <p className="text-muted text-table">{t('tokens.server_place', { place: SERVER_PLACE })}</p>
          )}
          {example === 'ansible' && !made.token.server && (
            <p className="text-muted text-table">{t('tokens.ansible_help')}</p>
          )}
        </section>
      </div>
    </Dialog>
  )
}

function Value({ label, help, text, copy }: { label: string; help?: string; text: string; copy: string }) {
  return (
    <section aria-label={label} className="flex flex-col gap-1.5">
      <h3 className="font-medium">{label}</h3>
      {help && <p className="text-muted text-table">{help}</p>}
      <Commands text={text} label={copy} />
    </section>
  )
}
