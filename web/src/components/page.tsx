import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '@/lib/format'

type PageProps = { title: string; count?: number | undefined; actions?: ReactNode; children: ReactNode }

/** Title row with count and actions, and the content under it, which scrolls by itself. */
export function Page({ title, count, actions, children }: PageProps) {
  const { i18n } = useTranslation()
  useDocumentTitle(title)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 px-6 py-3 max-md:px-4">
        <h1 className="font-semibold text-title">{title}</h1>
        {count !== undefined && (
          <span className="nums text-muted text-title">{formatNumber(count, i18n.language)}</span>
        )}
        <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-2">{actions}</div>
      </div>
      {children}
    </div>
  )
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Nexus`
  }, [title])
}
