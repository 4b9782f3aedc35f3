import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EntryPage } from '@/components/entry-page'
import { useDocumentTitle } from '@/components/page'
import { buttonClass } from '@/components/ui/button'
import { isVoid, LinkLoading, LinkProblem, Told, VoidLink } from '@/features/links/link-state'
import { verifyQuery } from '@/features/links/queries'

/** Follows the link of a mail by itself: who opened it has the address. */
export function VerifyPage({ secret }: { secret: string }) {
  const { t } = useTranslation()
  useDocumentTitle(t('verify.title'))
  const verified = useQuery(verifyQuery(secret))
  if (secret === '' || isVoid(verified.error)) {
    return <VoidLink title={t('verify.title')} hint={t('verify.void')} action={<Start />} />
  }
  if (verified.error) {
    return <LinkProblem title={t('verify.title')} error={verified.error} onRetry={() => void verified.refetch()} />
  }
  if (!verified.data) return <LinkLoading title={t('verify.title')} />
  return (
    <EntryPage title={t('verify.done_title')}>
      <Told>{t('verify.done', { email: verified.data.email })}</Told>
      <div className="mt-5">
        <Start />
      </div>
    </EntryPage>
  )
}

function Start() {
  const { t } = useTranslation()
  return (
    <Link to="/" className={buttonClass('primary', 'lg')}>
      {t('verify.go_on')}
    </Link>
  )
}
