// The real server binary, on a port of its own, with data that outlive it when a test kills it.

import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Program } from './program.ts'

export interface Person {
  email: string
  password: string
  role: string
  full_name: string
}

export interface NexusOptions {
  /** Folder for database, keys and the files that the tests read. */
  folder: string
  /** The fleet file of a demo; without it Nexus starts empty. */
  fleet?: string
  /** The origin that browsers use, where it is not the server's own. */
  publicUrl?: string
  /** Settings as environment variables. */
  env?: NodeJS.ProcessEnv
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
    const nexus = new Nexus(options, Nexus.run(options, '127.0.0.1:0'))
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
    this.program = Nexus.run(this.options, this.address)
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

  private static run(options: NexusOptions, listen: string): Program {
    const { folder, fleet, publicUrl, env } = options
    rmSync(path.join(folder, 'address'), { force: true })
    const args = ['--data', path.join(folder, 'data'), 'serve', '--listen', listen]
    args.push('--address-file', path.join(folder, 'address'))
    if (fleet) args.push('--demo', fleet, '--demo-credentials', path.join(folder, 'credentials.json'))
    if (publicUrl) args.push('--public-url', publicUrl)
    return new Program('nexus', args, env)
  }

  private async ready(): Promise<void> {
    const text = (await this.program.file(path.join(this.options.folder, 'address'))).trim()
    this.address = text.replace(/^https?:\/\//, '').replace(/\/$/, '')
  }

  /** The demo's people. */
  people(): Person[] {
    return JSON.parse(readFileSync(path.join(this.options.folder, 'credentials.json'), 'utf8')).users
  }
}
