import { RadioGroup as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

type ChoicesProps<V extends string> = {
  label: string
  value: V
  onChange: (value: V) => void
  choices: readonly { value: V; label: ReactNode }[]
}

/** A few short words in a row, of which one is chosen. */
export function Choices<V extends string>({ label, value, onChange, choices }: ChoicesProps<V>) {
  return (
    <Radix.Root
      aria-label={label}
      orientation="horizontal"
      value={value}
      onValueChange={next => onChange(next as V)}
      className="flex w-fit rounded-control border p-0.5"
    >
      {choices.map(choice => (
        <Radix.Item
          key={choice.value}
          value={choice.value}
          className="inline-flex h-6.5 items-center gap-1.5 whitespace-nowrap rounded px-2.5 text-table hover:bg-hover data-[state=checked]:bg-primary/12 data-[state=checked]:font-medium max-md:h-9"
        >
          {choice.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  )
}
