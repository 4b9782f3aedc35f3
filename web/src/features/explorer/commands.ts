import { encodePath } from '@/features/explorer/form'
import type { PveMethod, PveParam } from '@/lib/api/types'

/** A call as one types it into a shell. */

export type Call = { method: PveMethod; path: string; params: readonly PveParam[] }

/** A word that a shell takes as it is. */
export function quoted(text: string): string {
  if (text !== '' && /^[\w@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Through Nexus, with a token of Nexus in PVE's form. */
export function curlOf({ method, path, params }: Call, server: string, origin: string): string {
  const verb = method === 'GET' ? (params.length > 0 ? ['--get'] : []) : [`--request ${method}`]
  const lines = [
    ['curl', ...verb].join(' '),
    `--header "Authorization: PVEAPIToken=$NEXUS_TOKEN"`,
    ...params.map(({ name, value }) => `--data-urlencode ${quoted(`${name}=${value}`)}`),
    quoted(`${origin}/pve/${server}/api2/json${encodePath(path)}`),
  ]
  return lines.join(' \\\n  ')
}

/** On a node of the cluster itself. */
export function pveshOf({ path, params }: Call, verb: string): string {
  return ['pvesh', verb, quoted(path), ...params.flatMap(({ name, value }) => [`--${name}`, quoted(value)])].join(' ')
}
