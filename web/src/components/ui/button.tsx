import type { ButtonHTMLAttributes, Ref } from 'react'
import { Spinner } from '@/components/ui/spinner'
import { cn } from '@/lib/cn'

const variants = {
  primary: 'bg-primary-solid text-white hover:bg-primary-hover disabled:opacity-55',
  secondary: 'border border-input bg-raised text-text hover:bg-hover disabled:text-muted disabled:opacity-70',
  ghost: 'text-text hover:bg-hover disabled:text-muted disabled:opacity-70',
  destructive: 'bg-destructive-solid text-white hover:bg-destructive-hover disabled:opacity-55',
} as const

const sizes = {
  sm: 'h-7 gap-1.5 px-2 text-table max-md:h-10 max-md:px-3',
  md: 'h-8 gap-2 px-3 max-md:h-10 max-md:px-4',
  lg: 'h-10 gap-2 px-4',
  icon: 'size-8 max-md:size-10',
  'icon-sm': 'size-7 max-md:size-10',
} as const

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  variant?: keyof typeof variants
  size?: keyof typeof sizes
  /** Shows a spinner and takes no clicks; the label stays, so the width does too. */
  busy?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** The classes alone, for links that look like buttons. */
export function buttonClass(variant: keyof typeof variants = 'secondary', size: keyof typeof sizes = 'md'): string {
  return cn(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-control font-medium',
    'transition-colors duration-[120ms] disabled:cursor-not-allowed',
    variants[variant],
    sizes[size],
  )
}

export function Button({ variant, size, busy, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonClass(variant, size), className)}
      aria-busy={busy || undefined}
      {...rest}
      disabled={rest.disabled || busy}
    >
      {busy && <Spinner />}
      {children}
    </button>
  )
}
