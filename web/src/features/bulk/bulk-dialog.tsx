import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { StatusIcon } from '@/components/guest/guest-status'
import { FIRST_LIMIT, ShutdownLimit } from '@/components/power/shutdown-limit'
import { needsConfirmation, usePowerReason } from '@/components/power/use-power-action'
import { ConfirmDialog } from '@/components/ui/dialog'
import { SelectField } from '@/components/ui/field'
import { MOST_GUESTS, MOST_PER_SERVER, PER_SERVER, type Plan, planOf } from '@/features/bulk/plan'
import { useStartBulk } from '@/features/bulk/queries'
import type { Action, Guest } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'
import { guestKey, refOf } from '@/lib/guest-key'
import { setDrawer } from '@/lib/task-drawer'

const LIMITS = Array.from({ length: MOST_PER_SERVER }, (_, index) => index + 1)

type BulkDialogProps = {
  tenant: string
  action: Action
  guests: Guest[]
  onStarted?: (() => void) | undefined
  onClose: () => void
}

/** Names the guests, what will happen to them and who is left out, and then begins. */
export function BulkDialog({ tenant, action, guests, onStarted, onClose }: BulkDialogProps) {
  const { t, i18n } = useTranslation()
  const start = useStartBulk(tenant)
  // What is asked stays as it was when it was asked, whatever the guests do meanwhile.
  const [plan] = useState(() => planOf(action, guests))
  const [limit, setLimit] = useState(FIRST_LIMIT)
  const [perServer, setPerServer] = useState(PER_SERVER)
  const count = plan.able.length
  const words = { count, shown: formatNumber(count, i18n.language) }
  const blocked =
    count === 0
      ? t('bulk.none')
      : count > MOST_GUESTS
        ? t('bulk.too_many', { most: formatNumber(MOST_GUESTS, i18n.language) })
        : undefined
  const confirm = () =>
    start.mutate(
      {
        action,
        guests: plan.able.map(refOf),
        per_server: perServer,
        ...(action === 'shutdown' && limit),
      },
      {
        onSuccess: ({ bulk }) => {
          setDrawer({ open: true, tab: 'bulk', bulk: bulk.id })
          onStarted?.()
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      open
      wide
      onOpenChange={open => !open && onClose()}
      title={t(`bulk.ask_${action}`, words)}
      consequence={t(`bulk.consequence_${action}`)}
      confirm={t(`bulk.confirm_${action}`, words)}
      harmless={!needsConfirmation(action) && !(action === 'shutdown' && limit.force_stop)}
      busy={start.isPending}
      blocked={blocked}
      error={start.error ? <ErrorNote error={start.error} className="mt-3" /> : undefined}
      onConfirm={confirm}
    >
      {blocked && <p className="text-warning-text">{blocked}</p>}
      <Guests plan={plan} />
      {plan.unable.length > 0 && <LeftOut action={action} guests={plan.unable} />}
      {action === 'shutdown' && count > 0 && <ShutdownLimit limit={limit} onLimit={setLimit} />}
      {count > 1 && (
        <SelectField
          label={t('bulk.per_server')}
          help={t('bulk.per_server_hint', { count: plan.servers })}
          value={perServer}
          onChange={event => setPerServer(Number(event.target.value))}
        >
          {LIMITS.map(limit => (
            <option key={limit} value={limit}>
              {limit}
            </option>
          ))}
        </SelectField>
      )}
    </ConfirmDialog>
  )
}

/** More names than these nobody reads one by one. */
const NAMED = 60

function Guests({ plan }: { plan: Plan }) {
  const { t, i18n } = useTranslation()
  return plan.groups.map(({ status, guests }) => (
    <section key={status} aria-label={t(`status.${status}`)}>
      <h3 className="flex items-center gap-2 font-medium">
        <StatusIcon status={status} />
        {t(`status.${status}`)}
        <span className="nums font-normal text-muted">{formatNumber(guests.length, i18n.language)}</span>
      </h3>
      <ul className="mt-1.5 flex flex-wrap gap-1.5">
        {guests.slice(0, NAMED).map(guest => (
          <li
            key={guestKey(guest)}
            title={`${guest.name} · ${guest.server.name} · ${guest.vmid}`}
            className="max-w-full truncate rounded bg-hover px-1.5 py-0.5 text-table"
          >
            {guest.name}
          </li>
        ))}
        {guests.length > NAMED && (
          <li className="px-1.5 py-0.5 text-muted text-table">
            {t('bulk.more', { shown: formatNumber(guests.length - NAMED, i18n.language) })}
          </li>
        )}
      </ul>
    </section>
  ))
}

/** Who takes no part, by reason. */
function LeftOut({ action, guests }: { action: Action; guests: Guest[] }) {
  const { t, i18n } = useTranslation()
  const reason = usePowerReason()
  const reasons = useMemo(() => {
    const found = new Map<string, Guest[]>()
    for (const guest of guests) {
      const text = reason(guest, action) ?? ''
      found.set(text, [...(found.get(text) ?? []), guest])
    }
    return [...found]
  }, [guests, action, reason])
  return (
    <details className="rounded-card border px-3 py-2 text-table">
      <summary className="cursor-pointer py-0.5 font-medium">
        {t('bulk.left_out', { count: guests.length, shown: formatNumber(guests.length, i18n.language) })}
      </summary>
      <dl className="mt-2 flex flex-col gap-2">
        {reasons.map(([text, those]) => (
          <div key={text}>
            <dt className="text-muted">{text}</dt>
            <dd className="break-words">
              {those
                .slice(0, NAMED)
                .map(guest => guest.name)
                .join(', ')}
              {those.length > NAMED &&
                ` ${t('bulk.more', { shown: formatNumber(those.length - NAMED, i18n.language) })}`}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
