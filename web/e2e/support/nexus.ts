// The real server binary, on a port of its own, with data that outlive it when a test kills it.

import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Program } from './program.ts'

export interface Person {
  email: string
  password: string
  role: 'admin' | 'manager' | 'viewer'
}

/** What the demo says of itself for tests. */
interface Credentials {
  users: Person[]
  /** What the viewer may: `console,power` on a running guest, `watch` on another, `console,power` on a stopped one. */
  assigned: { server: string; type: 'qemu' | 'lxc'; vmid: number; permissions: string }[]
}

export interface NexusOptions {
  /** Folder for database, keys and the files that the tests read. */
  folder: string
  /** The fleet file of a demo; without it Nexus starts empty. */
  fleet?: string
  /** The ports of the simulator, which the address guard must let through. */
  ports: number[]
  /** The origin that browsers use, where it is not the server's own. */
  publicUrl?: string
  /** The port that it listens on; any free one unless set. */
  port?: number
  /** Settings beside the usual ones, as the environment gives them. */
  settings?: Record<string, string>
}

export class Nexus {
  /** Where it listens, such as `127.0.0.1:41234`; the same after a restart. */
  address = ''
  program: Program
  private readonly options: NexusOptions

  private constructor(options: NexusOptions, program: Program) {
    this.options = options
    this.program = program
  }

  static async start(options: NexusOptions): Promise<Nexus> {
    const nexus = new Nexus(options, Nexus.run(options, `127.0.0.1:${options.port ?? 0}`, true))
    await nexus.ready()
    return nexus
  }

  get origin(): string {
    return this.options.publicUrl ?? `http://${this.address}`
  }

  get host(): string {
    return this.address.slice(0, this.address.lastIndexOf(':'))
  }

  get port(): number {
    return Number(this.address.slice(this.address.lastIndexOf(':') + 1))
  }

  /** Starts it again on the same address and the same data. */
  async restart(): Promise<void> {
    this.program = Nexus.run(this.options, this.address, false)
    await this.ready()
  }

  async kill(): Promise<void> {
    await this.program.kill()
  }

  async stop(): Promise<void> {
    await this.program.stop()
  }

  /** The one-time set-up link that it printed. */
  async setUpLink(): Promise<string> {
    return await this.program.until('a set-up link', () => /https?:\/\/\S+\/set-up#\S+/.exec(this.program.output)?.[0])
  }

  /** Runs another command of the binary on the same data, as an operator would, and waits for its end. */
  async command(...args: string[]): Promise<string> {
    const program = new Program('nexus', ['--data', this.data(), ...args])
    await program.finished()
    return program.output
  }

  private data(): string {
    return path.join(this.options.folder, 'data')
  }

  private static run(options: NexusOptions, listen: string, first: boolean): Program {
    const { folder, fleet, ports, publicUrl, settings } = options
    rmSync(path.join(folder, 'address'), { force: true })
    const args = ['--data', path.join(folder, 'data'), 'serve', '--listen', listen]
    args.push('--address-file', path.join(folder, 'address'))
    // The demo fills an empty data folder; later starts find it filled.
    if (fleet && first) args.push('--demo', fleet, '--demo-credentials', path.join(folder, 'credentials.json'))
    if (publicUrl) args.push('--public-url', publicUrl)
    return new Program('nexus', args, { NEXUS_PVE_ALLOW_LOOPBACK: 'true', NEXUS_PVE_PORTS: ports.join(','), ...settings })
  }

  private async ready(): Promise<void> {
    const text = (await this.program.file(path.join(this.options.folder, 'address'))).trim()
    this.address = text.replace(/^https?:\/\//, '').replace(/\/$/, '')
  }

  /** The demo's people and what the viewer may. */
  credentials(): Credentials {
    return JSON.parse(readFileSync(path.join(this.options.folder, 'credentials.json'), 'utf8'))
  }
}
