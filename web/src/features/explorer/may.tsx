import { Ban, CircleCheck, Funnel, Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { PveMay, PveMethodInfo } from '@/lib/api/types'
import { cn } from '@/lib/cn'

const looks = {
  yes: { Icon: CircleCheck, colour: 'text-success-text' },
  scoped: { Icon: Funnel, colour: 'text-primary-text' },
  role: { Icon: Lock, colour: 'text-warning-text' },
  closed: { Icon: Ban, colour: 'text-muted' },
} as const

export const isAllowed = (may: PveMay) => may === 'yes' || may === 'scoped'

/** Whether one may make the call, before it is tried. */
export function MayLine({ info }: { info: PveMethodInfo }) {
  const { t } = useTranslation()
  const { Icon, colour } = looks[info.may]
  return (
    <p className="flex items-start gap-2 text-table">
      <Icon className={cn('mt-px size-4 shrink-0', colour)} aria-hidden />
      <span className="min-w-0 break-words">
        <span className={cn(!isAllowed(info.may) && 'font-medium')}>{t(`explorer.may_${info.may}`)}</span>
        {info.why && <span className="text-muted"> {info.why}</span>}
      </span>
    </p>
  )
}

/** The same as a sign beside a name. */
export function MaySign({ may }: { may: PveMay }) {
  const { t } = useTranslation()
  const { Icon, colour } = looks[may]
  return <Icon className={cn('size-3.5 shrink-0', colour)} aria-label={t(`explorer.may_${may}`)} />
}
