// @ts-check
/**
 * What connectivity tests find, in every kind of success and failure. Development only.
 *
 * @typedef {import('../src/lib/api/types').TestReport} TestReport
 * @typedef {import('../src/lib/api/types').TestStage} TestStage
 * @typedef {import('../src/lib/api/types').Certificate} Certificate
 * @typedef {import('../src/lib/api/types').Doctor} Doctor
 * @typedef {import('../src/lib/api/types').ServerTest} ServerTest
 */

const FINGERPRINT = '5B:1F:0E:99:7A:C4:D2:13:88:41:6E:0B:52:F7:3C:A9:11:DE:64:20:9F:B8:07:35:EA:4D:C1:76:2B:90:58:E3'
const OLD = 'A4:02:77:1C:90:3E:5D:F8:61:BB:24:CE:09:13:8A:D7:45:E0:3B:96:F2:58:0C:81:7D:A9:64:1F:B3:2E:D5:70'
const ORDER = /** @type {const} */ (['resolve', 'connect', 'tls', 'api', 'permissions'])

/** Where each kind fails, what is said, and what to do. @type {Record<string, [TestStage['stage'], number, string, string]>} */
const FAILURES = {
  dns: [
    'resolve',
    41,
    'pve.fra.example.nte: no such name',
    'Check the spelling, or enter the IP address. The name must be known to the machine that Nexus runs on.',
  ],
  forbidden: [
    'resolve',
    2,
    'address 169.254.169.254 is refused: link-local addresses',
    'Enter an address of the Proxmox VE host itself. An operator can allow networks with NEXUS_ALLOW_ADDRESSES.',
  ],
  refused: [
    'connect',
    8.8,
    'connection refused (192.0.2.10:8006)',
    'The host is there, but nothing listens on this port. Check the port, and that pveproxy runs: systemctl status pveproxy',
  ],
  timeout: [
    'connect',
    10_000,
    'no answer within 10 s (192.0.2.10:8006)',
    'A firewall may drop the packets, or the host is off. Allow port 8006 from Nexus, or use Tailscale.',
  ],
  plain: [
    'tls',
    14,
    'the other side does not speak TLS',
    'Proxmox VE answers with TLS on port 8006. A proxy in front of it must do so too.',
  ],
  certificate: [
    'tls',
    21,
    'the certificate is signed by an unknown authority',
    'Compare the fingerprint with: pvenode cert info. Then trust it, or give the cluster’s own authority.',
  ],
  expired: [
    'tls',
    22,
    'the certificate has expired on 3 February 2026',
    'Renew it on the node with: pvecm updatecerts --force. Or trust this one by its fingerprint.',
  ],
  name: [
    'tls',
    19,
    'the certificate is for pve-old.example.net, not for pve.fra.example.net',
    'Enter the name that the certificate has, or trust it by its fingerprint.',
  ],
  changed: [
    'tls',
    20,
    'the server shows another certificate than the one that is trusted',
    'If it was renewed, compare the new fingerprint and trust it. If not, somebody may sit in between.',
  ],
  silent: [
    'api',
    10_000,
    'no answer within 10 s',
    'The host is overloaded or hangs. Check: systemctl status pveproxy pvedaemon',
  ],
  html: [
    'api',
    35,
    'answered with a web page (text/html) instead of data',
    'This is not Proxmox VE, or a proxy in front of it shows a page of its own. Check host and port.',
  ],
  token: [
    'api',
    44,
    'the token was refused (401)',
    'The token may have been deleted or has expired. Look with: pveum user token list nexus@pve',
  ],
  nothing: [
    'permissions',
    38,
    'the token may do nothing',
    'The token has privilege separation and no rights of its own. Run the commands below.',
  ],
}

/** @param {Partial<Certificate>} values @returns {Certificate} */
const makeCertificate = values => ({
  fingerprint: FINGERPRINT,
  subject: 'pve.fra.example.net',
  issuer: 'Proxmox Virtual Environment, 4c2f1a90-7d3e-4b1f, PVE Cluster Manager CA',
  not_before: '2026-01-10T00:00:00Z',
  not_after: '2028-01-10T00:00:00Z',
  trusted: false,
  expected_fingerprint: null,
  changed: false,
  ...values,
})

/** @type {Record<string, Partial<Certificate>>} */
const CERTIFICATES = {
  certificate: {},
  expired: { not_before: '2024-02-03T00:00:00Z', not_after: '2026-02-03T00:00:00Z' },
  name: { subject: 'pve-old.example.net' },
  changed: { expected_fingerprint: OLD, changed: true },
}

/** @type {Doctor['commands']} */
const ALL_COMMANDS = [
  {
    purpose: 'create_role',
    command:
      'pveum role add Nexus --privs "VM.Audit,VM.Console,VM.PowerMgmt,VM.Snapshot,VM.Snapshot.Rollback,Sys.Audit,Datastore.Audit,Pool.Audit"',
  },
  { purpose: 'create_user', command: 'pveum user add nexus@pve --comment "Nexus"' },
  { purpose: 'grant_user', command: 'pveum acl modify / --users nexus@pve --roles Nexus' },
  { purpose: 'create_token', command: 'pveum user token add nexus@pve broker --privsep 1' },
  { purpose: 'grant_token', command: "pveum acl modify / --tokens 'nexus@pve!broker' --roles Nexus" },
]

