import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Avatar } from '@/components/avatar'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote } from '@/components/error-note'
import { SearchBox } from '@/components/search-box'
import { RadioCard } from '@/components/ui/field'
import { Skeleton } from '@/components/ui/skeleton'
import { useDeleteUser, usersQuery } from '@/features/system/queries'
import { TypedDelete } from '@/features/system/typed-delete'
import { asApiError } from '@/lib/api/error'
import type { Account } from '@/lib/api/types'

/** Deletes an account; where a tenant would be left without an administrator, somebody takes the place. */
export function DeleteUserDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation()
  const { confirmed, dialog } = useConfirmed()
  const remove = useDeleteUser(confirmed)
  const [orphaning, setOrphaning] = useState(false)
  const [successor, setSuccessor] = useState<string | null>(null)
  const asked = asApiError(remove.error).code === 'needs_successor'
  const name = account.full_name
  const confirm = () =>
    remove.mutate(
      { user: account.id, successor },
      {
        onSuccess: () => {
          toast.success(t('system.user_deleted', { name }))
          onClose()
        },
        onError: error => asApiError(error).code === 'needs_successor' && setOrphaning(true),
      },
    )
  return (
    <>
      <TypedDelete
        title={t('servers.delete_ask', { name })}
        consequence={t('system.delete_user_consequence')}
        name={account.email}
        label={t('system.type_email')}
        confirm={t('servers.delete_confirm', { name })}
        busy={remove.isPending}
        incomplete={orphaning && successor === null}
        onConfirm={confirm}
        onClose={onClose}
      >
        {remove.error && !asked && <ErrorNote error={remove.error} />}
        {orphaning && <SuccessorChoice account={account} chosen={successor} onChoose={setSuccessor} />}
      </TypedDelete>
      {dialog}
    </>
  )
}

type SuccessorProps = { account: Account; chosen: string | null; onChoose: (user: string) => void }

/** How many people show at once; the search finds the others. */
const SHOWN = 5

function SuccessorChoice({ account, chosen, onChoose }: SuccessorProps) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const users = useInfiniteQuery(usersQuery(q))
  const people = users.data?.pages
    .flatMap(page => page.accounts)
    .filter(other => other.id !== account.id && other.is_active)
    .slice(0, SHOWN)
  const places = account.tenants.filter(tenant => tenant.role === 'admin').map(tenant => tenant.name)
  return (
    <fieldset className="flex flex-col gap-2 rounded-card border border-warning/50 bg-warning/8 p-3">
      <legend className="sr-only">{t('system.successor')}</legend>
      <p aria-hidden className="font-medium">
        {t('system.successor')}
      </p>
      <p className="text-muted text-table">{t('system.successor_hint', { tenants: places.join(', ') })}</p>
      <SearchBox text={q} onText={setQ} label={t('system.search_users')} className="w-full" />
      {users.error && !people && <ErrorNote error={users.error} />}
      {!people && !users.error && <Skeleton className="h-14 w-full" />}
      {people?.length === 0 && <p className="py-2 text-muted">{t('system.nobody')}</p>}
      {people?.map(person => (
        <RadioCard
          key={person.id}
          name="successor"
          value={person.id}
          checked={chosen === person.id}
          onChange={() => onChoose(person.id)}
          label={
            <span className="flex items-center gap-2">
              <Avatar person={person} size={20} />
              <span className="truncate">{person.full_name}</span>
            </span>
          }
          help={<span className="block truncate">{person.email}</span>}
        />
      ))}
    </fieldset>
  )
}
