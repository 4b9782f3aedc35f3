/** Takes apart what people paste: addresses of PVE's own page, and tokens as `pveum` or the page show them. */

export type Place = { host: string; port: number | null }

/** "https://pve-a.example.org:8006/#v1:0" as host and port; null when it is no address with a scheme or port. */
export function parsePlace(text: string): Place | null {
  const trimmed = text.trim()
  const hasScheme = /^https?:\/\//i.test(trimmed)
  if (!hasScheme && !/^(\[[0-9a-f:.]+\]|[^\s:/]+):\d+(\/.*)?$/i.test(trimmed)) return null
  try {
    const url = new URL(hasScheme ? trimmed : `https://${trimmed}`)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // URL leaves the port out when it is the scheme's own, although it was written.
    const written = /^(?:https?:\/\/)?(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(trimmed)?.[1]
    const port = written ? Number(written) : null
    return host ? { host, port } : null
  } catch {
    return null
  }
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*\.?$/i

/** A host name, an IPv4 or an IPv6 address (with or without brackets). */
export function isHost(text: string): boolean {
  if (/^[\d.]+$/.test(text)) return /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text)
  if (text.includes(':')) return URL.canParse(`http://[${text.replace(/^\[|\]$/g, '')}]/`)
  return HOST_NAME.test(text)
}

const TOKEN_ID = /([A-Za-z0-9._-]+@[A-Za-z][A-Za-z0-9._-]*![A-Za-z][A-Za-z0-9._-]*)/
const SECRET = /\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/i

export type Token = { id: string; secret: string }

/** Finds `user@realm!name` and the secret in a token, a header line or the table that `pveum` prints. */
export function parseToken(text: string): Token | null {
  const id = TOKEN_ID.exec(text)?.[1]
  const secret = SECRET.exec(text)?.[1]
  return id && secret ? { id, secret: secret.toLowerCase() } : null
}

export function formatToken({ id, secret }: Token): string {
  return `${id}=${secret}`
}

/** Privileges that make every feature work; fewer are possible, the check then says what is missing. */
const PRIVILEGES =
  'VM.Audit,VM.Console,VM.PowerMgmt,VM.Snapshot,VM.Snapshot.Rollback,Sys.Audit,Datastore.Audit,Pool.Audit'

/** What to run in a shell of one PVE node, once per cluster. The token has rights of its own, so both get the role. */
export const PVEUM_COMMANDS = [
  `pveum role add Nexus --privs "${PRIVILEGES}"`,
  'pveum user add nexus@pve --comment "Nexus"',
  'pveum acl modify / --users nexus@pve --roles Nexus',
  'pveum user token add nexus@pve broker --privsep 1',
  "pveum acl modify / --tokens 'nexus@pve!broker' --roles Nexus",
].join('\n')

/** Programs that PVE's nodes have; what follows one in a remedy, up to the end of its sentence, is a command to run there. */
const COMMAND =
  /\b(?:systemctl|pveum|pvenode|pvecm|pveversion|journalctl|chronyc|timedatectl|tailscale) [^\n`]*?[^\s.;`](?=[.;] [A-Z]|[.;]?[ \t]*$|`)/gm

/** A remedy in its order: sentences, and commands that can be copied. */
export function splitRemedy(text: string): { text: string; command: boolean }[] {
  const parts: { text: string; command: boolean }[] = []
  const add = (piece: string) => {
    const sentence = piece.replace(/^[\s.;`]+|[\s`]+$/g, '')
    if (sentence) parts.push({ text: sentence, command: false })
  }
  let end = 0
  for (const { 0: command, index } of text.matchAll(COMMAND)) {
    add(text.slice(end, index))
    parts.push({ text: command, command: true })
    end = index + command.length
  }
  add(text.slice(end))
  return parts
}
