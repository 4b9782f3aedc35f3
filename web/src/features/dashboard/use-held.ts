import { useState } from 'react'

/** Keeps the order of a list while a pointer is over it, so that nothing moves away under it. New rows come at the end. */
export function useHeld<T>(rows: T[], keyOf: (row: T) => string) {
  const [order, setOrder] = useState<string[] | null>(null)
  const byKey = new Map(rows.map(row => [keyOf(row), row]))
  const held = order
    ? [...order.flatMap(key => byKey.get(key) ?? []), ...rows.filter(row => !order.includes(keyOf(row)))]
    : rows
  return { rows: held, hold: () => setOrder(rows.map(keyOf)), release: () => setOrder(null) }
}
