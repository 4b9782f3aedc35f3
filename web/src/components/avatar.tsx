import { useState } from 'react'
import { cn } from '@/lib/cn'
import { initials } from '@/lib/format'

/** Grounds for white letters, each with a contrast of at least 4.5. */
export const GROUNDS = [
  '217 70% 44%',
  '240 45% 52%',
  '262 50% 50%',
  '300 45% 40%',
  '330 60% 42%',
  '0 55% 44%',
  '20 70% 36%',
  '40 80% 27%',
  '90 55% 26%',
  '142 60% 26%',
  '174 70% 25%',
  '195 80% 29%',
] as const

/** The same person has the same colour on every page. */
export function groundOf(id: string): string {
  let hash = 0
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003
  return GROUNDS[hash % GROUNDS.length] ?? GROUNDS[0]
}

type AvatarProps = {
  person: { id: string; full_name: string; avatar?: string | null | undefined }
  /** In pixels. */
  size?: number
  className?: string
}

/** A person's picture, or their initials. The name stands beside it, so it says nothing to readers. */
export function Avatar({ person, size = 28, className }: AvatarProps) {
  const [broken, setBroken] = useState<string | null>(null)
  const style = { width: size, height: size }
  if (person.avatar && person.avatar !== broken) {
    return (
      <img
        src={`/api/v1/avatars/${person.id}?v=${encodeURIComponent(person.avatar)}`}
        alt=""
        width={size}
        height={size}
        decoding="async"
        style={style}
        onError={() => setBroken(person.avatar ?? null)}
        className={cn('shrink-0 rounded-full bg-hover object-cover', className)}
      />
    )
  }
  return (
    <span
      aria-hidden
      style={{ ...style, fontSize: Math.round(size * 0.39), backgroundColor: `hsl(${groundOf(person.id)})` }}
      className={cn(
        'grid shrink-0 select-none place-items-center rounded-full font-semibold text-white leading-none',
        className,
      )}
    >
      {initials(person.full_name)}
    </span>
  )
}
