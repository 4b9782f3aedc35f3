import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { CheckField, TextArea, TextField } from '@/components/ui/field'
import { useCreateSnapshot, useDeleteSnapshot, useDescribeSnapshot, useRollBack } from '@/features/guest/queries'
import { nameProblem } from '@/features/guest/snapshot-tree'
import { asApiError } from '@/lib/api/error'
import type { Guest, Snapshot, SnapshotList } from '@/lib/api/types'
import { formatTime } from '@/lib/format'
import { refOf } from '@/lib/guest-key'

const DESCRIPTION = 1000

type CreateProps = { tenant: string; guest: Guest; list: SnapshotList; onClose: () => void }

/** Asks for the name of a new snapshot, and whether the memory goes with it. */
export function CreateSnapshotDialog({ tenant, guest, list, onClose }: CreateProps) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [memory, setMemory] = useState(list.memory)
  const [checked, setChecked] = useState(false)
  const create = useCreateSnapshot(tenant, refOf(guest))
  const problem = nameProblem(
    name.trim(),
    list.snapshots.map(snapshot => snapshot.name),
  )
  const refused = create.error ? asApiError(create.error) : null
  const taken = refused?.code === 'snapshot_exists'
  const nameError = taken ? 'taken' : refused?.fields.some(({ field }) => field === 'name') ? 'invalid' : null
  const shown = nameError ?? (checked ? problem : null)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (problem) {
      event.currentTarget.querySelector('input')?.focus()
      return
    }
    const body = { name: name.trim(), description: description.trim() }
    create.mutate({ ...body, with_memory: list.memory && memory }, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('snapshots.create_of', { name: guest.name })}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="snapshot" variant="primary" busy={create.isPending}>
            {t('snapshots.create')}
          </Button>
        </>
      }
    >
      <form id="snapshot" onSubmit={submit} noValidate className="flex flex-col gap-4">
        {create.error && !nameError && <ErrorNote error={create.error} />}
        <TextField
          label={t('snapshots.name')}
          help={t('snapshots.name_help')}
          value={name}
          autoFocus
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={40}
          onChange={event => {
            setName(event.target.value)
            create.reset()
          }}
          onBlur={() => setChecked(checked || name !== '')}
          error={shown ? t(`snapshots.name_${shown}`) : undefined}
        />
        <TextArea
          label={t('snapshots.description')}
          value={description}
          maxLength={DESCRIPTION}
          onChange={event => setDescription(event.target.value)}
        />
        {guest.type === 'qemu' && (
          <CheckField
            label={t('snapshots.with_memory')}
            help={list.memory ? t('snapshots.with_memory_help') : t('snapshots.with_memory_stopped')}
            checked={list.memory && memory}
            disabled={!list.memory}
            onChange={event => setMemory(event.target.checked)}
          />
        )}
        {list.memory && !memory && guest.type === 'qemu' && (
          <p className="text-muted text-table">{t('snapshots.without_memory')}</p>
        )}
      </form>
    </Dialog>
  )
}

type SnapshotProps = { tenant: string; guest: Guest; snapshot: Snapshot; onClose: () => void }

/** Asks before everything that came after a snapshot is thrown away. */
export function RollBackDialog({ tenant, guest, snapshot, onClose }: SnapshotProps) {
  const { t, i18n } = useTranslation()
  const [start, setStart] = useState(guest.status === 'running' && guest.may.power)
  const back = useRollBack(tenant, refOf(guest))
  const at = snapshot.created_at ? formatTime(snapshot.created_at, i18n.language) : null
  const gone = at ? t('snapshots.roll_back_lost_since', { time: at }) : t('snapshots.roll_back_lost')
  const running = guest.status === 'running' && !snapshot.with_memory ? ` ${t('snapshots.roll_back_stops')}` : ''
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('snapshots.ask_roll_back', { guest: guest.name, name: snapshot.name })}
      consequence={`${gone}${running}`}
      confirm={t('snapshots.confirm_roll_back', { guest: guest.name })}
      busy={back.isPending}
      error={back.error ? <ErrorNote error={back.error} className="mt-3" /> : undefined}
      onConfirm={() =>
        back.mutate({ snapshot: snapshot.name, start: start && !snapshot.with_memory }, { onSuccess: onClose })
      }
    >
      {snapshot.with_memory ? (
        <p className="text-muted text-table">{t('snapshots.resumes')}</p>
      ) : (
        <CheckField
          label={t('snapshots.start_after')}
          help={guest.may.power ? undefined : t('power.not_allowed')}
          checked={start}
          disabled={!guest.may.power}
          onChange={event => setStart(event.target.checked)}
        />
      )}
    </ConfirmDialog>
  )
}

export function DeleteSnapshotDialog({ tenant, guest, snapshot, onClose }: SnapshotProps) {
  const { t } = useTranslation()
  const remove = useDeleteSnapshot(tenant, refOf(guest))
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('snapshots.ask_delete', { guest: guest.name, name: snapshot.name })}
      consequence={t('snapshots.delete_consequence')}
      confirm={t('snapshots.confirm_delete', { name: snapshot.name })}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() => remove.mutate(snapshot.name, { onSuccess: onClose })}
    />
  )
}

export function DescribeSnapshotDialog({ tenant, guest, snapshot, onClose }: SnapshotProps) {
  const { t } = useTranslation()
  const [description, setDescription] = useState(snapshot.description)
  const save = useDescribeSnapshot(tenant, refOf(guest))
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('snapshots.describe_of', { name: snapshot.name })}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="describe" variant="primary" busy={save.isPending}>
            {t('form.save')}
          </Button>
        </>
      }
    >
      <form
        id="describe"
        onSubmit={event => {
          event.preventDefault()
          save.mutate({ snapshot: snapshot.name, description: description.trim() }, { onSuccess: onClose })
        }}
        noValidate
        className="flex flex-col gap-4"
      >
        {save.error && <ErrorNote error={save.error} />}
        <TextArea
          label={t('snapshots.description')}
          value={description}
          autoFocus
          maxLength={DESCRIPTION}
          onChange={event => setDescription(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
