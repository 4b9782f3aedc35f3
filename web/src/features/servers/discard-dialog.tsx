import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '@/components/ui/dialog'

type DiscardProps = { open: boolean; onOpenChange: (open: boolean) => void; onDiscard: () => void }

/** Asks before what was typed is lost. */
export function DiscardDialog({ open, onOpenChange, onDiscard }: DiscardProps) {
  const { t } = useTranslation()
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('servers.discard')}
      consequence={t('servers.discard_text')}
      confirm={t('servers.discard_confirm')}
      onConfirm={onDiscard}
    />
  )
}
