import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { FavouriteStar } from '@/components/favourite-star'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusIcon } from '@/components/guest/guest-status'
import { GuestLink } from '@/components/guest-link'
import { QuickPower } from '@/components/power/quick-power'
import { Section } from '@/components/section'
import { Button } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { Skeleton } from '@/components/ui/skeleton'
import { QUICK, type Quick, useQuickGuests } from '@/features/guests/use-quick-guests'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, Tenant } from '@/lib/api/types'
import { guestKey, refOf } from '@/lib/guest-key'
import { useBusyGuests } from '@/lib/use-busy-guests'

const KEPT = 'nexus-quick-guests'

function stored(): Quick {
  const known = localStorage.getItem(KEPT)
  return QUICK.find(one => one === known) ?? 'first'
}

/** A few guests with their controls: the first by name, one's favourites, or those that one used last. */
export function QuickGuests({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const [which, setWhich] = useState(stored)
  const list = useQuery(guestsQuery(tenant.id))
  const { guests, query } = useQuickGuests(tenant.id, which)
  const busy = useBusyGuests(tenant.id)
  const failed = list.isError && !list.data ? list : query?.isError && !query.data ? query : undefined
  return (
    <Section
      title={t('guests.quick')}
      aside={
        <>
          <Choices
            label={t('guests.quick_which')}
            value={which}
            onChange={next => {
              localStorage.setItem(KEPT, next)
              setWhich(next)
            }}
            choices={QUICK.map(value => ({ value, label: t(`guests.quick_${value}`) }))}
          />
          <Link
            to="/t/$slug/guests"
            params={{ slug: tenant.slug }}
            className="rounded py-[3px] text-primary-text text-table hover:underline"
          >
            {t('guests.all')}
          </Link>
        </>
      }
    >
      <div className="rounded-card border bg-raised text-table">
        {failed && (
          <ErrorNote
            error={failed.error}
            className="m-3"
            action={
              <Button size="sm" busy={failed.isFetching} onClick={() => void failed.refetch()}>
                {t('common.try_again')}
              </Button>
            }
          />
        )}
        {!failed && !guests && <Coming />}
        {guests?.length === 0 && (
          <p className="px-4 py-6 text-muted">
            {t(which === 'first' ? 'guests.none_hint' : `guests.quick_no_${which}`)}
          </p>
        )}
        {guests && guests.length > 0 && (
          <ul className="divide-y">
            {guests.map(guest => (
              <li key={guestKey(guest)}>
                <Row tenant={tenant} guest={guest} busy={busy.has(guestKey(guest))} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  )
}

function Coming() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col divide-y">
      <span className="sr-only">{t('common.loading')}</span>
      {['a', 'b', 'c', 'd', 'e'].map(row => (
        <div key={row} className="flex h-12 items-center px-4">
          <Skeleton className="h-3.5 flex-1" />
        </div>
      ))}
    </div>
  )
}

function Row({ tenant, guest, busy }: { tenant: Tenant; guest: Guest; busy: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-1.5 max-md:px-3">
      <StatusIcon status={guest.status} busy={busy} locked={guest.lock != null} />
      <span className="min-w-0 flex-1 basis-36">
        <GuestLink
          slug={tenant.slug}
          guest={refOf(guest)}
          title={guest.name}
          className="block w-fit max-w-full truncate font-medium"
        >
          {guest.name}
        </GuestLink>
        <span className="nums block truncate text-muted text-xs">
          {t(`status.${guest.status}`)} · {guest.vmid} · {guest.server.name}
        </span>
      </span>
      <FavouriteStar tenant={tenant.id} guest={guest} />
      <span className="ml-auto flex items-center gap-2">
        <QuickPower tenant={tenant.id} guest={guest} working={busy} />
        <ConsoleButton slug={tenant.slug} guest={guest} />
      </span>
    </div>
  )
}
