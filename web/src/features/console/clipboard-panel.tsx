import { Copy, SendHorizontal, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { TextArea } from '@/components/ui/field'

type ClipboardPanelProps = {
  fromGuest: string
  onSend: (text: string) => void
  onClose: () => void
}

/** Text both ways, for browsers that keep their clipboard to themselves. */
export function ClipboardPanel({ fromGuest, onSend, onClose }: ClipboardPanelProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const copy = () =>
    navigator.clipboard.writeText(fromGuest).then(
      () => toast.success(t('common.copied')),
      () => toast.error(t('console.clipboard_denied')),
    )
  return (
    <aside
      aria-label={t('console.clipboard')}
      className="absolute inset-y-0 right-0 z-30 flex w-80 max-w-full animate-slide-right flex-col gap-5 overflow-y-auto border-l bg-raised p-4 shadow-float"
    >
      <div className="flex items-center justify-between">
        <h2 className="font-semibold">{t('console.clipboard')}</h2>
        <Button variant="ghost" size="icon" aria-label={t('common.close')} onClick={onClose}>
          <X className="size-4" aria-hidden />
        </Button>
      </div>
      <div className="flex flex-col gap-2">
        <TextArea
          label={t('console.from_guest')}
          help={t('console.from_guest_help')}
          readOnly
          value={fromGuest}
          rows={5}
          className="font-mono text-table"
        />
        <Button disabled={fromGuest === ''} onClick={() => void copy()}>
          <Copy className="size-4" aria-hidden />
          {t('common.copy')}
        </Button>
      </div>
      <form
        className="flex flex-col gap-2"
        onSubmit={event => {
          event.preventDefault()
          onSend(text)
          setText('')
        }}
      >
        <TextArea
          label={t('console.to_guest')}
          help={t('console.to_guest_help')}
          value={text}
          onChange={event => setText(event.target.value)}
          rows={5}
          className="font-mono text-table"
        />
        <Button type="submit" disabled={text === ''}>
          <SendHorizontal className="size-4" aria-hidden />
          {t('console.send_text')}
        </Button>
      </form>
    </aside>
  )
}
