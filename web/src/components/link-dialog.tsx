import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { formatTime } from '@/lib/format'

type LinkDialogProps = {
  title: string
  description?: string
  link: string
  expiresAt: string
  /** Whether Nexus has sent it by e-mail too. */
  mailed: boolean
  onClose: () => void
}

/** A link that is shown once: to copy, until when it works, and whether its owner has it already. */
export function LinkDialog({ title, description, link, expiresAt, mailed, onClose }: LinkDialogProps) {
  const { t, i18n } = useTranslation()
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={title}
      description={description}
      footer={<Button onClick={onClose}>{t('link.done')}</Button>}
    >
      <TextField
        label={t('link.label')}
        help={t('link.once')}
        value={link}
        readOnly
        onFocus={event => event.currentTarget.select()}
        className="font-mono text-table"
      />
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <CopyButton text={link} label={t('link.copy')} />
        <p className="text-muted text-table">
          {t('link.until', { time: formatTime(expiresAt, i18n.language) })}
          {mailed && ` ${t('link.mailed')}`}
        </p>
      </div>
    </Dialog>
  )
}

/** Copies a text, and says that it did where the click was. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  const Icon = copied ? Check : Copy
  return (
    <Button variant="primary" onClick={() => void copy().catch(() => setCopied(false))}>
      <Icon className="size-4" aria-hidden />
      <span aria-live="polite">{copied ? t('link.copied') : label}</span>
    </Button>
  )
}
