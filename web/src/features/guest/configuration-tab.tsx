import { useQuery } from '@tanstack/react-query'
import { Cable, Disc3, HardDrive, type LucideIcon, RotateCw, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { Section } from '@/components/section'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { configQuery } from '@/features/guest/queries'
import { systemName } from '@/features/guest/words'
import type { ConfigOption, Guest, GuestConfig, GuestDisk, GuestNetwork } from '@/lib/api/types'
import { formatBytes, formatNumber } from '@/lib/format'
import { refOf } from '@/lib/guest-key'

/** The configuration as PVE has it, to be read: changed it is in PVE. */
export function ConfigurationTab({ tenant, guest }: { tenant: string; guest: Guest }) {
  const { t } = useTranslation()
  const query = useQuery(configQuery(tenant, refOf(guest)))
  const { data } = query
  return (
    <ScrollArea label={t('guest_page.tab_configuration')}>
      {query.isPending && (
        <div role="status" className="grid gap-6 p-6 max-md:p-4 xl:grid-cols-2">
          <span className="sr-only">{t('common.loading')}</span>
          {['a', 'b', 'c', 'd'].map(one => (
            <Skeleton key={one} className="h-48 rounded-card" />
          ))}
        </div>
      )}
      {query.isError && !data && (
        <LoadFailed
          title={t('guest_page.config_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {data && (
        <div className="flex flex-col gap-6 p-6 max-md:gap-5 max-md:p-4">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-table">
            <p>{t('guest_page.config_lead')}</p>
            <span role="status" className="ml-auto">
              {query.isError ? t('guest_page.config_old') : t('guest_page.config_read')}{' '}
              <TimeAgo at={data.at} never="" />
            </span>
            <Button size="sm" variant="ghost" busy={query.isFetching} onClick={() => void query.refetch()}>
              {!query.isFetching && <RotateCw className="size-4" aria-hidden />}
              {t('guest_page.read_again')}
            </Button>
          </div>
          <div className="grid gap-6 max-md:gap-5 xl:grid-cols-2">
            <Hardware guest={guest} config={data} />
            <Behaviour guest={guest} config={data} />
          </div>
          <Disks disks={data.disks} />
          <Networks networks={data.networks} />
          {data.options.length > 0 && (
            <Section title={t('guest_page.options')} count={data.options.length}>
              <Options options={data.options} />
            </Section>
          )}
        </div>
      )}
    </ScrollArea>
  )
}

type PartProps = { guest: Guest; config: GuestConfig }

function Hardware({ guest, config }: PartProps) {
  const { t, i18n } = useTranslation()
  const { language } = i18n
  const { sockets, cores, memory_bytes: memory, minimum_memory_bytes: least } = config
  const all = cores == null ? guest.max_cpu : cores * (sockets ?? 1)
  return (
    <Section title={t('guest_page.hardware')}>
      <dl className={box}>
        <Row label={t('guest_page.processors')}>
          {all != null && t('guest_page.cores', { count: all })}
          {sockets != null && cores != null && sockets > 1 && (
            <span className="text-muted"> · {t('guest_page.sockets', { sockets, cores })}</span>
          )}
        </Row>
        {config.cpu_type && <Row label={t('guest_page.cpu_type')}>{config.cpu_type}</Row>}
        {config.cpu_limit != null && config.cpu_limit > 0 && (
          <Row label={t('guest_page.cpu_limit')}>
            {t('guest_page.cores_at_most', { cores: formatNumber(config.cpu_limit, language) })}
          </Row>
        )}
        {memory != null && (
          <Row label={t('column.memory')}>
            {formatBytes(memory, language)}
            {least != null && least < memory && (
              <span className="text-muted">
                {' '}
                · {t('guest_page.memory_least', { memory: formatBytes(least, language) })}
              </span>
            )}
          </Row>
        )}
        {config.swap_bytes != null && (
          <Row label={t('guest_page.swap')}>{formatBytes(config.swap_bytes, language)}</Row>
        )}
        {config.machine && <Row label={t('guest_page.machine')}>{config.machine}</Row>}
        {config.bios && (
          <Row label={t('guest_page.firmware')}>
            {config.bios === 'ovmf' ? 'UEFI (OVMF)' : config.bios === 'seabios' ? 'BIOS (SeaBIOS)' : config.bios}
          </Row>
        )}
        {config.display && <Row label={t('guest_page.display')}>{config.display}</Row>}
      </dl>
    </Section>
  )
}

function Behaviour({ guest, config }: PartProps) {
  const { t } = useTranslation()
  const yes = (value: boolean) => (value ? t('guest_page.yes') : t('guest_page.no'))
  return (
    <Section title={t('guest_page.behaviour')}>
      <dl className={box}>
        {config.os_type && <Row label={t('guest_page.system')}>{systemName(config.os_type)}</Row>}
        <Row label={t('guest_page.at_boot')}>{yes(config.starts_at_boot)}</Row>
        {config.boot_order.length > 0 && (
          <Row label={t('guest_page.boot_order')}>
            <ol className="flex flex-wrap gap-1">
              {config.boot_order.map((device, index) => (
                <li key={device}>
                  <Badge>
                    <span className="nums text-muted">{index + 1}</span> <span className="font-mono">{device}</span>
                  </Badge>
                </li>
              ))}
            </ol>
          </Row>
        )}
        {config.agent != null && <Row label={t('guest_page.agent')}>{yes(config.agent)}</Row>}
        <Row label={t('guest_page.protection')}>
          {config.protected ? t('guest_page.protected') : t('guest_page.not_protected')}
        </Row>
        {guest.type === 'lxc' && config.unprivileged != null && (
          <Row label={t('guest_page.privileges')}>
            {config.unprivileged ? t('guest_page.unprivileged') : t('guest_page.privileged')}
          </Row>
        )}
      </dl>
    </Section>
  )
}

const DRIVES = ['disk', 'cdrom', 'efidisk', 'tpmstate', 'rootfs', 'mountpoint', 'unused'] as const
type Media = (typeof DRIVES)[number]
const isMedia = (media: string): media is Media => DRIVES.some(known => known === media)
const driveIcons: Partial<Record<string, LucideIcon>> = { cdrom: Disc3, unused: Unplug }

function Disks({ disks }: { disks: GuestDisk[] }) {
  const { t, i18n } = useTranslation()
  return (
    <Section title={t('guest_page.disks')} count={disks.length}>
      {disks.length === 0 && <p className="text-muted text-table">{t('guest_page.no_disks')}</p>}
      {disks.length > 0 && (
        <ul className="divide-y rounded-card border bg-raised text-table">
          {disks.map(disk => {
            const Icon = driveIcons[disk.media] ?? HardDrive
            return (
              <Device
                key={disk.key}
                icon={<Icon aria-hidden />}
                name={disk.key}
                what={isMedia(disk.media) ? t(`guest_page.media_${disk.media}`) : disk.media}
                value={disk.size_bytes == null ? null : formatBytes(disk.size_bytes, i18n.language)}
                options={disk.options}
              >
                {disk.path && <span className="font-mono text-xs">{disk.path}</span>}
                {disk.storage && (
                  <span className="text-muted">
                    {t('guest_page.on_storage', { storage: disk.storage })}
                    {disk.volume && <span className="font-mono text-xs"> {disk.volume}</span>}
                  </span>
                )}
                {!disk.storage && disk.volume && <span className="font-mono text-muted text-xs">{disk.volume}</span>}
              </Device>
            )
          })}
        </ul>
      )}
    </Section>
  )
}

function Networks({ networks }: { networks: GuestNetwork[] }) {
  const { t, i18n } = useTranslation()
  return (
    <Section title={t('guest_page.networks')} count={networks.length}>
      {networks.length === 0 && <p className="text-muted text-table">{t('guest_page.no_networks')}</p>}
      {networks.length > 0 && (
        <ul className="divide-y rounded-card border bg-raised text-table">
          {networks.map(card => (
            <Device
              key={card.key}
              icon={card.connected ? <Cable aria-hidden /> : <Unplug aria-hidden />}
              name={card.key}
              what={card.model ?? ''}
              value={null}
              options={card.options}
            >
              {card.bridge && (
                <span>
                  {card.bridge}
                  {card.vlan != null && <span className="nums text-muted"> · VLAN {card.vlan}</span>}
                </span>
              )}
              {card.addresses.map(address => (
                <span key={address} className="break-all font-mono text-xs">
                  {address}
                </span>
              ))}
              {card.mac && <span className="font-mono text-muted text-xs">{card.mac}</span>}
              {!card.connected && <Badge tone="warning">{t('guest_page.unplugged')}</Badge>}
              {card.firewall && <Badge>{t('guest_page.firewall')}</Badge>}
              {card.rate_mbps != null && card.rate_mbps > 0 && (
                <span className="nums text-muted">
                  {t('guest_page.rate_limit', { rate: formatNumber(card.rate_mbps, i18n.language) })}
                </span>
              )}
            </Device>
          ))}
        </ul>
      )}
    </Section>
  )
}

type DeviceProps = {
  icon: ReactNode
  name: string
  what: string
  value: string | null
  options: ConfigOption[]
  children: ReactNode
}

function Device({ icon, name, what, value, options, children }: DeviceProps) {
  const { t } = useTranslation()
  return (
    <li className="flex flex-col gap-1.5 px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="flex min-w-56 items-center gap-2 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted">
          {icon}
          <span className="font-medium font-mono text-xs">{name}</span>
          <span className="text-muted">{what}</span>
        </span>
        {value && <span className="nums min-w-20 font-medium">{value}</span>}
        <span className="flex min-w-0 flex-wrap items-baseline gap-x-4 gap-y-1 [overflow-wrap:anywhere]">
          {children}
        </span>
      </div>
      {options.length > 0 && (
        <ul aria-label={t('guest_page.options_of', { name })} className="flex flex-wrap gap-1 pl-6 max-md:pl-0">
          {options.map(({ key, value: set }) => (
            <li key={key} className="max-w-full">
              <Badge className="min-w-0 shrink! font-normal">
                <span className="truncate font-mono" title={`${key}=${set}`}>
                  <span className="text-muted">{key}=</span>
                  {set}
                </span>
              </Badge>
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

function Options({ options }: { options: ConfigOption[] }) {
  return (
    <dl className={box}>
      {options.map(({ key, value }) => (
        <Row key={key} label={<span className="break-all font-mono text-xs">{key}</span>}>
          <span className="whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]">{value}</span>
        </Row>
      ))}
    </dl>
  )
}

const box = 'rounded-card border bg-raised py-1 text-table'

function Row({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[minmax(7rem,10rem)_minmax(0,1fr)] items-baseline gap-3 px-4 py-1.5">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}
