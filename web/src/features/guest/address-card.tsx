import { useQuery } from '@tanstack/react-query'
import { Check, Copy, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Section } from '@/components/section'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { addressesQuery } from '@/features/guest/queries'
import { addressRows } from '@/features/guest/view'
import type { Guest } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'

/** So many are enough to find the guest; the rest comes on demand. */
const SHOWN = 6

/** Where the guest is reached, as the guest itself says. */
export function AddressCard({ tenant, guest, plain }: { tenant: string; guest: Guest; plain: boolean }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const [asked, setAsked] = useState(false)
  const query = useQuery(addressesQuery(tenant, refOf(guest)))
  const { data } = query
  // What is read again by itself turns nothing.
  const reading = asked && query.isFetching
  const rows = data ? addressRows(data) : []
  const shown = all ? rows : rows.slice(0, SHOWN)
  return (
    <Section
      title={t('guest_page.addresses')}
      aside={
        <Button
          size="icon-sm"
          variant="ghost"
          className="text-muted"
          busy={reading}
          aria-label={t('guest_page.addresses_again')}
          title={t('guest_page.addresses_again')}
          onClick={() => {
            setAsked(true)
            void query.refetch().finally(() => setAsked(false))
          }}
        >
          {!reading && <RotateCw className="size-4" aria-hidden />}
        </Button>
      }
    >
      <div className="rounded-card border bg-raised text-table">
        {query.isPending && (
          <div role="status" className="flex flex-col gap-3 p-4">
            <span className="sr-only">{t('common.loading')}</span>
            <Skeleton className="h-3.5 w-40" />
            <Skeleton className="h-3.5 w-56" />
          </div>
        )}
        {query.isError && !data && <ErrorNote error={query.error} className="m-3" />}
        {data && data.state !== 'known' && (
          <p className="px-4 py-3 text-muted">
            {plain && data.state !== 'stopped'
              ? t('guest_page.addresses_unknown')
              : t(`guest_page.addresses_${data.state}`)}
          </p>
        )}
        {data?.state === 'known' && rows.length === 0 && (
          <p className="px-4 py-3 text-muted">{t('guest_page.addresses_none')}</p>
        )}
        {shown.length > 0 && (
          <ul className="divide-y">
            {shown.map(({ address, card }) => (
              <li key={`${card} ${address}`} className="flex min-h-10 items-center gap-3 py-1 pr-2 pl-4">
                <span className="min-w-0 flex-1 break-all font-mono text-xs/5">{address}</span>
                <span className="max-w-24 shrink-0 truncate text-muted text-xs" title={card}>
                  {card}
                </span>
                <CopyButton text={address} />
              </li>
            ))}
          </ul>
        )}
        {rows.length > SHOWN && (
          <div className="border-t px-2 py-1">
            <Button size="sm" variant="ghost" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? t('guests.less') : t('guest_page.addresses_all', { count: rows.length })}
            </Button>
          </div>
        )}
      </div>
    </Section>
  )
}

function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  const label = copied ? t('common.copied') : t('guest_page.copy', { text })
  return (
    <Button
      size="icon-sm"
      variant="ghost"
      className="text-muted"
      aria-label={label}
      title={label}
      onClick={() => void copy()}
    >
      {copied ? <Check className="size-4 text-success-text" aria-hidden /> : <Copy className="size-4" aria-hidden />}
    </Button>
  )
}
