import { describe, expect, it } from 'vitest'
import { makePaths } from '@/features/explorer/fixtures'
import { buildTree, openRows, parentsOf, searchTree } from '@/features/explorer/tree'

const paths = makePaths([
  'GET /nodes The nodes',
  'GET /nodes/{node}/qemu The virtual machines',
  'POST /nodes/{node}/qemu/{vmid}/snapshot Takes a snapshot',
  'GET /version Which one',
])

describe('the tree of the API', () => {
  it('has a parent for each path, also one that the schema leaves out', () => {
    const { roots, byPath } = buildTree(paths)
    expect(roots.map(node => node.segment)).toEqual(['nodes', 'version'])
    expect(byPath.get('/nodes/{node}')).toMatchObject({ segment: '{node}', methods: [] })
    expect(byPath.get('/nodes/{node}/qemu/{vmid}/snapshot')?.methods[0]?.method).toBe('POST')
  })

  it('shows what is open', () => {
    const { roots } = buildTree(paths)
    const shown = (open: string[]) => openRows(roots, path => open.includes(path)).map(row => row.node.path)
    expect(shown([])).toEqual(['/nodes', '/version'])
    expect(shown(['/nodes'])).toEqual(['/nodes', '/nodes/{node}', '/version'])
  })

  it('tells the place of each row among its own', () => {
    const rows = openRows(buildTree(paths).roots, () => true)
    expect(rows[0]).toMatchObject({ level: 1, position: 1, size: 2, open: true })
    expect(rows.at(-1)).toMatchObject({ level: 1, position: 2, size: 2, open: undefined })
  })

  it('finds all words anywhere, and keeps what leads there', () => {
    const { roots } = buildTree(paths)
    const left = searchTree(roots, 'TAKES qemu')
    expect(left.found).toBe(1)
    expect(openRows(left.roots, () => true).map(row => row.node.path)).toEqual([
      '/nodes',
      '/nodes/{node}',
      '/nodes/{node}/qemu',
      '/nodes/{node}/qemu/{vmid}',
      '/nodes/{node}/qemu/{vmid}/snapshot',
    ])
    expect(searchTree(roots, 'nothing such')).toEqual({ roots: [], found: 0 })
  })

  it('knows what must be open for a path to be in sight', () => {
    expect(parentsOf('/nodes/{node}/qemu')).toEqual(['/nodes', '/nodes/{node}'])
    expect(parentsOf('/version')).toEqual([])
  })
})
