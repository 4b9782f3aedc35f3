import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'

/** The secret of a webhook, which is shown this once. */
export function SecretDialog({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('webhooks.secret_of', { name })}
      description={t('webhooks.secret_once')}
      footer={<Button onClick={onClose}>{t('link.done')}</Button>}
    >
      <Commands text={secret} label={t('webhooks.secret_copy')} />
      <p className="mt-4 text-muted text-table">{t('webhooks.secret_help')}</p>
    </Dialog>
  )
}
