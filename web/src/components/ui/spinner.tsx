import { LoaderCircle } from 'lucide-react'
import { cn } from '@/lib/cn'

/** Turning circle; says nothing by itself, so put words beside it. */
export function Spinner({ className }: { className?: string }) {
  return <LoaderCircle aria-hidden className={cn('size-4 animate-spin', className)} />
}
