import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { PasswordField } from '@/components/ui/field'
import { cn } from '@/lib/cn'
import { fieldError } from '@/lib/form-errors'
import { MIN_PASSWORD, type Strength, strengthOf } from '@/lib/strength'

const looks: Record<Strength, { steps: number; colour: string }> = {
  short: { steps: 1, colour: 'bg-destructive' },
  weak: { steps: 1, colour: 'bg-destructive' },
  fair: { steps: 2, colour: 'bg-warning' },
  good: { steps: 3, colour: 'bg-success' },
}

type NewPasswordProps = Omit<ComponentProps<typeof PasswordField>, 'error' | 'help' | 'aside' | 'autoComplete'> & {
  /** What stands in the field now. */
  typed: string
  /** Words of the person, which make a password no stronger. */
  own: string[]
  error: { type?: unknown; message?: string } | undefined
}

/** A password that is chosen, and how strong it is. */
export function NewPasswordField({ typed, own, error, ...field }: NewPasswordProps) {
  const { t } = useTranslation()
  const strength = strengthOf(typed, own)
  const look = looks[strength]
  return (
    <div>
      <PasswordField
        {...field}
        autoComplete="new-password"
        help={typed ? t(`password.strength_${strength}`, { count: MIN_PASSWORD }) : t('password.help')}
        error={fieldError(error, t('password.too_short', { count: MIN_PASSWORD }))}
      />
      <div aria-hidden className="mt-2 grid grid-cols-3 gap-1">
        {[1, 2, 3].map(step => (
          <div key={step} className={cn('h-1 rounded-full', typed && step <= look.steps ? look.colour : 'bg-border')} />
        ))}
      </div>
    </div>
  )
}
