// @ts-check
/** Close codes by name, for scenarios in which every console ends at once. Development only. */
const CODES = new Map([
  ['guest_stopped', 4001],
  ['pve_unreachable', 4003],
  ['pve_refused', 4004],
  ['idle', 4008],
  ['ended_by_admin', 4010],
  ['revoked', 4011],
  ['signed_out', 4013],
  ['node_full', 4017],
])

/** @param {string} name */
export function codeOf(name) {
  return CODES.get(name)
}
