import type { PveMethodInfo, PvePath } from '@/lib/api/types'

/** The paths of PVE's API as a tree, and what a search leaves of it. */

export type ApiNode = {
  path: string
  /** The last part of the path: `qemu`, `{vmid}`. */
  segment: string
  methods: readonly PveMethodInfo[]
  children: ApiNode[]
  /** What a search looks through, in lower case. */
  words: string
}

export type ApiTree = { roots: ApiNode[]; byPath: ReadonlyMap<string, ApiNode> }

/** Paths in the order of the schema; a parent that the schema leaves out is there without methods. */
export function buildTree(paths: readonly PvePath[]): ApiTree {
  const roots: ApiNode[] = []
  const byPath = new Map<string, ApiNode>()
  const nodeAt = (path: string): ApiNode => {
    const known = byPath.get(path)
    if (known) return known
    const cut = path.lastIndexOf('/')
    const node = { path, segment: path.slice(cut + 1), methods: [], children: [], words: path.toLowerCase() }
    byPath.set(path, node)
    if (cut > 0) nodeAt(path.slice(0, cut)).children.push(node)
    else roots.push(node)
    return node
  }
  for (const { path, methods } of paths) {
    if (path.length < 2) continue
    const node = nodeAt(path)
    node.methods = methods
    node.words = [path, ...methods.map(({ method, name, description }) => `${method} ${name} ${description}`)]
      .join(' ')
      .toLowerCase()
  }
  return { roots, byPath }
}

export type ApiRow = { node: ApiNode; level: number; position: number; size: number; open: boolean | undefined }

/** The rows that show while these paths are open. */
export function openRows(roots: readonly ApiNode[], open: (path: string) => boolean): ApiRow[] {
  const rows: ApiRow[] = []
  const add = (nodes: readonly ApiNode[], level: number) => {
    nodes.forEach((node, index) => {
      const isOpen = node.children.length === 0 ? undefined : open(node.path)
      rows.push({ node, level, position: index + 1, size: nodes.length, open: isOpen })
      if (isOpen) add(node.children, level + 1)
    })
  }
  add(roots, 1)
  return rows
}

/** The tree with only what has all the words somewhere in its path, name or description, and what leads there. */
export function searchTree(roots: readonly ApiNode[], text: string): { roots: ApiNode[]; found: number } {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  let found = 0
  const keep = (nodes: readonly ApiNode[]): ApiNode[] =>
    nodes.flatMap(node => {
      const hit = words.every(word => node.words.includes(word))
      if (hit) found += 1
      const children = keep(node.children)
      return hit || children.length > 0 ? [{ ...node, children }] : []
    })
  return { roots: keep(roots), found }
}

/** `/a/b/c`: what must be open for it to be in sight. */
export function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}
