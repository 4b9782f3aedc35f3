import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { asApiError } from '@/lib/api/error'

type FormErrorProps = {
  error: unknown
  /** Codes that a field says already. */
  fieldCodes?: string[]
  /** Loads the row again when somebody has changed it meanwhile. */
  onReload?: () => void
  reloading?: boolean
  reloadError?: unknown
}

/** Why a form was refused, over its fields. */
export function FormError({ error, fieldCodes = [], onReload, reloading, reloadError }: FormErrorProps) {
  const { t } = useTranslation()
  if (!error) return null
  const { status, code, fields } = asApiError(error)
  if (fields.length > 0 || fieldCodes.includes(code)) return <Note>{t('form.check_fields')}</Note>
  if (status !== 412 || !onReload) return <ErrorNote error={error} />
  return (
    <>
      {Boolean(reloadError) && <ErrorNote error={reloadError} />}
      <Note
        action={
          <Button size="sm" busy={reloading} onClick={onReload}>
            {t('servers.load_again')}
          </Button>
        }
      >
        {t('form.changed_meanwhile')}
      </Note>
    </>
  )
}
