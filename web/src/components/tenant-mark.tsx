import { useState } from 'react'
import { cn } from '@/lib/cn'
import { initials } from '@/lib/format'

type TenantMarkProps = {
  tenant: { id: string; name: string; logo?: string | null | undefined }
  small?: boolean
  /** There is room for a logo that is wider than high. */
  wide?: boolean
}

/** A tenant's logo, or its initials. The name stands beside it, so it says nothing to readers. */
export function TenantMark({ tenant: { id, name, logo }, small, wide }: TenantMarkProps) {
  const [broken, setBroken] = useState<string | null>(null)
  if (logo && logo !== broken)
    return (
      <img
        src={`/api/v1/tenants/${id}/logo?v=${encodeURIComponent(logo)}`}
        alt=""
        decoding="async"
        onError={() => setBroken(logo)}
        className={cn(
          'shrink-0 object-contain',
          small ? 'size-5' : 'h-7',
          !small && (wide ? 'min-w-7 max-w-18 object-left' : 'w-7'),
        )}
      />
    )
  return (
    <span
      aria-hidden
      className={cn(
        'grid shrink-0 place-items-center rounded-control bg-secondary-solid font-semibold text-white',
        small ? 'size-5 text-[0.625rem]' : 'size-7 text-xs',
      )}
    >
      {initials(name)}
    </span>
  )
}
