// @ts-check
/**
 * The mock's import of servers: what the rows of a sheet would do, and does it. Development only.
 *
 * @typedef {import('../src/lib/api/types').ServerImport} ServerImport
 * @typedef {import('../src/lib/api/types').FieldProblem} FieldProblem
 * @typedef {{ servers: { name: string, connection?: { host?: string | null, port: number } | null }[] }} World
 */

const LIMIT = 50

/** The page sends plain sheets: a line of titles, commas, quotes only where they must be. @param {string} line */
function cellsOf(line) {
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
  return cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

/** @param {Record<string, string | undefined>} row @param {Set<string>} taken @param {number} used @returns {FieldProblem[]} */
function problemsOf(row, taken, used) {
  const { name = '', host = '', port = '', api_token = '' } = row
  /** @type {FieldProblem[]} */
  const problems = []
  /** @param {string} field @param {string} code @param {string} detail */
  const add = (field, code, detail) => problems.push({ field, code, detail })
  if (!name) add('name', 'required', 'must not be empty')
  if (!/^[\w.:-]+$/.test(host)) add('host', 'invalid', 'must be a host name or an IP address')
  if (port && !(Number(port) >= 1 && Number(port) <= 65_535)) add('port', 'invalid', 'must be from 1 to 65535')
  if (!/^\S+@\S+!\S+=\S+$/.test(api_token)) add('api_token', 'invalid', 'must be USER@REALM!NAME=SECRET')
  if (problems.length === 0 && taken.has(`${host}:${port || 8006}`)) add('host', 'duplicate', 'is there already')
  if (problems.length === 0 && used >= LIMIT) add('', 'slots_full', 'all slots are used')
  return problems
}

/** @param {World} world @param {{ csv: string, dry_run: boolean }} body @param {(row: { name: string, host: string, port: number }) => void} add @returns {ServerImport} */
export function importServers(world, { csv, dry_run }, add) {
  const [head = '', ...lines] = csv.trimEnd().split('\n')
  const titles = cellsOf(head)
  const before = world.servers.length
  let used = before
  const taken = new Set(world.servers.map(({ connection }) => `${connection?.host}:${connection?.port}`))
  const rows = lines.map((text, index) => {
    const cells = cellsOf(text)
    const row = Object.fromEntries(titles.map((title, at) => [title, cells[at]]))
    const { name = '', host = '' } = row
    const port = Number(row.port) || 8006
    // A name that the server takes when it looks, and refuses when it works: so that there is something to see.
    const errors = problemsOf(row, taken, used)
    if (!dry_run && name.startsWith('Late'))
      errors.push({ field: 'host', code: 'duplicate', detail: 'somebody was faster' })
    if (errors.length === 0) {
      used += 1
      taken.add(`${host}:${port}`)
      if (!dry_run) add({ name, host, port })
    }
    const outcome = errors.length === 0 ? /** @type {const} */ ('create') : /** @type {const} */ ('error')
    return { line: index + 2, name, host, outcome, errors, server: null }
  })
  return { rows, used: dry_run ? before : used, limit: LIMIT, done: !dry_run }
}

/** @param {World} world */
export function exportServers(world) {
  const rows = world.servers.filter(({ connection }) => connection)
  return [
    'name,host,port',
    ...rows.map(({ name, connection }) => `"${name}",${connection?.host},${connection?.port}`),
  ].join('\r\n')
}
