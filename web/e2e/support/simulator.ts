// The simulated fleet: pve-sim in a process of its own, steered over its control port.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
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

  static async start(folder: string): Promise<Simulator> {
    const fleetFile = path.join(folder, 'fleet.json')
    const program = new Program('pve-sim', ['--demo', '--json', fleetFile, '--control', '127.0.0.1:0'])
    await program.file(fleetFile)
    return new Simulator(program, fleetFile, JSON.parse(readFileSync(fleetFile, 'utf8')))
  }

  ports(): number[] {
    return this.clusters.flatMap(cluster => cluster.nodes.map(node => node.port))
  }

  async stop(): Promise<void> {
    await this.program.stop()
  }

  async get(request: string): Promise<string> {
    const answer = await fetch(this.control + request)
    if (!answer.ok) throw new Error(`control port: ${request}: ${answer.status} ${await answer.text()}`)
    return await answer.text()
  }

  async post(request: string, body: unknown): Promise<void> {
    const answer = await fetch(this.control + request, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`control port: ${request}: ${answer.status} ${await answer.text()}`)
  }

  /** The text on a guest's screen, as the guest itself holds it. */
  async screen(vmid: number): Promise<string> {
    return await this.get(`/console/${vmid}/screen`)
  }

  /** The types of all RFB messages that reached the guest's console, in order. */
  async messages(vmid: number): Promise<number[]> {
    return JSON.parse(await this.get(`/console/${vmid}/messages`))
  }

  /** Every ticket, password and port of consoles that was handed out. */
  async secrets(): Promise<string[]> {
    return JSON.parse(await this.get('/secrets')).secrets
  }

  /** Fails unless a QEMU machine stands behind the guest's console. */
  async expectRealGuest(vmid: number): Promise<void> {
    const guests: { vmid: number; screen: string }[] = JSON.parse(await this.get('/guests'))
    expect(guests.find(guest => guest.vmid === vmid)?.screen, 'a real QEMU guest').toBe('qemu')
  }

  /** All nodes refuse connections until the faults are cleared. */
  async refuseConnections(): Promise<void> {
    await this.post('/fault', { path: '', kind: 'refuse' })
  }

  async clearFaults(): Promise<void> {
    await this.post('/fault', { clear: true })
  }
}
