import { Check, Copy } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/field'
import type { ServerForm } from '@/features/servers/form'
import { formatToken, PVEUM_COMMANDS, parseToken } from '@/features/servers/parse'
import { fieldError } from '@/lib/form-errors'

export function TokenStep({ form }: { form: ServerForm }) {
  const { t } = useTranslation()
  return (
    <>
      <p className="text-muted">{t('servers.token_lead')}</p>
      <Commands />
      <TokenField form={form} help={t('servers.token_help')} autoFocus />
    </>
  )
}

type TokenFieldProps = { form: ServerForm; help: ReactNode; autoFocus?: boolean }

/** The token, taken out of whatever was pasted. */
export function TokenField({ form, help, autoFocus }: TokenFieldProps) {
  const { t } = useTranslation()
  const { register, formState, watch, setValue } = form
  const token = parseToken(watch('api_token'))
  const takeApart = (text: string): boolean => {
    const found = parseToken(text)
    if (!found) return false
    setValue('api_token', formatToken(found), { shouldDirty: true, shouldValidate: true })
    return true
  }
  return (
    <TextField
      label={t('servers.token')}
      help={
        token ? (
          <span className="flex items-center gap-1.5 text-success-text">
            <Check className="size-4" aria-hidden />
            {t('servers.token_found', { id: token.id })}
          </span>
        ) : (
          help
        )
      }
      placeholder="nexus@pve!broker=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
      autoFocus={autoFocus}
      autoComplete="off"
      spellCheck={false}
      className="font-mono text-table"
      error={fieldError(formState.errors.api_token, t('servers.token_error'))}
      {...register('api_token')}
      onPaste={event => {
        if (takeApart(event.clipboardData.getData('text'))) event.preventDefault()
      }}
    />
  )
}

function Commands() {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard?.writeText(PVEUM_COMMANDS).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  return (
    <div className="relative">
      <pre className="overflow-x-auto whitespace-pre-wrap break-words rounded-card border bg-surface p-3 pr-12 font-mono text-xs/5">
        {PVEUM_COMMANDS}
      </pre>
      <Button
        size="icon-sm"
        className="absolute top-2 right-2"
        aria-label={copied ? t('common.copied') : t('servers.copy_commands')}
        title={copied ? t('common.copied') : t('servers.copy_commands')}
        onClick={() => void copy()}
      >
        {copied ? <Check className="size-4 text-success-text" aria-hidden /> : <Copy className="size-4" aria-hidden />}
      </Button>
    </div>
  )
}
