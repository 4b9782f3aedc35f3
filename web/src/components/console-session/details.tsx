import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import {
  GuestName,
  LastInput,
  PersonName,
  RoundTrip,
  Since,
  State,
  Traffic,
  useEndText,
} from '@/components/console-session/cells'
import { SidePanel } from '@/components/side-panel'
import { Button } from '@/components/ui/button'
import type { ConsoleSession } from '@/lib/api/types'
import { formatTime } from '@/lib/format'
import { deviceOf } from '@/lib/user-agent'

type DetailsProps = {
  session: ConsoleSession
  /** Whether the guest's page can be gone to from here. */
  linked: boolean
  onEnd: (session: ConsoleSession) => void
  onClose: () => void
}

/** All that is known of one session. */
export function ConsoleDetails({ session, linked, onEnd, onClose }: DetailsProps) {
  const { t, i18n } = useTranslation()
  const end = useEndText()(session)
  const { browser, system } = deviceOf(session.user_agent)
  const device = browser && system ? t('profile.device', { browser, system }) : (browser ?? system)
  const time = (at: string | null | undefined) => (at ? formatTime(at, i18n.language) : null)
  const live = session.state === 'open'
  const facts: [string, ReactNode][] = [
    [t('consoles.column_person'), <PersonName key="person" session={session} />],
    [t('consoles.email'), session.user?.email ?? (session.user ? null : t('consoles.deleted_account'))],
    [t('consoles.column_guest'), <GuestName key="guest" session={session} linked={linked} />],
    [t('consoles.column_tenant'), session.tenant.name],
    [t('consoles.column_state'), <State key="state" session={session} />],
    [t('consoles.end_cause'), end?.title],
    [t('consoles.end_words'), end?.words],
    [t('consoles.opened_at'), time(session.started_at ?? session.created_at)],
    [t('consoles.ended_at'), time(session.ended_at)],
    [t('consoles.column_duration'), live && <Since key="since" session={session} />],
    [t('consoles.column_traffic'), <Traffic key="traffic" session={session} />],
    [t('consoles.column_round_trip'), live && <RoundTrip key="trip" session={session} />],
    [t('consoles.column_input'), live && session.idle_seconds != null && <LastInput key="input" session={session} />],
    [
      t('consoles.column_address'),
      <span key="address" className="break-all font-mono text-xs/5">
        {session.address}
      </span>,
    ],
    [
      t('consoles.browser'),
      device && (
        <span key="browser" title={session.user_agent}>
          {device}
        </span>
      ),
    ],
  ]
  return (
    <SidePanel
      title={session.guest_name}
      lead={session.user?.full_name ?? session.user_name}
      onClose={onClose}
      footer={
        session.state !== 'ended' && session.may.end ? (
          <Button variant="destructive" onClick={() => onEnd(session)}>
            {t('consoles.end_confirm')}
          </Button>
        ) : undefined
      }
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-5 gap-y-2.5 text-table">
        {facts.map(([name, value]) =>
          value ? (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0 break-words">{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {session.upid && (
        <section aria-labelledby="console-upid" className="flex flex-col gap-1.5">
          <h3 id="console-upid" className="font-medium">
            {t('consoles.upid')}
          </h3>
          <p className="text-muted text-table">{t('consoles.upid_help')}</p>
          <Commands text={session.upid} label={t('consoles.upid_copy')} />
        </section>
      )}
    </SidePanel>
  )
}
