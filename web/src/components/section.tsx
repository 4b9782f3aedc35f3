import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '@/lib/format'

type SectionProps = {
  title: string
  count?: number
  id?: string
  /** Right of the title. */
  aside?: ReactNode
  children: ReactNode
}

/** A part of a page with its name. */
export function Section({ title, count, id, aside, children }: SectionProps) {
  const { i18n } = useTranslation()
  const heading = useId()
  return (
    <section id={id} aria-labelledby={heading} className="flex min-w-0 scroll-mt-4 flex-col gap-2.5">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={heading} className="font-semibold">
          {title}
        </h2>
        {count !== undefined && <span className="nums text-muted">{formatNumber(count, i18n.language)}</span>}
        {aside && <div className="ml-auto flex items-center gap-2">{aside}</div>}
      </div>
      {children}
    </section>
  )
}
