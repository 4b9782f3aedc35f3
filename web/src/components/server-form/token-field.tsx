import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { TextField } from '@/components/ui/field'
import { fieldError } from '@/lib/form-errors'
import type { ServerForm } from '@/lib/server-form'
import { formatToken, PVEUM_COMMANDS, parseToken } from '@/lib/server-parse'

/** How a token is made, with the commands. */
export function TokenGuide() {
  const { t } = useTranslation()
  return (
    <>
      <p className="text-muted">{t('servers.token_lead')}</p>
      <Commands text={PVEUM_COMMANDS} label={t('servers.copy_commands')} />
    </>
  )
}

type TokenFieldProps = { form: ServerForm; help: ReactNode; autoFocus?: boolean; aside?: ReactNode }

/** The token, taken out of whatever was pasted. */
export function TokenField({ form, help, autoFocus, aside }: TokenFieldProps) {
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
      aside={aside}
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

/** Until when the token works: PVE tells that only to tokens with more rights than Nexus should have. */
export function TokenExpiryField({ form }: { form: ServerForm }) {
  const { t } = useTranslation()
  return (
    <TextField
      type="date"
      label={t('servers.token_expires')}
      help={t('servers.token_expires_help')}
      className="max-w-52"
      error={fieldError(form.formState.errors.token_expires_at, t('servers.token_expires_error'))}
      {...form.register('token_expires_at')}
    />
  )
}
