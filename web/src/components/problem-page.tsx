import { Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote } from '@/components/error-note'
import { useDocumentTitle } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'

export function NotFoundPage() {
  const { t } = useTranslation()
  useDocumentTitle(t('not_found.title'))
  return (
    <EntryPage title={t('not_found.title')} lead={t('not_found.text')}>
      <Link to="/" className={buttonClass('primary', 'lg')}>
        {t('not_found.home')}
      </Link>
    </EntryPage>
  )
}

/** A page that could not be loaded at all. */
export function ProblemPage({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  const router = useRouter()
  useDocumentTitle(t('error.title'))
  return (
    <EntryPage title={t('error.title')} lead={t('error.lead')}>
      <ErrorNote error={error} />
      <Button
        variant="primary"
        size="lg"
        className="mt-4"
        onClick={() => {
          onRetry()
          void router.invalidate()
        }}
      >
        {t('common.try_again')}
      </Button>
    </EntryPage>
  )
}
