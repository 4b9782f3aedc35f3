import { Link } from '@tanstack/react-router'
import type { MouseEventHandler, ReactNode } from 'react'
import type { GuestRef } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import type { GuestTab } from '@/lib/guest-tabs'

type GuestLinkProps = {
  slug: string
  guest: GuestRef
  /** The first one where none is said. */
  tab?: GuestTab
  /** For lists in which the row itself takes the keys. */
  tabIndex?: number
  title?: string
  className?: string
  onClick?: MouseEventHandler
  children: ReactNode
}

/** A guest's name, wherever it stands: leads to the guest's page. */
export function GuestLink({ slug, guest, tab, className, children, ...rest }: GuestLinkProps) {
  const { server, type, vmid } = guest
  return (
    <Link
      to="/t/$slug/guests/$server/$type/$vmid"
      params={{ slug, server, type, vmid: String(vmid) }}
      search={tab === undefined || tab === 'overview' ? {} : { tab }}
      className={cn('rounded hover:text-primary-text hover:underline', className)}
      {...rest}
    >
      {children}
    </Link>
  )
}
