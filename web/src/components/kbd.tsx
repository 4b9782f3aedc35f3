import { keyCap } from '@/lib/shortcuts'

/** Keys as they stand on their caps: "mod+k", "g d". */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="inline-flex shrink-0 items-center gap-1">
      {keys
        .split(' ')
        .flatMap(step => (step === '+' ? ['+'] : step.split('+')))
        .map(key => (
          <kbd
            key={key}
            className="min-w-6 rounded border bg-surface px-1.5 py-0.5 text-center font-mono text-muted text-xs/4"
          >
            {keyCap(key)}
          </kbd>
        ))}
    </span>
  )
}
