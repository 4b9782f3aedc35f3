import { Ban } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { Page } from '@/components/page'

type ForbiddenProps = {
  title: string
  /** Who could: administrators alone, or managers too. */
  who: 'admins' | 'managers'
}

/** A page that is there, but not for this person. */
export function ForbiddenPage({ title, who }: ForbiddenProps) {
  const { t } = useTranslation()
  return (
    <Page title={title}>
      <FullState icon={<Ban aria-hidden />} title={t('forbidden.title')} hint={t(`forbidden.${who}`)} />
    </Page>
  )
}
