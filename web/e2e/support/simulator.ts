// The simulated fleet: pve-sim in a process of its own, steered over its control port.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Program } from './program.ts'

export interface FleetNode {
  name: string
  host: string
  port: number
  fingerprint: string
}

export interface Cluster {
  name: string
  version: string
  nodes: FleetNode[]
  token: string
}

interface Fleet {
  clusters: Cluster[]
  control: string
}

export class Simulator {
  readonly fleetFile: string
  readonly clusters: Cluster[]
  private readonly program: Program
  private readonly control: string

  private constructor(program: Program, fleetFile: string, fleet: Fleet) {
    this.program = program
    this.fleetFile = fleetFile
    this.clusters = fleet.clusters
    this.control = fleet.control.startsWith('http') ? fleet.control : `http://${fleet.control}`
  }

  /** The demo's fleet, or the clusters of a TOML text. */
  static async start(folder: string, clusters?: string): Promise<Simulator> {
    const fleetFile = path.join(folder, 'fleet.json')
    const config = path.join(folder, 'clusters.toml')
    if (clusters) writeFileSync(config, clusters)
    const what = clusters ? ['--config', config] : ['--demo']
    const program = new Program('pve-sim', [...what, '--json', fleetFile, '--control', '127.0.0.1:0'])
    await program.file(fleetFile)
    return new Simulator(program, fleetFile, JSON.parse(readFileSync(fleetFile, 'utf8')))
  }

  ports(): number[] {
    return this.clusters.flatMap(cluster => cluster.nodes.map(node => node.port))
  }

  async stop(): Promise<void> {
    await this.program.stop()
  }

  /** The text on a guest's screen, as the guest itself holds it. */
  async screen(vmid: number): Promise<string> {
    return await this.request('GET', `/console/${vmid}/screen`)
  }

  /** The types of all RFB messages that reached the guest's console since they were last forgotten, in order. */
  async messages(vmid: number): Promise<number[]> {
    const messages: { kind: number }[] = JSON.parse(await this.request('GET', `/console/${vmid}/messages`))
    return messages.map(({ kind }) => kind)
  }

  async forgetMessages(vmid: number): Promise<void> {
    await this.request('DELETE', `/console/${vmid}/messages`)
  }

  /** Every ticket, password and port of consoles that was handed out. */
  async secrets(): Promise<string[]> {
    return JSON.parse(await this.request('GET', '/secrets'))
  }

  /** The number of QEMU machines that the simulator runs, itself or by way of a child. */
  realGuests(): number {
    const processes = new Map<number, { name: string; parent: number }>()
    for (const entry of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      try {
        // `pid (name) state parent …`; the kernel cuts names at 15 characters.
        const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? []
        processes.set(Number(entry), { name, parent: Number(parent) })
      } catch {
        // It ended meanwhile.
      }
    }
    const ours = (pid: number): boolean => pid === this.program.pid || (pid > 1 && ours(processes.get(pid)?.parent ?? 0))
    return [...processes].filter(([pid, { name }]) => name.startsWith('qemu-system') && ours(pid)).length
  }

  /** All nodes refuse connections until the faults are cleared. */
  async refuseConnections(): Promise<void> {
    await this.request('POST', '/fault', { kind: 'refuse' })
  }

  /** What goes wrong with calls whose path begins so, until the faults are cleared. */
  async fault(path: string, kind: string | Record<string, unknown>): Promise<void> {
    await this.request('POST', '/fault', { path, kind })
  }

  /** The node shows another certificate from now on. */
  async renewCertificate(node: string): Promise<void> {
    await this.request('POST', `/node/${node}/certificate`, { same_authority: true })
  }

  /** A guest is started or stopped by somebody else than Nexus. */
  async setGuest(vmid: number, status: 'running' | 'stopped'): Promise<void> {
    await this.request('POST', `/guest/${vmid}/status`, { status })
  }

  /** Something about a guest changes behind Nexus' back: its `status`, `lock`, `node`, or the `manner` in which it obeys. */
  async changeGuest(vmid: number, what: 'lock' | 'manner' | 'node', body: Record<string, unknown>): Promise<void> {
    await this.request('POST', `/guest/${vmid}/${what}`, body)
  }

  async deleteGuest(vmid: number): Promise<void> {
    await this.request('DELETE', `/guest/${vmid}`)
  }

  /** A node is missed by the others and by its clients, or is there again. */
  async outage(node: string, outage: 'refused' | 'hangs' | null): Promise<void> {
    await this.request('POST', `/node/${node}/outage`, { outage })
  }

  async clearFaults(): Promise<void> {
    await this.request('DELETE', '/faults')
  }

  private async request(method: string, path: string, body?: unknown): Promise<string> {
    const init: RequestInit = { method }
    if (body !== undefined) init.body = JSON.stringify(body)
    const answer = await fetch(this.control + path, init)
    if (!answer.ok) throw new Error(`control port: ${method} ${path}: ${answer.status} ${await answer.text()}`)
    return await answer.text()
  }
}
