import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EntryPage } from '@/components/entry-page'
import { ErrorNote, Note } from '@/components/error-note'
import { useDocumentTitle } from '@/components/page'
import { RoleBadge } from '@/components/role-badge'
import { Button, buttonClass } from '@/components/ui/button'
import { TabPanel, Tabs } from '@/components/ui/tabs'
import { isVoid, LinkLoading, LinkProblem, VoidLink } from '@/features/links/link-state'
import { NewAccountForm } from '@/features/links/new-account-form'
import { invitationQuery, useAccept } from '@/features/links/queries'
import { asApiError } from '@/lib/api/error'
import type { InvitationLook, Me } from '@/lib/api/types'
import { formatTime } from '@/lib/format'

type InviteProps = {
  secret: string
  /** Who is signed in here, or nobody. */
  me: Me | null
  onAccepted: (slug: string) => void
  onSignOut: () => void
}

/** An invitation to a tenant, for whoever opens its link. */
export function InvitePage({ secret, me, onAccepted, onSignOut }: InviteProps) {
  const { t } = useTranslation()
  useDocumentTitle(t('invite.title'))
  const look = useQuery(invitationQuery(secret))
  const [voided, setVoided] = useState(false)
  if (secret === '' || isVoid(look.error) || voided)
    return <VoidLink title={t('invite.title')} hint={t('invite.void')} />
  if (look.error)
    return <LinkProblem title={t('invite.title')} error={look.error} onRetry={() => void look.refetch()} />
  if (!look.data) return <LinkLoading title={t('invite.title')} />
  const ways = { secret, invitation: look.data, onAccepted, onVoid: () => setVoided(true) }
  return (
    <EntryPage title={t('invite.title_of', { tenant: look.data.tenant_name })} lead={<Lead invitation={look.data} />}>
      {me === null ? (
        <Stranger {...ways} />
      ) : sameAddress(me.user.email, look.data.email) ? (
        <Join {...ways} me={me} />
      ) : (
        <Other invitation={look.data} me={me} onSignOut={onSignOut} />
      )}
    </EntryPage>
  )
}

/** Addresses are the same whatever their case; the server says the last word. */
const sameAddress = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase()

type WayProps = {
  secret: string
  invitation: InvitationLook
  onAccepted: (slug: string) => void
  onVoid: () => void
}

function Lead({ invitation }: { invitation: InvitationLook }) {
  const { t, i18n } = useTranslation()
  return (
    <>
      <p>{t('invite.lead', { name: invitation.invited_by })}</p>
      <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 rounded-card border bg-background px-3 py-2.5">
        <dt>{t('invite.for')}</dt>
        <dd className="min-w-0 break-words text-text">{invitation.email}</dd>
        <dt>{t('invite.role')}</dt>
        <dd>
          <RoleBadge role={invitation.role} />
          <span className="mt-1 block text-table">{t(`invite.role_${invitation.role}`)}</span>
        </dd>
        <dt>{t('invite.until')}</dt>
        <dd className="nums text-text">{formatTime(invitation.expires_at, i18n.language)}</dd>
      </dl>
    </>
  )
}

function Join({ secret, invitation, me, onAccepted, onVoid }: WayProps & { me: Me }) {
  const { t } = useTranslation()
  const accept = useAccept()
  const join = () =>
    accept.mutate(
      { secret },
      { onSuccess: ({ slug }) => onAccepted(slug), onError: error => isVoid(error) && onVoid() },
    )
  return (
    <>
      {accept.error && <ErrorNote error={accept.error} className="mb-4" />}
      <Button variant="primary" size="lg" busy={accept.isPending} onClick={join} className="max-w-full">
        <span className="truncate">{t('invite.join', { tenant: invitation.tenant_name })}</span>
      </Button>
      <p className="mt-3 text-muted text-table">{t('invite.as', { name: me.user.full_name })}</p>
    </>
  )
}

type OtherProps = { invitation: InvitationLook; me: Me; onSignOut: () => void }

/** Signed in, but as somebody else: the account here must not take what is for another. */
function Other({ invitation, me, onSignOut }: OtherProps) {
  const { t } = useTranslation()
  return (
    <>
      <Note>{t('invite.other', { mine: me.user.email, theirs: invitation.email })}</Note>
      <div className="mt-5 flex flex-wrap gap-2">
        <Button variant="primary" size="lg" onClick={onSignOut}>
          {t('invite.sign_out')}
        </Button>
        <Link to="/" className={buttonClass('ghost', 'lg')}>
          {t('not_found.home')}
        </Link>
      </div>
    </>
  )
}

type Way = 'new' | 'known'

function Stranger(props: WayProps) {
  const { t } = useTranslation()
  const [way, setWay] = useState<Way>('new')
  const accept = useAccept()
  // The server knows this address: a new account cannot have it.
  const known = asApiError(accept.error).code === 'sign_in_first'
  return (
    <div className="[&_[role=tablist]]:px-0">
      <Tabs
        label={t('invite.ways')}
        value={way}
        onChange={setWay}
        tabs={[
          { value: 'new', label: t('invite.way_new') },
          { value: 'known', label: t('invite.way_known') },
        ]}
      >
        <TabPanel value="new">
          <NewAccountForm
            {...props}
            accept={accept}
            onRefused={error => {
              if (isVoid(error)) props.onVoid()
              if (asApiError(error).code === 'sign_in_first') setWay('known')
            }}
          />
        </TabPanel>
        <TabPanel value="known">
          <div className="pt-4">
            {known && <Note className="mb-4">{t('invite.has_account')}</Note>}
            <p className="text-muted">{t('invite.known_hint', { email: props.invitation.email })}</p>
            <Link to="/sign-in" search={{ next: '/invite' }} className={`${buttonClass('primary', 'lg')} mt-4`}>
              {t('sign_in.submit')}
            </Link>
          </div>
        </TabPanel>
      </Tabs>
    </div>
  )
}
