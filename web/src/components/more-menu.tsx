import { EllipsisVertical } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { Menu } from '@/components/ui/menu'

/** What else can be done with a row: the menu behind its three dots. The label names the row. */
export function MoreMenu({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu
      label={label}
      trigger={
        <Button size="icon-sm" variant="ghost" aria-label={label}>
          <EllipsisVertical className="size-4" aria-hidden />
        </Button>
      }
    >
      {children}
    </Menu>
  )
}
