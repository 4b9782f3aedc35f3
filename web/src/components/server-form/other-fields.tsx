import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CheckField, TextArea, TextField } from '@/components/ui/field'
import { fieldError } from '@/lib/form-errors'
import type { ServerForm } from '@/lib/server-form'

/** How long Nexus waits. `beside`: what it has learned or recommends. */
export function TimeoutField({ form, beside }: { form: ServerForm; beside?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <TextField
      label={t('servers.timeout')}
      help={
        <>
          {t('servers.timeout_help')} {beside}
        </>
      }
      inputMode="numeric"
      autoComplete="off"
      className="max-w-52"
      error={fieldError(form.formState.errors.connect_timeout_seconds, t('servers.timeout_error'))}
      {...form.register('connect_timeout_seconds')}
    />
  )
}

type OtherProps = {
  form: ServerForm
  /** Consoles of the nodes themselves; never with provided servers. */
  nodeShell?: boolean
  active?: boolean
}

/** Fall-backs, node shell, notes and whether the server is used. */
export function OtherFields({ form, nodeShell = true, active = true }: OtherProps) {
  const { t } = useTranslation()
  return (
    <>
      <CheckField
        label={t('servers.use_fallbacks')}
        help={t('servers.use_fallbacks_help')}
        {...form.register('use_fallbacks')}
      />
      {nodeShell && (
        <CheckField
          label={t('servers.node_shell')}
          help={t('servers.node_shell_help')}
          {...form.register('node_shell')}
        />
      )}
      {active && (
        <CheckField label={t('servers.active')} help={t('servers.active_help')} {...form.register('is_active')} />
      )}
      <TextArea
        label={t('servers.notes')}
        rows={3}
        error={fieldError(form.formState.errors.notes, t('servers.notes_error'))}
        {...form.register('notes')}
      />
    </>
  )
}
