import { describe, expect, it } from 'vitest'
import { curlOf, pveshOf, quoted } from '@/features/explorer/commands'

const call = {
  method: 'PUT' as const,
  path: '/nodes/pve1/qemu/100/config',
  params: [
    { name: 'name', value: "it's" },
    { name: 'cores', value: '4' },
  ],
}

describe('a call as a command', () => {
  it('quotes what a shell would change', () => {
    expect(quoted('scsi0:32G')).toBe('scsi0:32G')
    expect(quoted('')).toBe("''")
    expect(quoted('$(reboot)')).toBe("'$(reboot)'")
    expect(quoted("it's")).toBe(String.raw`'it'\''s'`)
  })

  it('goes through Nexus with curl', () => {
    expect(curlOf(call, 'server-1', 'https://nexus.example')).toBe(
      [
        'curl --request PUT',
        '--header "Authorization: PVEAPIToken=$NEXUS_TOKEN"',
        String.raw`--data-urlencode 'name=it'\''s'`,
        '--data-urlencode cores=4',
        'https://nexus.example/pve/server-1/api2/json/nodes/pve1/qemu/100/config',
      ].join(' \\\n  '),
    )
  })

  it('puts what is asked for into the address', () => {
    const read = { method: 'GET' as const, path: '/cluster/resources', params: [{ name: 'type', value: 'vm' }] }
    expect(curlOf(read, 's', 'https://n')).toMatch(/^curl --get \\\n/)
    expect(curlOf({ ...read, params: [] }, 's', 'https://n')).toMatch(/^curl \\\n/)
  })

  it('encodes what an address would not hold', () => {
    expect(curlOf({ method: 'GET', path: '/pools/a b', params: [] }, 's', 'https://n')).toContain('/pools/a%20b')
  })

  it('runs on a node with pvesh', () => {
    expect(pveshOf(call, 'set')).toBe(String.raw`pvesh set /nodes/pve1/qemu/100/config --name 'it'\''s' --cores 4`)
  })
})
