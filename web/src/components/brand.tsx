import type { Brand } from '@/lib/api/types'
import { brandCss } from '@/lib/brand'

/** The sign of Nexus, drawn in place so that it takes no request. */
export function Logo({ className = 'size-8' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="7" className="fill-primary-solid" />
      <path
        d="M9 23V9l14 14V9"
        fill="none"
        stroke="#fff"
        strokeWidth="3.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}

/** Puts a tenant's colours in the place of Nexus' own, on the whole page as long as this stands on it. */
export function BrandStyle({ brand }: { brand: Brand }) {
  const css = brandCss(brand)
  return css && <style>{css}</style>
}
