import { useQuery } from '@tanstack/react-query'
import { Pencil, Plus, SearchX, Trash2, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, ScrollArea } from '@/components/list-state'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { GroupDialog } from '@/features/members/group-dialog'
import { useDeleteGroup } from '@/features/members/queries'
import { groupsQuery } from '@/lib/api/tenant-queries'
import type { Group, Tenant } from '@/lib/api/types'

/** Groups of members, to give rights to many at once. */
export function GroupsTab({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const query = useQuery(groupsQuery(tenant.id))
  const [text, setText] = useState('')
  const [editing, setEditing] = useState<Group | 'new' | null>(null)
  const [deleting, setDeleting] = useState<Group | null>(null)
  const groups = query.data?.groups
  const shown = groups?.filter(group => group.name.toLowerCase().includes(text.trim().toLowerCase()))
  const manage = tenant.may.manage_members
  return (
    <>
      {query.isPending && <ListSkeleton rows={3} round />}
      {query.isError && !groups && (
        <LoadFailed
          title={t('groups.load_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {groups?.length === 0 && (
        <FullState
          icon={<UsersRound aria-hidden />}
          title={t('groups.none')}
          hint={t('groups.none_hint')}
          action={
            manage && (
              <Button variant="primary" onClick={() => setEditing('new')}>
                {t('groups.create')}
              </Button>
            )
          }
        />
      )}
      {groups && groups.length > 0 && (
        <div className="flex flex-wrap items-center gap-2 px-6 py-3 max-md:px-4">
          <SearchBox text={text} onText={setText} label={t('groups.search')} wait={0} />
          {manage && (
            <Button className="ml-auto" onClick={() => setEditing('new')}>
              <Plus className="size-4" aria-hidden />
              {t('groups.create')}
            </Button>
          )}
        </div>
      )}
      {shown?.length === 0 && text && (
        <FullState icon={<SearchX aria-hidden />} title={t('groups.no_match')} className="border-t" />
      )}
      {shown && shown.length > 0 && (
        <ScrollArea label={t('groups.title')} className="border-t">
          <ul aria-label={t('groups.title')}>
            {shown.map(group => (
              <Row
                key={group.id}
                group={group}
                manage={manage}
                onEdit={() => setEditing(group)}
                onDelete={() => setDeleting(group)}
              />
            ))}
          </ul>
        </ScrollArea>
      )}
      {editing && (
        <GroupDialog tenant={tenant.id} group={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      {deleting && <DeleteGroup tenant={tenant.id} group={deleting} onClose={() => setDeleting(null)} />}
    </>
  )
}

const FACES = 6

type RowProps = { group: Group; manage: boolean; onEdit: () => void; onDelete: () => void }

function Row({ group, manage, onEdit, onDelete }: RowProps) {
  const { t } = useTranslation()
  const names = group.members.map(member => member.full_name).join(', ')
  const more = group.members.length - FACES
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-6 py-2 max-md:px-4">
      <div className="min-w-0 flex-1 basis-60">
        <div className="truncate font-medium text-table" title={group.name}>
          {group.name}
        </div>
        <div className="nums truncate text-muted text-xs">
          {t('groups.members', { count: group.members.length })} ·{' '}
          {t('members.assignments', { count: group.assignments })}
        </div>
      </div>
      <span className="flex items-center -space-x-1.5" title={names}>
        {group.members.slice(0, FACES).map(member => (
          <Avatar key={member.id} person={member} size={24} className="ring-2 ring-background" />
        ))}
        {more > 0 && <span className="nums pl-3 text-muted text-xs">+{more}</span>}
        <span className="sr-only">{names}</span>
      </span>
      {manage && (
        <span className="flex gap-1">
          <Button size="sm" onClick={onEdit}>
            <Pencil className="size-3.5" aria-hidden />
            {t('groups.edit')}
            <span className="sr-only">{group.name}</span>
          </Button>
          <Button
            size="icon-sm"
            variant="ghost"
            aria-label={t('groups.delete_confirm', { name: group.name })}
            onClick={onDelete}
          >
            <Trash2 className="size-4" aria-hidden />
          </Button>
        </span>
      )}
    </li>
  )
}

function DeleteGroup({ tenant, group, onClose }: { tenant: string; group: Group; onClose: () => void }) {
  const { t } = useTranslation()
  const remove = useDeleteGroup(tenant)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('groups.delete_ask', { name: group.name })}
      consequence={t('groups.delete_consequence', { count: group.assignments })}
      confirm={t('groups.delete_confirm', { name: group.name })}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() => remove.mutate(group.id, { onSuccess: onClose })}
    />
  )
}
