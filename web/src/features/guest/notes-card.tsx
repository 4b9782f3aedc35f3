import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Section } from '@/components/section'
import { configQuery } from '@/features/guest/queries'
import type { Guest } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'

/** The notes that stand at the guest in PVE; nothing where there are none. */
export function NotesCard({ tenant, guest }: { tenant: string; guest: Guest }) {
  const { t } = useTranslation()
  const { data } = useQuery(configQuery(tenant, refOf(guest)))
  const text = data?.description.trim()
  if (!text) return null
  return (
    <Section title={t('guest_page.notes')}>
      <p className="max-h-80 overflow-y-auto whitespace-pre-wrap rounded-card border bg-raised px-4 py-3 text-table [overflow-wrap:anywhere]">
        {text}
      </p>
    </Section>
  )
}
