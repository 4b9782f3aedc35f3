import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => /\.tsx?$/.test(file) && !/schema\.d\.ts|routeTree\.gen/.test(file))
const text = new Map(files.map(file => [file, readFileSync(join('src', file), 'utf8')]))
const imports = (file: string) =>
  [...(text.get(file) ?? '').matchAll(/from '@\/([^']+)'/g)].map(match => match[1] ?? '')

/** `lib` and `components`, then `features`, then `routes`: each may use what stands before it. */
function mayUse(file: string, used: string): boolean {
  const [layer, feature] = file.split('/')
  const [usedLayer, usedFeature] = used.split('/')
  if (usedLayer === 'routes' || usedLayer === 'routeTree.gen') return !file.includes('/')
  if (usedLayer === 'features') return layer === 'routes' || !file.includes('/') || feature === usedFeature
  if (usedLayer === 'components') return layer !== 'lib'
  return true
}

describe('the folders', () => {
  it.each(files)('%s imports only what it may', file => {
    expect(imports(file).filter(used => !mayUse(file, used))).toEqual([])
  })

  it('keep every file under 600 lines', () => {
    const long = files.filter(file => (text.get(file)?.split('\n').length ?? 0) >= 600)
    expect(long).toEqual([])
  })

  it('let the console alone know noVNC', () => {
    const knowing = files.filter(file => /from '@novnc\/novnc'/.test(text.get(file) ?? '') && !file.includes('.test.'))
    expect(knowing).toEqual(['features/console/screen.ts'])
  })

  it('let only queries and lib talk to the server', () => {
    const talking = files.filter(file => imports(file).includes('lib/api/client') && !/queries\.ts$|^lib\//.test(file))
    expect(talking).toEqual([])
  })
})