/** @type {Doctor['features']} */
const FEATURES = [
  { feature: 'see_guests', missing: [] },
  { feature: 'power', missing: [] },
  { feature: 'console', missing: [] },
  { feature: 'snapshots', missing: [] },
  { feature: 'node_numbers', missing: [] },
  { feature: 'tasks', missing: [] },
  { feature: 'backups', missing: [] },
]

/** @type {Record<string, Doctor>} */
const DOCTORS = {
  healthy: { features: FEATURES, commands: [], warnings: [] },
  ok: {
    features: FEATURES.map(one =>
      one.feature === 'snapshots' ? { ...one, missing: ['VM.Snapshot', 'VM.Snapshot.Rollback'] } : one,
    ),
    commands: [
      {
        purpose: 'modify_role',
        command: 'pveum role modify Nexus --append 1 --privs "VM.Snapshot,VM.Snapshot.Rollback"',
      },
    ],
    warnings: [
      {
        code: 'console_needs_update',
        detail: 'pve-manager 8.3.5 on node fra-3',
        remedy: 'Text consoles of containers need 8.4 or newer on this node.',
      },
    ],
  },
  root: {
    features: FEATURES,
    commands: ALL_COMMANDS,
    warnings: [
      {
        code: 'root_token',
        detail: 'root@pam!test may do everything on this cluster',
        remedy: 'Use a token of a user of its own.',
      },
      { code: 'not_separated', detail: 'the token has all rights of its user', remedy: null },
      { code: 'token_expires_soon', detail: 'in 9 days', remedy: null },
      { code: 'clock_skew', detail: 'the clock of fra-1 is 14 minutes behind', remedy: 'chronyc tracking' },
    ],
  },
  nothing: {
    features: FEATURES.map(({ feature }) => ({
      feature,
      missing:
        {
          see_guests: ['VM.Audit'],
          power: ['VM.PowerMgmt'],
          console: ['VM.Console'],
          snapshots: ['VM.Snapshot', 'VM.Snapshot.Rollback'],
          node_numbers: ['Sys.Audit'],
          tasks: ['Sys.Audit'],
          node_shell: ['Sys.Console'],
          backups: ['Datastore.Audit', 'VM.Backup'],
        }[feature] ?? [],
    })),
    commands: ALL_COMMANDS,
    warnings: [],
  },
}

/** The stages up to the one that failed. @param {string} kind @param {number} slow @returns {TestStage[]} */
function stagesOf(kind, slow) {
  const failure = FAILURES[kind]
  const passed = [
    [3.1, '192.0.2.10'],
    [12.4, '192.0.2.10:8006'],
    [22, 'TLS 1.3'],
    [41, 'Proxmox VE 9.2.1'],
    [38, 'nexus@pve!broker'],
  ]
  const end = failure ? ORDER.indexOf(failure[0]) : ORDER.length
  return ORDER.map((stage, index) => {
    const [time = 0, detail = ''] = passed[index] ?? []
    if (failure && index === end)
      return { stage, ok: false, skipped: false, milliseconds: failure[1], detail: failure[2], remedy: failure[3] }
    if (index > end) return { stage, ok: false, skipped: true, milliseconds: null, detail: '', remedy: null }
    return { stage, ok: true, skipped: false, milliseconds: Number(time) * slow, detail: String(detail), remedy: null }
  })
}

/** @param {string} kind one of FAILURES or DOCTORS @param {TestReport['way']} [way] @returns {TestReport} */
function makeReport(kind, way = 'direct') {
  const stages = stagesOf(kind, way === 'direct' ? 1 : 3.4)
  const passed = stages.filter(stage => stage.ok).length
  const certificate = CERTIFICATES[kind]
  return {
    ok: passed === ORDER.length,
    way,
    attempts: kind === 'refused' || kind === 'timeout' ? 2 : 1,
    stages,
    address: passed > 0 ? (way === 'direct' ? '192.0.2.10:8006' : '100.101.2.3:8006') : null,
    certificate: certificate ? makeCertificate(certificate) : passed > 2 ? makeCertificate({ trusted: true }) : null,
    version: passed > 3 ? '9.2.1' : null,
    nodes: passed > 3 ? 3 : null,
    recommended_timeout_seconds: passed > 3 ? (way === 'direct' ? 2 : 6) : null,
    doctor: passed > 3 ? (DOCTORS[kind] ?? DOCTORS.ok ?? null) : null,
  }
}

/** A test of one way or both. @param {string} kind @param {boolean} direct @param {boolean} tailscale @returns {ServerTest} */
export function makeTest(kind, direct, tailscale) {
  const reports = []
  if (direct) reports.push(makeReport(kind))
  if (tailscale) reports.push(makeReport(kind === 'refused' ? 'healthy' : kind, 'tailscale'))
  return { ok: reports.some(report => report.ok), reports }
}

export const KINDS = [...Object.keys(FAILURES), ...Object.keys(DOCTORS)]
