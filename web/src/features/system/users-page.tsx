import { useInfiniteQuery } from '@tanstack/react-query'
import { SearchX, UserPlus, Users } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { LinkDialog } from '@/components/link-dialog'
import { ListSkeleton, LoadFailed, LoadMore } from '@/components/list-state'
import { Page } from '@/components/page'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { CreateUserDialog } from '@/features/system/create-user-dialog'
import { DeleteUserDialog } from '@/features/system/delete-user-dialog'
import { EditUserDialog } from '@/features/system/edit-user-dialog'
import { useEndUserSessions, usersQuery, useUserResetLink } from '@/features/system/queries'
import { type UserAction, UserCards, UserTable } from '@/features/system/user-list'
import type { Account, OneTimeLink } from '@/lib/api/types'
import { useMediaQuery } from '@/lib/use-media-query'

type UsersPageProps = { q: string; onSearch: (q: string) => void }
type Open = { action: UserAction | 'create'; account: Account | null } | null

/** All accounts of the installation. */
export function UsersPage({ q, onSearch }: UsersPageProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)')
  const [open, setOpen] = useState<Open>(null)
  const users = useInfiniteQuery(usersQuery(q))
  const accounts = users.data?.pages.flatMap(page => page.accounts)
  const List = narrow ? UserCards : UserTable
  const create = () => setOpen({ action: 'create', account: null })
  return (
    <Page
      title={t('system.users')}
      count={users.data?.pages[0]?.total}
      actions={
        <Button variant="primary" onClick={create}>
          <UserPlus className="size-4" aria-hidden />
          {t('system.create_user')}
        </Button>
      }
    >
      <div className="px-6 pb-3 max-md:px-4">
        <SearchBox text={q} onText={onSearch} label={t('system.search_users')} />
      </div>
      {users.isPending && <ListSkeleton rows={8} round />}
      {users.isError && !accounts && (
        <LoadFailed
          title={t('system.users_failed')}
          error={users.error}
          busy={users.isFetching}
          onRetry={() => void users.refetch()}
        />
      )}
      {accounts?.length === 0 && <NoUsers q={q} onSearch={onSearch} onCreate={create} />}
      {accounts && accounts.length > 0 && (
        <List
          accounts={accounts}
          onAction={(action, account) => setOpen({ action, account })}
          after={<LoadMore query={users} />}
        />
      )}
      {open && <OpenDialog open={open} onClose={() => setOpen(null)} />}
    </Page>
  )
}

function NoUsers({ q, onSearch, onCreate }: UsersPageProps & { onCreate: () => void }) {
  const { t } = useTranslation()
  if (q) {
    return (
      <FullState
        icon={<SearchX aria-hidden />}
        title={t('system.no_match', { text: q })}
        action={<Button onClick={() => onSearch('')}>{t('list.clear')}</Button>}
        className="border-t"
      />
    )
  }
  return (
    <FullState
      icon={<Users aria-hidden />}
      title={t('system.no_users')}
      hint={t('system.no_users_hint')}
      action={
        <Button variant="primary" onClick={onCreate}>
          {t('system.create_user')}
        </Button>
      }
      className="border-t"
    />
  )
}

function OpenDialog({ open, onClose }: { open: NonNullable<Open>; onClose: () => void }) {
  const { action, account } = open
  if (!account) return <CreateUserDialog onClose={onClose} />
  if (action === 'edit') return <EditUserDialog account={account} onClose={onClose} />
  if (action === 'delete') return <DeleteUserDialog account={account} onClose={onClose} />
  if (action === 'reset') return <ResetLink account={account} onClose={onClose} />
  return <EndSessions account={account} onClose={onClose} />
}

type AccountDialogProps = { account: Account; onClose: () => void }

/** Asks first: whoever has the link gets the account. */
function ResetLink({ account, onClose }: AccountDialogProps) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const make = useUserResetLink(confirmed)
  const [link, setLink] = useState<OneTimeLink | null>(null)
  const name = account.full_name
  if (link) {
    return (
      <LinkDialog
        title={t('system.reset_link_of', { name })}
        description={t('system.reset_link_text')}
        link={link.link}
        expiresAt={link.expires_at}
        mailed={link.mailed}
        onClose={onClose}
      />
    )
  }
  return (
    <>
      <ConfirmDialog
        open
        onOpenChange={next => !next && onClose()}
        title={t('system.reset_ask', { name })}
        consequence={t('system.reset_consequence', { email: account.email })}
        confirm={t('system.reset_confirm')}
        harmless
        busy={make.isPending}
        error={make.error ? <ErrorNote error={make.error} className="mt-3" /> : undefined}
        onConfirm={() => make.mutate(account.id, { onSuccess: setLink })}
      />
      {dialog}
    </>
  )
}

function EndSessions({ account, onClose }: AccountDialogProps) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const end = useEndUserSessions(confirmed)
  const name = account.full_name
  return (
    <>
      <ConfirmDialog
        open
        onOpenChange={next => !next && onClose()}
        title={t('system.end_ask', { name })}
        consequence={t('system.end_consequence')}
        confirm={t('system.end_confirm', { name })}
        busy={end.isPending}
        error={end.error ? <ErrorNote error={end.error} className="mt-3" /> : undefined}
        onConfirm={() =>
          end.mutate(account.id, {
            onSuccess: () => {
              toast.success(t('system.ended', { name }))
              onClose()
            },
          })
        }
      />
      {dialog}
    </>
  )
}
