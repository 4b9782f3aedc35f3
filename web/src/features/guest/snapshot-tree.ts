import type { Snapshot, SnapshotList } from '@/lib/api/types'

/** How a guest's snapshots hang together, and how that is drawn. No React. */

export type TreeRow = {
  /** Null is what runs now. */
  snapshot: Snapshot | null
  /** Where its dot stands. The way to now is the first one, branches stand right of what they come from. */
  column: number
  /** Columns whose line goes on past this row. */
  passing: number[]
  /** The column that a line comes from above; null where it begins here. */
  from: number | null
  /** Whether its own line goes on below. */
  goesOn: boolean
}

type Node = { snapshot: Snapshot | null; children: Node[]; leadsToNow: boolean }

/** Rows from the oldest to now. What names a parent that is not there begins anew, and so does a ring. */
export function treeRows({ snapshots, current }: Pick<SnapshotList, 'snapshots' | 'current'>): TreeRow[] {
  const nodes = new Map<string, Node>(
    snapshots.map(snapshot => [snapshot.name, { snapshot, children: [], leadsToNow: false }]),
  )
  const now: Node = { snapshot: null, children: [], leadsToNow: true }
  const parentOf = ({ snapshot }: Node) => nodes.get((snapshot ? snapshot.parent : current) ?? '')
  const all = [...nodes.values(), now]
  for (const node of all) parentOf(node)?.children.push(node)
  for (let node = parentOf(now); node && !node.leadsToNow; node = parentOf(node)) node.leadsToNow = true
  const rows: TreeRow[] = []
  const drawn = new Set<Node>()
  for (const root of inOrder(all.filter(node => !parentOf(node)))) draw(rows, drawn, root, 0, null, [])
  for (const node of all) if (!drawn.has(node)) draw(rows, drawn, node, 0, null, [])
  return rows
}

/** The one that leads to now last, the others by age: it goes on below them. */
function inOrder(nodes: Node[]): Node[] {
  const age = ({ snapshot }: Node) => (snapshot?.created_at ? Date.parse(snapshot.created_at) : Number.MAX_VALUE)
  return [...nodes].sort((a, b) => Number(a.leadsToNow) - Number(b.leadsToNow) || age(a) - age(b))
}

function draw(
  rows: TreeRow[],
  drawn: Set<Node>,
  start: Node,
  column: number,
  from: number | null,
  passing: number[],
): void {
  let node = start
  let above = from
  for (;;) {
    drawn.add(node)
    const children = inOrder(node.children.filter(child => !drawn.has(child)))
    const next = children.pop()
    rows.push({ snapshot: node.snapshot, column, passing, from: above, goesOn: next !== undefined })
    for (const branch of children) draw(rows, drawn, branch, column + 1, column, [...passing, column])
    if (!next) return
    node = next
    above = column
  }
}

/** What PVE takes as the name of a snapshot. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{1,39}$/
const RESERVED = ['current', 'pending']

export type NameProblem = 'invalid' | 'reserved' | 'taken'

export function nameProblem(name: string, taken: readonly string[]): NameProblem | null {
  if (!NAME.test(name)) return 'invalid'
  if (RESERVED.includes(name)) return 'reserved'
  return taken.includes(name) ? 'taken' : null
}
