import i18next from 'i18next'
import { ChevronDown, ChevronRight, CircleCheck, CircleX, Clock, KeyRound, ShieldX } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ListCards, ListTable } from '@/components/list-state'
import { Button } from '@/components/ui/button'
import type { AuditEntry, AuditOutcome } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatTime } from '@/lib/format'
import { changesOf } from '@/lib/object-diff'
import { useMediaQuery } from '@/lib/use-media-query'

type EntriesProps = { title: string; entries: AuditEntry[]; after: ReactNode }

export function AuditEntries({ title, entries, after }: EntriesProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  if (narrow) {
    return (
      <ListCards label={title} after={after}>
        {entries.map(entry => (
          <Card key={entry.id} entry={entry} />
        ))}
      </ListCards>
    )
  }
  return (
    <ListTable
      label={title}
      after={after}
      head={
        <>
          <th scope="col" className="w-10">
            <span className="sr-only">{t('audit.details')}</span>
          </th>
          <th scope="col">{t('audit.column_time')}</th>
          <th scope="col">{t('audit.column_actor')}</th>
          <th scope="col">{t('audit.column_action')}</th>
          <th scope="col">{t('audit.column_target')}</th>
          <th scope="col">{t('audit.column_outcome')}</th>
          <th scope="col" className="max-lg:hidden">
            {t('audit.column_address')}
          </th>
        </>
      }
    >
      {entries.map(entry => (
        <Row key={entry.id} entry={entry} />
      ))}
    </ListTable>
  )
}

/** What an action is called; those that this page does not know keep their code. */
export function useAuditActionText(): (action: string) => string {
  useTranslation()
  return action => {
    const key = `audit_action.${action.replaceAll('.', '_')}`
    return i18next.exists(key) ? String(i18next.t(key as never)) : action
  }
}

const looks: Record<AuditOutcome, { icon: typeof Clock; colour: string }> = {
  ok: { icon: CircleCheck, colour: 'text-success-text' },
  refused: { icon: ShieldX, colour: 'text-warning-text' },
  failed: { icon: CircleX, colour: 'text-destructive-text' },
  intent: { icon: Clock, colour: 'text-muted' },
}

function Outcome({ outcome }: { outcome: AuditOutcome }) {
  const { t } = useTranslation()
  const { icon: Icon, colour } = looks[outcome]
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon className={cn('size-3.5 shrink-0', colour)} aria-hidden />
      {t(`audit.outcome_${outcome}`)}
    </span>
  )
}

function Toggle({ open, id, entry, onToggle }: { open: boolean; id: string; entry: AuditEntry; onToggle: () => void }) {
  const { t } = useTranslation()
  const actionText = useAuditActionText()
  const Icon = open ? ChevronDown : ChevronRight
  return (
    <Button
      size="icon-sm"
      variant="ghost"
      aria-expanded={open}
      aria-controls={open ? id : undefined}
      aria-label={t('audit.details_of', { action: actionText(entry.action), target: entry.target.name })}
      onClick={event => {
        event.stopPropagation()
        onToggle()
      }}
    >
      <Icon className="size-4 text-muted" aria-hidden />
    </Button>
  )
}

function Row({ entry }: { entry: AuditEntry }) {
  const { i18n } = useTranslation()
  const id = useId()
  const actionText = useAuditActionText()
  const [open, setOpen] = useState(false)
  const toggle = () => setOpen(!open)
  return (
    <>
      <tr
        className={cn(
          'h-9 hover:bg-hover/70 [&>td]:px-2 [&>td]:first:pl-5 [&>td]:last:pr-6',
          open ? 'bg-hover/50' : 'border-b',
        )}
      >
        <td>
          <Toggle open={open} id={id} entry={entry} onToggle={toggle} />
        </td>
        <td className="nums whitespace-nowrap text-muted">{formatTime(entry.at, i18n.language)}</td>
        <td className="max-w-56">
          <ActorName entry={entry} />
        </td>
        <td className="max-w-64">
          <span className="block truncate" title={entry.action}>
            {actionText(entry.action)}
          </span>
        </td>
        <td className="max-w-72">
          <TargetName entry={entry} />
        </td>
        <td>
          <Outcome outcome={entry.outcome} />
        </td>
        <td className="font-mono text-muted text-xs max-lg:hidden">{entry.address || '–'}</td>
      </tr>
      {open && (
        <tr className="border-b bg-hover/50">
          <td />
          <td colSpan={6} className="px-2 pr-6 pb-4" id={id}>
            <Details entry={entry} />
          </td>
        </tr>
      )}
    </>
  )
}

