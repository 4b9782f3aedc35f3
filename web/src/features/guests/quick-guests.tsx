import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusIcon } from '@/components/guest/guest-status'
import { GuestLink } from '@/components/guest-link'
import { PowerMenu } from '@/components/power/power-menu'
import { Section } from '@/components/section'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { parseSort, sortGuests } from '@/features/guests/sort'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Tenant } from '@/lib/api/types'
import { guestKey, refOf } from '@/lib/guest-key'
import { useBusyGuests } from '@/lib/use-busy-guests'

const FIRST = 5

/** The first guests by name that run or could, with their controls. */
export function QuickGuests({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const query = useQuery(guestsQuery(tenant.id))
  const busy = useBusyGuests(tenant.id)
  const guests = query.data?.guests
  const first = useMemo(() => {
    const usable = guests?.filter(guest => !guest.template && guest.status !== 'unknown')
    return usable && sortGuests(usable, parseSort(undefined)).slice(0, FIRST)
  }, [guests])
  return (
    <Section
      title={t('guests.quick')}
      aside={
        <Link
          to="/t/$slug/guests"
          params={{ slug: tenant.slug }}
          className="rounded py-[3px] text-primary-text text-table hover:underline"
        >
          {t('guests.all')}
        </Link>
      }
    >
      <div className="rounded-card border bg-raised text-table">
        {query.isPending && (
          <div role="status" className="flex flex-col divide-y">
            <span className="sr-only">{t('common.loading')}</span>
            {['a', 'b', 'c', 'd', 'e'].map(row => (
              <div key={row} className="flex h-12 items-center px-4">
                <Skeleton className="h-3.5 flex-1" />
              </div>
            ))}
          </div>
        )}
        {query.isError && !guests && (
          <ErrorNote
            error={query.error}
            className="m-3"
            action={
              <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
                {t('common.try_again')}
              </Button>
            }
          />
        )}
        {first?.length === 0 && <p className="px-4 py-6 text-muted">{t('guests.none_hint')}</p>}
        {first && first.length > 0 && (
          <ul className="divide-y">
            {first.map(guest => (
              <li
                key={guestKey(guest)}
                className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-1.5 max-md:px-3"
              >
                <StatusIcon status={guest.status} busy={busy.has(guestKey(guest))} locked={guest.lock != null} />
                <span className="min-w-0 flex-1 basis-44">
                  <GuestLink
                    slug={tenant.slug}
                    guest={refOf(guest)}
                    title={guest.name}
                    className="block truncate py-[3px] font-medium"
                  >
                    {guest.name}
                  </GuestLink>
                  <span className="nums block truncate text-muted text-xs">
                    {t(`status.${guest.status}`)} · {guest.vmid} · {guest.server.name}
                  </span>
                </span>
                <span className="ml-auto flex items-center gap-2">
                  <ConsoleButton slug={tenant.slug} guest={guest} />
                  {guest.may.power && <PowerMenu tenant={tenant.id} guest={guest} />}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  )
}
