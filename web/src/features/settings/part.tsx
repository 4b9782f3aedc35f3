import type { ReactNode } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import type { SettingsForm } from '@/features/settings/form'

export type PartProps = { form: UseFormReturn<SettingsForm> }

/** Settings that belong together. */
export function Part({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4">
      <div>
        <h2 className="font-semibold text-[1rem]/6">{title}</h2>
        {lead && <p className="text-muted">{lead}</p>}
      </div>
      {children}
    </section>
  )
}
