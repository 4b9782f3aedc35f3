import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Eye, SquareTerminal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { ErrorNote } from '@/components/error-note'
import { GuestLink } from '@/components/guest-link'
import { Section } from '@/components/section'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { consoleSessionsQuery } from '@/lib/api/console-session-queries'
import type { ConsoleSession, Tenant } from '@/lib/api/types'

const FIRST = 5

/** The consoles that were opened last; who may not see all of them sees the own ones. */
export function RecentConsoles({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(consoleSessionsQuery(tenant.id, {}))
  const sessions = query.data?.pages[0]?.sessions.slice(0, FIRST)
  return (
    <Section
      title={tenant.may.see_all_consoles ? t('dashboard.consoles') : t('dashboard.own_consoles')}
      aside={
        <Link
          to="/t/$slug/consoles"
          params={{ slug: tenant.slug }}
          search={{ all: true }}
          className="rounded py-[3px] text-primary-text text-table hover:underline"
        >
          {t('dashboard.all_consoles')}
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
        {query.isError && !sessions && (
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
        {sessions?.length === 0 && (
          <p className="flex items-center gap-2 px-4 py-6 text-muted">
            <SquareTerminal className="size-4 shrink-0" aria-hidden />
            {t('dashboard.no_consoles')}
          </p>
        )}
        {sessions && sessions.length > 0 && (
          <ul className="divide-y">
            {sessions.map(session => (
              <Session key={session.id} session={session} />
            ))}
          </ul>
        )}
      </div>
    </Section>
  )
}

function Session({ session }: { session: ConsoleSession }) {
  const { t } = useTranslation()
  const { user } = session
  const name = user?.full_name ?? session.user_name
  return (
    <li className="flex min-h-12 items-center gap-3 px-4 py-1.5 max-md:px-3">
      <Avatar person={user ?? { id: name, full_name: name }} size={24} />
      <span className="min-w-0 flex-1">
        <GuestLink
          slug={session.tenant.slug}
          guest={session.guest}
          title={session.guest_name}
          className="block truncate py-[3px] font-medium"
        >
          {session.guest_name}
        </GuestLink>
        <span className="block truncate text-muted text-xs">{name}</span>
      </span>
      {session.view_only && (
        <Badge tone="primary">
          <Eye className="size-3" aria-hidden />
          {t('console.view_only')}
        </Badge>
      )}
      {session.state === 'open' && <Badge tone="success">{t('consoles.state_open')}</Badge>}
      <TimeAgo at={session.started_at ?? session.created_at} never="" />
    </li>
  )
}
