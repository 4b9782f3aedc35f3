// A program under test: started, watched, and stopped by its process id, whatever happens to the test.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const running = new Set<ChildProcess>()

// A worker that ends without its teardown still takes its programs along.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The path of a binary of the development build. */
function binary(name: string): string {
  const target = process.env.CARGO_TARGET_DIR
  const file = path.join(target ? path.resolve(root, target) : path.join(root, 'target'), 'debug', name)
  if (!existsSync(file)) throw new Error(`${file} is missing: run cargo build --workspace --bins`)
  return file
}

export class Program {
  readonly name: string
  /** Everything that it wrote, both streams. */
  output = ''
  private readonly child: ChildProcess
  private readonly ended: Promise<void>

  constructor(name: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    this.name = name
    this.child = spawn(binary(name), args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(this.child)
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.output += bytes.toString()
      })
    }
    this.ended = new Promise(resolve => {
      this.child.once('exit', () => {
        running.delete(this.child)
        resolve()
      })
      this.child.once('error', () => {
        running.delete(this.child)
        resolve()
      })
    })
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** Waits for a file that the program writes once it is ready, and returns its text. */
  async file(file: string): Promise<string> {
    return await this.until(`${this.name} to write ${path.basename(file)}`, () => {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
      return text.trim() === '' ? undefined : text
    })
  }

  /** Waits until `look` finds something. Fails when the program ends before, or after half a minute. */
  async until<T>(what: string, look: () => T | undefined): Promise<T> {
    const deadline = Date.now() + 30_000
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (this.hasEnded) throw new Error(`${this.name} ended while waiting for ${what}:\n${this.output}`)
      if (Date.now() > deadline) throw new Error(`waited too long for ${what}:\n${this.output}`)
      await pause(20)
    }
  }

  /** Waits for its own end, which must be a success. */
  async finished(): Promise<void> {
    await this.ended
    if (this.child.exitCode !== 0) throw new Error(`${this.name} failed:\n${this.output}`)
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }

  /** Asks it to end; kills it after ten seconds. */
  async stop(): Promise<void> {
    if (this.hasEnded) return
    this.child.kill('SIGTERM')
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 10_000)
    await this.ended
    clearTimeout(patience)
  }
}