function Card({ entry }: { entry: AuditEntry }) {
  const { i18n } = useTranslation()
  const id = useId()
  const actionText = useAuditActionText()
  const [open, setOpen] = useState(false)
  return (
    <li className="flex min-w-0 flex-col gap-1 rounded-card border bg-raised p-3 text-table">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium text-base">{actionText(entry.action)}</span>
        <Outcome outcome={entry.outcome} />
        <Toggle open={open} id={id} entry={entry} onToggle={() => setOpen(!open)} />
      </div>
      <TargetName entry={entry} />
      <div className="flex min-w-0 gap-2 text-muted">
        <ActorName entry={entry} />
        <span className="nums ml-auto shrink-0">{formatTime(entry.at, i18n.language)}</span>
      </div>
      {open && (
        <div id={id} className="mt-2 border-t pt-3">
          <Details entry={entry} />
        </div>
      )}
    </li>
  )
}

function ActorName({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const name = entry.actor.kind === 'system' ? t('audit.by_system') : entry.actor.name
  return (
    <span className="block min-w-0">
      <span className="block truncate" title={name}>
        {name}
      </span>
      {entry.token && (
        <span className="flex items-center gap-1 text-muted text-xs" title={t('audit.by_token', { name: entry.token })}>
          <KeyRound className="size-3 shrink-0" aria-hidden />
          <span className="sr-only">{t('audit.token')}</span>
          <span className="truncate">{entry.token}</span>
        </span>
      )}
    </span>
  )
}

function TargetName({ entry }: { entry: AuditEntry }) {
  return (
    <span className="block truncate" title={`${entry.target.kind} ${entry.target.id}`}>
      {entry.target.name || entry.target.id}
    </span>
  )
}

function Details({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const facts: [string, string | null | undefined][] = [
    [t('audit.detail'), entry.detail],
    [t('audit.token'), entry.token],
    [t('audit.action'), entry.action],
    [t('audit.target'), `${entry.target.kind} ${entry.target.id}`],
    [t('audit.column_address'), entry.address],
    [t('audit.user_agent'), entry.user_agent],
    [t('audit.request'), entry.request_id],
    [t('audit.number'), entry.seq?.toString()],
  ]
  return (
    <div className="flex flex-col gap-3">
      <Changes entry={entry} />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-table">
        {facts.map(([name, value]) =>
          value ? (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="break-words font-mono text-xs/5">{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </div>
  )
}

/** Before and after, as a small diff. */
function Changes({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation()
  const changes = changesOf(entry.before, entry.after)
  if (changes.length === 0) return null
  return (
    <table
      aria-label={t('audit.changes')}
      className="w-full max-w-3xl table-fixed overflow-hidden rounded-control border bg-background text-left text-xs/5"
    >
      <thead className="text-muted">
        <tr className="border-b [&>th]:px-2 [&>th]:py-1 [&>th]:font-medium">
          <th scope="col" className="w-2/6">
            {t('audit.field')}
          </th>
          <th scope="col">{t('audit.before')}</th>
          <th scope="col">{t('audit.after')}</th>
        </tr>
      </thead>
      <tbody className="font-mono">
        {changes.map(change => (
          <tr key={change.name} className="border-b last:border-b-0 [&>*]:break-words [&>*]:px-2 [&>*]:py-0.5">
            <th scope="row" className="font-normal">
              {change.name}
            </th>
            <td className={cn(change.before !== null && 'bg-destructive/8')}>{change.before}</td>
            <td className={cn(change.after !== null && 'bg-success/10')}>{change.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
