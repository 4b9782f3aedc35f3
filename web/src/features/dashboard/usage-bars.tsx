import { Link } from '@tanstack/react-router'
import { Cpu, HardDrive, MemoryStick } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Bar } from '@/components/ui/bar'
import { shareOf } from '@/features/dashboard/view'
import type { LiveStats, Tenant, Usage } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatBytesOf, formatCores, formatPercent } from '@/lib/format'

/** How much of CPU, memory and storage is in use, over everything that answers. */
export function UsageBars({ tenant, stats }: { tenant: Tenant; stats: LiveStats }) {
  const { t, i18n } = useTranslation()
  const { cpu, memory, storage } = stats
  if (!cpu || !memory || !storage) return null
  const slug = tenant.slug
  const bytes = ({ used, total }: Usage) => formatBytesOf(used, total, i18n.language)
  const cores = formatCores(shareOf(cpu) ?? 0, cpu.total, i18n.language)
  const storageFace = (
    <Face icon={<HardDrive aria-hidden />} label={t('dashboard.storage')} usage={storage}>
      {bytes(storage)}
    </Face>
  )
  return (
    <ul aria-label={t('dashboard.usage')} className="grid gap-4 max-md:gap-3 md:grid-cols-3">
      <li className="min-w-0">
        <Link to="/t/$slug/guests" params={{ slug }} search={{ sort: '-cpu' }} className={cn(box, 'hover:bg-hover')}>
          <Face icon={<Cpu aria-hidden />} label={t('dashboard.cpu')} usage={cpu}>
            {t('dashboard.cores', { cores })}
          </Face>
        </Link>
      </li>
      <li className="min-w-0">
        <Link to="/t/$slug/guests" params={{ slug }} search={{ sort: '-memory' }} className={cn(box, 'hover:bg-hover')}>
          <Face icon={<MemoryStick aria-hidden />} label={t('dashboard.memory')} usage={memory}>
            {bytes(memory)}
          </Face>
        </Link>
      </li>
      <li className="min-w-0">
        {stats.storage_list.length > 0 ? (
          <Link to="/t/$slug" params={{ slug }} search hash="storage" className={cn(box, 'hover:bg-hover')}>
            {storageFace}
          </Link>
        ) : (
          <div className={box}>{storageFace}</div>
        )}
      </li>
    </ul>
  )
}

const box = 'flex h-full flex-col gap-2 rounded-card border bg-raised px-4 py-3'

type FaceProps = { icon: ReactNode; label: string; usage: Usage; children: ReactNode }

function Face({ icon, label, usage, children }: FaceProps) {
  const { i18n } = useTranslation()
  const share = shareOf(usage)
  return (
    <>
      <span className="flex items-center gap-2 text-muted text-table [&_svg]:size-4">
        {icon}
        {label}
      </span>
      <span className="flex items-baseline justify-between gap-3">
        <span className="nums font-semibold text-title">
          {share === null ? '–' : formatPercent(share, i18n.language)}
        </span>
        {share !== null && <span className="nums truncate text-muted text-table">{children}</span>}
      </span>
      <Bar share={share ?? 0} className="h-2" />
    </>
  )
}
