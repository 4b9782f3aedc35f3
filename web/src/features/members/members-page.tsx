import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { FileUp, SearchX, UserPlus, Users } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConfirmed } from '@/components/confirm-sign-in'
import { FullState } from '@/components/full-state'
import { LinkDialog } from '@/components/link-dialog'
import { ListSkeleton, LoadFailed, LoadMore } from '@/components/list-state'
import { Page } from '@/components/page'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { TabPanel, Tabs } from '@/components/ui/tabs'
import { AddMemberDialog } from '@/features/members/add-member-dialog'
import { GroupsTab } from '@/features/members/groups-tab'
import { InvitationsTab } from '@/features/members/invitations-tab'
import { type Asked, MemberAsk } from '@/features/members/member-ask'
import { MemberList } from '@/features/members/member-list'
import { MemberSheet } from '@/features/members/member-sheet'
import { invitationsQuery } from '@/features/members/queries'
import { RosterDialog } from '@/features/members/roster-dialog'
import { groupsQuery, membersQuery } from '@/lib/api/tenant-queries'
import type { InvitationMade, Member, Tenant } from '@/lib/api/types'

export const MEMBER_TABS = ['members', 'invitations', 'groups'] as const
type MemberTab = (typeof MEMBER_TABS)[number]

type MembersPageProps = {
  tenant: Tenant
  /** Who looks: their own place is changed with more care. */
  me: string
  tab: MemberTab
  search: string
  onTab: (tab: MemberTab) => void
  onSearch: (text: string) => void
  /** What a person may do with guests; another feature knows. */
  access: (member: Member) => ReactNode
}

export function MembersPage({ tenant, me, tab, search, onTab, onSearch, access }: MembersPageProps) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const [adding, setAdding] = useState(false)
  const [importing, setImporting] = useState(false)
  const [invited, setInvited] = useState<InvitationMade | null>(null)
  const total = useInfiniteQuery(membersQuery(tenant.id)).data?.pages[0]?.total
  const invitations = useQuery(invitationsQuery(tenant.id))
  const groups = useQuery(groupsQuery(tenant.id))
  return (
    <Page
      title={t('members.title')}
      count={total}
      actions={
        tenant.may.manage_members && (
          <>
            <Button onClick={() => setImporting(true)}>
              <FileUp className="size-4" aria-hidden />
              <span className="max-sm:sr-only">{t('csv.open')}</span>
            </Button>
            <Button variant="primary" onClick={() => setAdding(true)}>
              <UserPlus className="size-4" aria-hidden />
              {t('members.add')}
            </Button>
          </>
        )
      }
    >
      <Tabs
        label={t('members.title')}
        value={tab}
        onChange={onTab}
        tabs={[
          { value: 'members', label: t('members.title') },
          { value: 'invitations', label: t('invitations.title'), count: invitations.data?.invitations.length },
          { value: 'groups', label: t('groups.title'), count: groups.data?.groups.length },
        ]}
      >
        <TabPanel value="members">
          <People
            tenant={tenant}
            me={me}
            search={search}
            onSearch={onSearch}
            onAdd={() => setAdding(true)}
            access={access}
          />
        </TabPanel>
        <TabPanel value="invitations">
          <InvitationsTab tenant={tenant} onAdd={() => setAdding(true)} onLink={setInvited} />
        </TabPanel>
        <TabPanel value="groups">
          <GroupsTab tenant={tenant} />
        </TabPanel>
      </Tabs>
      {adding && (
        <AddMemberDialog
          tenant={tenant.id}
          confirmed={confirmed}
          onInvited={setInvited}
          onClose={() => setAdding(false)}
        />
      )}
      {importing && <RosterDialog tenant={tenant} confirmed={confirmed} onClose={() => setImporting(false)} />}
      {invited && (
        <LinkDialog
          title={t('invitations.made', { email: invited.email })}
          description={t('invitations.made_text')}
          link={invited.link}
          expiresAt={invited.expires_at}
          mailed={invited.mailed}
          onClose={() => setInvited(null)}
        />
      )}
      {dialog}
    </Page>
  )
}

type PeopleProps = Pick<MembersPageProps, 'tenant' | 'me' | 'search' | 'onSearch' | 'access'> & { onAdd: () => void }

function People({ tenant, me, search, onSearch, onAdd, access }: PeopleProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(membersQuery(tenant.id, search))
  const members = query.data?.pages.flatMap(page => page.members)
  const [opened, setOpened] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const shown = members?.find(member => member.user.id === opened)
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 px-6 py-3 max-md:px-4">
        <SearchBox text={search} onText={onSearch} label={t('members.search')} />
      </div>
      {query.isPending && <ListSkeleton round />}
      {query.isError && !members && (
        <LoadFailed
          title={t('members.load_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {members?.length === 0 && search && (
        <FullState
          icon={<SearchX aria-hidden />}
          title={t('members.no_match', { text: search })}
          hint={t('members.no_match_hint')}
          action={
            <>
              <Button onClick={() => onSearch('')}>{t('list.clear')}</Button>
              {tenant.may.manage_members && (
                <Button variant="primary" onClick={onAdd}>
                  {t('members.add')}
                </Button>
              )}
            </>
          }
          className="border-t"
        />
      )}
      {members?.length === 0 && !search && (
        <FullState icon={<Users aria-hidden />} title={t('members.none')} hint={t('members.none_hint')} />
      )}
      {members && members.length > 0 && (
        <MemberList
          members={members}
          me={me}
          onOpen={member => setOpened(member.user.id)}
          onAsk={setAsked}
          after={<LoadMore query={query} />}
        />
      )}
      {shown && (
        <MemberSheet member={shown} onClose={() => setOpened(null)}>
          {access(shown)}
        </MemberSheet>
      )}
      {asked && <MemberAsk key={asked.member.user.id} tenant={tenant} asked={asked} onClose={() => setAsked(null)} />}
    </>
  )
}
