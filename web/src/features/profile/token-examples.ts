import type { NewApiToken } from '@/lib/api/types'

export const EXAMPLES = ['curl', 'proxmoxer', 'terraform', 'ansible', 'nexus'] as const
export type Example = (typeof EXAMPLES)[number]

/** Where the id of a server goes when the token is not limited to one. */
export const SERVER_PLACE = 'SERVER-ID'

/** Something to paste and run, with the secret in it. */
export function exampleOf(
  example: Example,
  { token, secret, pve_header, bearer }: NewApiToken,
  origin: string,
): string {
  const { host, hostname, port, protocol } = new URL(origin)
  const number = port || (protocol === 'https:' ? '443' : '80')
  // Limited to one server, a token needs no name of it in the address.
  const prefix = token.server ? '' : `/pve/${SERVER_PLACE}`
  const [user = '', name = ''] = token.pve_id.split('!')
  switch (example) {
    case 'curl':
      return `curl -H 'Authorization: ${pve_header}' \\\n  ${origin}${prefix}/api2/json/cluster/resources?type=vm`
    case 'proxmoxer':
      return [
        'from proxmoxer import ProxmoxAPI',
        '',
        'pve = ProxmoxAPI(',
        `    "${hostname}", port=${number},${prefix && ` path_prefix="${prefix.slice(1)}",`}`,
        `    user="${user}", token_name="${name}",`,
        `    token_value="${secret}",`,
        ')',
        'print(pve.cluster.resources.get(type="vm"))',
      ].join('\n')
    case 'terraform':
      return [
        'provider "proxmox" {  # bpg/proxmox',
        `  endpoint  = "${protocol}//${host}${prefix}/"`,
        `  api_token = "${token.pve_id}=${secret}"`,
        '}',
      ].join('\n')
    case 'ansible':
      return [
        '- community.proxmox.proxmox_vm_info:',
        `    api_host: ${hostname}`,
        `    api_port: ${number}`,
        `    api_user: ${user}`,
        `    api_token_id: ${name}`,
        `    api_token_secret: ${secret}`,
      ].join('\n')
    case 'nexus':
      return `curl -H 'Authorization: ${bearer}' \\\n  ${origin}/api/v1/me`
  }
}
