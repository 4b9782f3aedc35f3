import { Tabs as Radix } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'

type TabsProps<V extends string> = {
  label: string
  value: V
  onChange: (value: V) => void
  tabs: readonly { value: V; label: ReactNode; count?: number | undefined }[]
  children: ReactNode
}

/** Views of one page. The children are one `TabPanel` for each. */
export function Tabs<V extends string>({ label, value, onChange, tabs, children }: TabsProps<V>) {
  const list = useRef<HTMLDivElement>(null)
  // On phones the row is longer than the screen: the chosen one is in sight, also when it comes from the address.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is another place
  useEffect(() => {
    list.current?.querySelector('[data-state=active]')?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
  }, [value])
  return (
    <Radix.Root value={value} onValueChange={next => onChange(next as V)} className="flex min-h-0 flex-1 flex-col">
      <Radix.List ref={list} aria-label={label} className="flex gap-1 overflow-x-auto border-b px-6 max-md:px-4">
        {tabs.map(tab => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px flex h-9 shrink-0 items-center gap-1.5 border-transparent border-b-2 px-2 font-medium text-muted -outline-offset-2 hover:text-text data-[state=active]:border-primary data-[state=active]:text-text max-md:h-11"
          >
            {tab.label}
            {tab.count !== undefined && tab.count > 0 && (
              <span className="nums rounded-full bg-hover px-1.5 text-muted text-xs">{tab.count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {children}
    </Radix.Root>
  )
}

export function TabPanel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Radix.Content value={value} className="flex min-h-0 flex-1 flex-col focus:outline-none" tabIndex={-1}>
      {children}
    </Radix.Content>
  )
}
