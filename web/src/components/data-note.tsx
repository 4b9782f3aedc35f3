import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FRESH_SECONDS } from '@/components/live-indicator'
import { Button } from '@/components/ui/button'
import type { ServerBrief } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatDuration } from '@/lib/format'

type DataNoteProps = {
  servers: ServerBrief[]
  /** For people who only have single guests: nothing of servers. */
  plain?: boolean
  retrying: boolean
  onRetry: () => void
}

/** Which servers are missing or old, and why, in one quiet line. */
export function DataNote({ servers, plain = false, retrying, onRetry }: DataNoteProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const now = useNow(5000)
  const late = servers
    .map(server => ({ ...server, age: server.data_at ? (now - Date.parse(server.data_at)) / 1000 : null }))
    .filter(
      server =>
        server.status === 'offline' || server.error != null || server.age === null || server.age > FRESH_SECONDS * 2,
    )
    .filter(server => server.status !== 'checking' || server.age !== null)
  if (late.length === 0) return null
  const say = (server: (typeof late)[number]) =>
    server.age === null
      ? t('guests.never_read', { server: server.name })
      : server.status === 'offline'
        ? t('guests.offline', { server: server.name, age: formatDuration(server.age) })
        : t('guests.data_old', { server: server.name, age: formatDuration(server.age) })
  return (
    <div role="status" className="mx-6 mb-3 rounded-card border border-warning/40 bg-warning/8 text-table max-md:mx-4">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 py-1">
        <TriangleAlert className="size-4 shrink-0 text-warning-text" aria-hidden />
        <span className="min-w-0 flex-1 basis-56 py-1">
          {plain
            ? t('guests.plain_late')
            : late.length === 1 && late[0]
              ? say(late[0])
              : t('guests.servers_late', { count: late.length })}
        </span>
        {!plain && (
          <Button size="sm" variant="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t('guests.less') : t('guests.details')}
          </Button>
        )}
        <Button size="sm" variant="ghost" busy={retrying} onClick={onRetry}>
          {t('common.try_again')}
        </Button>
      </div>
      {open && (
        <ul className="border-warning/30 border-t px-3 py-2">
          {late.map(server => (
            <li key={server.id} className="py-0.5">
              {(late.length > 1 || !server.error) && `${say(server)} `}
              {server.error && <span className="text-muted">{server.error}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
