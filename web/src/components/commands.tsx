import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'

type CommandsProps = {
  text: string
  /** Name of the copy button. */
  label: string
}

/** Something to run in a shell, with a button that copies it. */
export function Commands({ text, label }: CommandsProps) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  return (
    <div className="relative">
      <pre className="whitespace-pre-wrap break-words rounded-card border bg-surface p-2.5 pr-12 font-mono text-xs/5 max-md:min-h-13 max-md:py-4 max-md:pr-14">
        {text}
      </pre>
      <Button
        size="icon-sm"
        className="absolute top-1.5 right-1.5"
        aria-label={copied ? t('common.copied') : label}
        title={copied ? t('common.copied') : label}
        onClick={() => void copy()}
      >
        {copied ? <Check className="size-4 text-success-text" aria-hidden /> : <Copy className="size-4" aria-hidden />}
      </Button>
    </div>
  )
}
