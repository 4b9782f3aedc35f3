import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { asApiError, isCancelled } from '@/lib/api/error'
import { cn } from '@/lib/cn'
import { useWords } from '@/lib/i18n'
import { problemText } from '@/lib/problem-text'

/** What happened, in words. */
export function useErrorText(): (error: unknown) => string {
  useWords()
  return problemText
}

/** An error where it arose: what happened, what to do, and the request id for the person who helps. */
export function ErrorNote({ error, action, className }: { error: unknown; action?: ReactNode; className?: string }) {
  const text = useErrorText()
  if (isCancelled(error)) return null
  return (
    <Note action={action} className={className} requestId={asApiError(error).requestId}>
      {text(error)}
    </Note>
  )
}

type NoteProps = { children: ReactNode; action?: ReactNode; requestId?: string | null; className?: string | undefined }

export function Note({ children, action, requestId, className }: NoteProps) {
  const { t } = useTranslation()
  return (
    <div
      role="alert"
      className={cn(
        'flex items-start gap-2.5 rounded-card border border-destructive/40 bg-destructive/8 px-3 py-2.5',
        className,
      )}
    >
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-destructive-text" aria-hidden />
      <div className="min-w-0 flex-1">
        <div className="break-words">{children}</div>
        {requestId && (
          <div className="mt-0.5 text-muted text-xs">
            {t('error.request_id')} <code className="select-all break-all font-mono">{requestId}</code>
          </div>
        )}
      </div>
      {action}
    </div>
  )
}
