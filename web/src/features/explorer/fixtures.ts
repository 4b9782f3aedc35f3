import type { PveMethod, PveMethodInfo, PveParameter, PvePath } from '@/lib/api/types'

/** A parameter for tests; say only what matters. */
export function makeParameter(name: string, values: Partial<PveParameter> = {}): PveParameter {
  return { name, type: 'string', in_path: false, optional: false, description: '', values: [], ...values }
}

/** A call for tests; say only what matters. */
export function makeMethod(values: Partial<PveMethodInfo> = {}): PveMethodInfo {
  return {
    method: 'GET',
    name: 'index',
    description: '',
    parameters: [],
    returns: 'array',
    permissions: '',
    may: 'yes',
    why: null,
    changes: false,
    destroys: false,
    pvesh: 'get',
    ...values,
  }
}

/** Paths for tests from lines such as `GET /nodes/{node} One node`. */
export function makePaths(lines: string[]): PvePath[] {
  return lines.map(line => {
    const [method = 'GET', path = '', ...words] = line.split(' ')
    const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => makeParameter(name, { in_path: true }))
    const info = { method: method as PveMethod, description: words.join(' '), parameters: places }
    return { path, methods: [makeMethod(info)] }
  })
}
