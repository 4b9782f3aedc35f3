import { Link } from '@tanstack/react-router'
import { CircleCheck, Link2Off } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote } from '@/components/error-note'
import { useDocumentTitle } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { asApiError } from '@/lib/api/error'

/** A link that was used, is too old or lost its end; `hint` says how one comes by another. */
export function VoidLink({ title, hint, action }: { title: string; hint: ReactNode; action?: ReactNode }) {
  const { t } = useTranslation()
  useDocumentTitle(title)
  return (
    <EntryPage title={title} lead={t('link.void')}>
      <Told icon={<Link2Off aria-hidden />}>{hint}</Told>
      <div className="mt-5 flex flex-wrap gap-2">{action ?? <ToSignIn />}</div>
    </EntryPage>
  )
}

/** What was reached, or what there is to know, as a quiet box. */
export function Told({ icon = <CircleCheck aria-hidden />, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      className="flex items-start gap-2.5 rounded-card border bg-background px-3 py-2.5 [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted"
    >
      {icon}
      <div className="min-w-0 break-words">{children}</div>
    </div>
  )
}

export function ToSignIn() {
  const { t } = useTranslation()
  return (
    <Link to="/sign-in" className={buttonClass('secondary', 'lg')}>
      {t('set_up.to_sign_in')}
    </Link>
  )
}

/** The link could not be looked at; that says nothing about the link. */
export function LinkProblem({ title, error, onRetry }: { title: string; error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  useDocumentTitle(title)
  return (
    <EntryPage title={title}>
      <ErrorNote error={error} />
      <Button variant="primary" size="lg" className="mt-4" onClick={onRetry}>
        {t('common.try_again')}
      </Button>
    </EntryPage>
  )
}

export function LinkLoading({ title }: { title: string }) {
  const { t } = useTranslation()
  return (
    <EntryPage title={title}>
      <div role="status">
        <span className="sr-only">{t('common.loading')}</span>
        <Skeleton className="h-16 w-full" />
        <Skeleton className="mt-4 h-10 w-32" />
      </div>
    </EntryPage>
  )
}

export const isVoid = (error: unknown) => asApiError(error).status === 404
