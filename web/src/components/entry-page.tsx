import type { ReactNode } from 'react'
import { Logo } from '@/components/brand'
import { LanguageMenu, ThemeMenu } from '@/components/preferences'

type EntryPageProps = {
  title: string
  lead?: ReactNode
  /** Whose page it is; without one it is Nexus' own. */
  mark?: ReactNode
  children: ReactNode
}

/** The one column of pages without a frame: sign in, set up, choose a tenant, not found. */
export function EntryPage({ title, lead, mark, children }: EntryPageProps) {
  return (
    <div className="flex min-h-full flex-col bg-surface">
      <header className="flex justify-end gap-1 p-3">
        <LanguageMenu />
        <ThemeMenu />
      </header>
      <main className="flex flex-1 flex-col items-center px-4 pb-16 sm:justify-center sm:pb-28">
        <div className="w-full max-w-[25rem]">
          <div className="mb-5">{mark ?? <Logo className="size-10" />}</div>
          <h1 className="break-words font-semibold text-title">{title}</h1>
          {lead && <div className="mt-1 text-muted">{lead}</div>}
          <div className="mt-6">{children}</div>
        </div>
      </main>
    </div>
  )
}
