import { useQuery } from '@tanstack/react-query'
import { Boxes, Layers, Monitor, Tag } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Combobox } from '@/components/ui/combobox'
import { RadioCard, SelectField } from '@/components/ui/field'
import { guestsLike, namesOf, type Target } from '@/features/assignments/targets'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { GuestList } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

type PickerProps = {
  tenant: string
  chosen: Target | null
  onChoose: (target: Target | null) => void
  error: string | undefined
}

const KINDS = ['guest', 'pool', 'tag'] as const

/** One guest, or all of a pool or with a tag: then new ones follow by themselves. */
export function TargetPicker({ tenant, chosen, onChoose, error }: PickerProps) {
  const { t } = useTranslation()
  const name = useId()
  const [kind, setKind] = useState<Target['kind']>(chosen?.kind ?? 'guest')
  const { data: list, isFetching } = useQuery(guestsQuery(tenant))
  const fields = { list, busy: isFetching && !list, chosen, onChoose, error }
  return (
    <>
      <fieldset>
        <legend className="mb-1.5 font-medium">{t('assignments.on_what')}</legend>
        <div className="grid grid-cols-3 gap-2">
          {KINDS.map(value => (
            <RadioCard
              key={value}
              name={name}
              checked={kind === value}
              onChange={() => {
                setKind(value)
                onChoose(null)
              }}
              label={t(`assignments.kind_${value}`)}
            />
          ))}
        </div>
      </fieldset>
      {kind === 'guest' ? <GuestField {...fields} /> : <NameField key={kind} kind={kind} {...fields} />}
    </>
  )
}

type FieldProps = Omit<PickerProps, 'tenant'> & { list: GuestList | undefined; busy: boolean }

function GuestField({ list, busy, chosen, onChoose, error }: FieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const guest = chosen?.kind === 'guest' ? chosen.guest : null
  return (
    <Combobox
      label={t('assignments.kind_guest')}
      placeholder={t('assignments.guest_placeholder')}
      error={error}
      text={guest ? guest.name : text}
      onText={value => {
        setText(value)
        onChoose(null)
      }}
      busy={busy}
      empty={busy ? undefined : t('guests.no_match')}
      options={(guest ? [] : guestsLike(list, text)).map(row => ({
        key: guestKey(row),
        value: row,
        label: row.name,
        detail: `${row.vmid} · ${row.server.name}`,
        icon:
          row.type === 'lxc' ? (
            <Boxes className="size-4 shrink-0 text-muted" aria-hidden />
          ) : (
            <Monitor className="size-4 shrink-0 text-muted" aria-hidden />
          ),
      }))}
      onChoose={option => onChoose({ kind: 'guest', guest: option.value })}
    />
  )
}

function NameField({ list, busy, chosen, onChoose, error, kind }: FieldProps & { kind: 'pool' | 'tag' }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [server, setServer] = useState<string | null>(null)
  const name = chosen && chosen.kind !== 'guest' ? chosen.name : null
  const names = [...namesOf(list, kind, server)].filter(([one]) =>
    one.toLowerCase().includes(text.trim().toLowerCase()),
  )
  const Icon = kind === 'pool' ? Layers : Tag
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Combobox
        label={t(`assignments.kind_${kind}`)}
        error={error}
        help={t('assignments.follow')}
        text={name ?? text}
        onText={value => {
          setText(value)
          onChoose(null)
        }}
        busy={busy}
        empty={busy ? undefined : t(`assignments.no_${kind}`)}
        options={(name ? [] : names).map(([one, count]) => ({
          key: one,
          value: one,
          label: one,
          detail: t('assignments.guests', { count, shown: count }),
          icon: <Icon className="size-4 shrink-0 text-muted" aria-hidden />,
        }))}
        onChoose={option => onChoose({ kind, name: option.value, server })}
      />
      <SelectField
        label={t('guests.facet_server')}
        value={server ?? ''}
        onChange={event => {
          const next = event.target.value || null
          setServer(next)
          if (name) onChoose({ kind, name, server: next })
        }}
      >
        <option value="">{t('assignments.every_server')}</option>
        {list?.servers.map(one => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </SelectField>
    </div>
  )
}
