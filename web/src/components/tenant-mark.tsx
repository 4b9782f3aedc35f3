import { cn } from '@/lib/cn'
import { initials } from '@/lib/format'

/** Stands where a tenant's logo will be. */
export function TenantMark({ name, small }: { name: string; small?: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        'grid shrink-0 place-items-center rounded-control bg-primary-solid font-semibold text-white',
        small ? 'size-5 text-[0.625rem]' : 'size-7 text-xs',
      )}
    >
      {initials(name)}
    </span>
  )
}
