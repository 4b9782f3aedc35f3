// What the product's list is measured against: every guest a row of text, nothing held back, filtered as one types.

import { useState } from 'react'
import type { Guest } from '@/lib/api/types'

export function PlainTable({ guests }: { guests: Guest[] }) {
  const [text, setText] = useState('')
  const words = text.toLowerCase()
  return (
    <div className="flex h-dvh flex-col">
      <input type="search" aria-label="Filter" value={text} onChange={event => setText(event.target.value)} />
      <div data-scroller className="min-h-0 flex-1 overflow-auto">
        <table className="w-full table-fixed text-table">
          <tbody>
            {guests
              .filter(guest => guest.name.includes(words))
              .map(guest => (
                <tr key={`${guest.server.id}/${guest.vmid}`} className="h-9">
                  <td>{guest.status}</td>
                  <td>{guest.name}</td>
                  <td>{guest.vmid}</td>
                  <td>{guest.server.name}</td>
                  <td>{guest.node}</td>
                  <td>{guest.tags.join(' ')}</td>
                  <td>{guest.cpu}</td>
                  <td>{guest.memory_bytes}</td>
                  <td>{guest.uptime_seconds}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
