import { describe, expect, it } from 'vitest'
import { makeMethod, makeParameter, makePaths } from '@/features/explorer/fixtures'
import {
  encodePath,
  fillPath,
  firstValue,
  freeName,
  isMask,
  isSecret,
  looksOdd,
  namesOf,
  paramsOf,
  problemOf,
  specOf,
  templateOf,
} from '@/features/explorer/form'

describe('a value', () => {
  const whole = makeParameter('vmid', { type: 'integer', minimum: 100, maximum: 999 })

  it('must be there where it is asked for', () => {
    expect(problemOf(makeParameter('name'), ' ')).toEqual({ code: 'missing' })
    expect(problemOf(makeParameter('name', { optional: true }), '')).toBeNull()
    expect(problemOf(makeParameter('cores', { optional: true, type: 'integer' }), '')).toEqual({ code: 'missing' })
  })

  it('is of its type and within its bounds', () => {
    expect(problemOf(whole, '100')).toBeNull()
    expect(problemOf(whole, '1.5')).toEqual({ code: 'not_integer' })
    expect(problemOf(whole, '99')).toEqual({ code: 'too_small', limit: 100 })
    expect(problemOf(whole, '1000')).toEqual({ code: 'too_large', limit: 999 })
    expect(problemOf(makeParameter('limit', { type: 'number' }), '1.5')).toBeNull()
    expect(problemOf(makeParameter('limit', { type: 'number' }), 'x')).toEqual({ code: 'not_number' })
    expect(problemOf(makeParameter('name', { max_length: 3 }), 'four')).toEqual({ code: 'too_long', limit: 3 })
  })

  it('in a path has no slash, but for the last place', () => {
    const place = makeParameter('volume', { in_path: true })
    expect(problemOf(place, 'local:iso/debian.iso')).toEqual({ code: 'no_slash' })
    expect(problemOf(place, 'local:iso/debian.iso', true)).toBeNull()
    expect(problemOf(place, '..', true)).toEqual({ code: 'no_slash' })
  })

  it('only looks odd where the pattern is one that JavaScript knows and can try quickly', () => {
    const like = (pattern: string) => makeParameter('size', { pattern })
    expect(looksOdd(like('\\+?\\d+[KMGT]?'), '32G')).toBe(false)
    expect(looksOdd(like('\\+?\\d+[KMGT]?'), 'big')).toBe(true)
    expect(looksOdd(like('(?^:perl)'), 'x')).toBe(false)
    expect(looksOdd(like('(a+)+b'), 'a'.repeat(40))).toBe(false)
    expect(looksOdd(like('(?i)x'), 'y')).toBe(false)
  })
})

describe('the form of a call', () => {
  const info = makeMethod({
    parameters: [
      makeParameter('node', { in_path: true }),
      makeParameter('command', { type: 'array' }),
      makeParameter('net[n]', { optional: true }),
      makeParameter('onboot', { optional: true, type: 'boolean', default: '1' }),
    ],
  })

  it('has what must be there, then what was chosen', () => {
    expect(namesOf(info, ['net0', 'onboot'])).toEqual(['command', 'net0', 'onboot'])
  })

  it('numbers what can be there more than once', () => {
    const net = specOf(info, 'net7')
    expect(net?.name).toBe('net[n]')
    expect(net && freeName(net, ['net0', 'net2'])).toBe('net1')
    expect(specOf(info, 'unknown')).toBeUndefined()
  })

  it('sends each line of an array by itself', () => {
    expect(paramsOf(info, ['net0'], { command: 'ls\n\n-l', net0: 'virtio' })).toEqual([
      { name: 'command', value: 'ls' },
      { name: 'command', value: '-l' },
      { name: 'net0', value: 'virtio' },
    ])
  })

  it('begins a switch with what is not so already', () => {
    expect(firstValue(makeParameter('onboot', { type: 'boolean', default: '1' }))).toBe('0')
    expect(firstValue(makeParameter('force', { type: 'boolean' }))).toBe('1')
  })

  it('fills in a path, and leaves open what is not known', () => {
    expect(fillPath('/nodes/{node}/qemu/{vmid}', { node: ' pve1 ' })).toBe('/nodes/pve1/qemu/{vmid}')
    expect(encodePath('/pools/a b?')).toBe('/pools/a%20b%3F')
  })
})

describe('a call from before', () => {
  const paths = makePaths([
    'GET /nodes/{node}/qemu/{vmid}/config',
    'GET /nodes/{node}/qemu/{vmid}',
    'GET /cluster/resources',
    'GET /cluster/{name}',
    'DELETE /storage/{storage}/content/{volume}',
  ])

  it('finds its path in the schema', () => {
    expect(templateOf(paths, '/nodes/pve1/qemu/100/config')).toEqual({
      path: '/nodes/{node}/qemu/{vmid}/config',
      values: { node: 'pve1', vmid: '100' },
    })
    expect(templateOf(paths, '/cluster/resources')?.path).toBe('/cluster/resources')
    expect(templateOf(paths, '/storage/local/content/local:iso/a.iso')?.values).toEqual({
      storage: 'local',
      volume: 'local:iso/a.iso',
    })
    expect(templateOf(paths, '/unknown')).toBeNull()
  })

  it('knows what is secret and what is only a mask', () => {
    expect(['password', 'cipassword', 'client-secret', 'key'].filter(name => !isSecret(name))).toEqual([])
    expect(['name', 'keyboard', 'sshkeys', 'tokenid'].filter(isSecret)).toEqual([])
    expect([isMask('********'), isMask('**'), isMask('text')]).toEqual([true, false, false])
  })
})
