import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Cpu, HardDrive, MemoryStick, Network } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Sparkline } from '@/components/chart/sparkline'
import { Section } from '@/components/section'
import { Bar } from '@/components/ui/bar'
import { figuresQuery } from '@/features/guest/queries'
import { figureColumns } from '@/features/guest/view'
import type { Guest } from '@/lib/api/types'
import { formatBytes, formatBytesOf, formatCores, formatPercent, formatRate } from '@/lib/format'
import { refOf } from '@/lib/guest-key'
import type { Values } from '@/lib/metrics'

/** What the guest uses now, with the last hour beside it. */
export function LiveTiles({ tenant, guest }: { tenant: string; guest: Guest }) {
  const { t, i18n } = useTranslation()
  const { data } = useQuery(figuresQuery(tenant, refOf(guest), 'hour', 'average'))
  const hour = useMemo(() => data && figureColumns(data), [data])
  const on = guest.status === 'running'
  const { cpu, max_cpu: cores, memory_bytes: used, max_memory_bytes: memory } = guest
  const { disk_bytes: disk, max_disk_bytes: size } = guest
  const net = useMemo(() => hour && sum(hour.netIn, hour.netOut), [hour])
  const io = useMemo(() => hour && sum(hour.diskRead, hour.diskWrite), [hour])
  const language = i18n.language
  return (
    <Section title={t('guest_page.now')}>
      <ul className="grid gap-4 max-md:gap-3 sm:grid-cols-2">
        <Tile icon={<Cpu aria-hidden />} label={t('column.cpu')} history={hour?.cpu}>
          <Value
            value={on && cpu != null ? formatPercent(cpu, language) : null}
            detail={
              cores == null
                ? null
                : on && cpu != null
                  ? t('guest.cores_used', { cores: formatCores(cpu, cores, language) })
                  : t('guest_page.cores', { count: cores })
            }
          />
          <Bar share={on ? (cpu ?? 0) : 0} />
        </Tile>
        <Tile icon={<MemoryStick aria-hidden />} label={t('column.memory')} history={hour?.memory}>
          <Value
            value={on && used != null && memory ? formatPercent(used / memory, language) : null}
            detail={
              memory == null
                ? null
                : on && used != null
                  ? formatBytesOf(used, memory, language)
                  : formatBytes(memory, language)
            }
          />
          <Bar share={on && used != null && memory ? used / memory : 0} />
        </Tile>
        <Tile icon={<HardDrive aria-hidden />} label={t('guest_page.disk')} history={io}>
          <Value
            value={disk ? formatBytes(disk, language) : size ? formatBytes(size, language) : null}
            detail={disk && size ? t('guest_page.of', { total: formatBytes(size, language) }) : null}
          />
          <Rates
            on={on}
            first={{ icon: <ArrowDown aria-hidden />, label: t('guest_page.read'), value: guest.disk_read }}
            second={{ icon: <ArrowUp aria-hidden />, label: t('guest_page.written'), value: guest.disk_write }}
          />
        </Tile>
        <Tile icon={<Network aria-hidden />} label={t('guest_page.network')} history={net}>
          <Rates
            on={on}
            large
            first={{ icon: <ArrowDown aria-hidden />, label: t('guest_page.received'), value: guest.net_in }}
            second={{ icon: <ArrowUp aria-hidden />, label: t('guest_page.sent'), value: guest.net_out }}
          />
        </Tile>
      </ul>
    </Section>
  )
}

function sum(a: Values, b: Values): Values {
  return a.map((one, index) => {
    const other = b[index] ?? null
    return one === null && other === null ? null : (one ?? 0) + (other ?? 0)
  })
}

type TileProps = { icon: ReactNode; label: string; history: Values | undefined; children: ReactNode }

function Tile({ icon, label, history, children }: TileProps) {
  const { t } = useTranslation()
  return (
    <li className="flex min-h-28 min-w-0 flex-col gap-2 rounded-card border bg-raised px-4 py-3">
      <div className="flex items-center gap-2 text-muted text-table [&>svg]:size-4">
        {icon}
        <h3>{label}</h3>
        <span className="ml-auto h-6">
          {history?.some(value => value !== null) && (
            <Sparkline values={history} label={t('guest_page.last_hour_of', { what: label })} />
          )}
        </span>
      </div>
      {children}
    </li>
  )
}

function Value({ value, detail }: { value: string | null; detail: string | null }) {
  return (
    <div className="nums flex flex-wrap items-baseline gap-x-2">
      <span className="font-semibold text-title">{value ?? <span className="text-muted">–</span>}</span>
      {detail && <span className="text-muted text-table">{detail}</span>}
    </div>
  )
}

type Rate = { icon: ReactNode; label: string; value: number | null | undefined }

function Rates({ on, large, first, second }: { on: boolean; large?: boolean; first: Rate; second: Rate }) {
  const { i18n } = useTranslation()
  return (
    <dl className={large ? 'flex flex-col gap-1' : 'flex flex-wrap gap-x-5 gap-y-1 text-table'}>
      {[first, second].map(({ icon, label, value }) => (
        <div key={label} className="flex min-w-0 items-baseline gap-1.5">
          <dt className="flex items-center gap-1 text-muted text-table [&_svg]:size-3.5">
            {icon}
            {label}
          </dt>
          <dd className={large ? 'nums font-semibold text-[1rem]/6' : 'nums font-medium'}>
            {on && value != null ? formatRate(value, i18n.language) : <span className="text-muted">–</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
