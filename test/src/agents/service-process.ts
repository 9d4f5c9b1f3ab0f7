import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLI, ROOT } from './environment.js'

const START_LIMIT_MS = 60_000

export interface ExitReport {
  code: number | null
  output: string
  /** What of it went to standard error. */
  errors: string
}

/** The product in a process of its own: the stock Veramo CLI, serving the shipped agent.yml. */
export class ServiceProcess {
  private child: ChildProcess | undefined
  private text = ''
  private errorText = ''

  constructor(
    readonly environment: Record<string, string>,
    /** What serves: `veramo-studio start`, or another program with its arguments. */
    private readonly server: [string, ...string[]] = [CLI, 'start'],
  ) {}

  get baseUrl(): string {
    return `http://127.0.0.1:${this.environment['PORT']}`
  }

  /** All that it has printed. */
  get output(): string {
    return this.text
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('it is not running')
    return this.child.pid
  }

  get operatorToken(): string {
    return readFileSync(join(String(this.environment['DATA_DIR']), 'operator-token'), 'utf8').trim()
  }

  /** Starts and waits until it is ready. */
  async start(): Promise<void> {
    const child = this.launch(this.server)
    const deadline = Date.now() + START_LIMIT_MS
    while (!(await this.isReady())) {
      if (child.exitCode !== null) throw new Error(`it ended at the start: ${this.text}`)
      if (Date.now() > deadline) throw new Error(`it was not ready in time: ${this.text}`)
      await sleep(100)
    }
  }

  /** Runs a command that ends by itself. */
  async run(args: string[]): Promise<ExitReport> {
    const child = this.launch([CLI, ...args])
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, output: this.text, errors: this.errorText }
  }

  async signal(name: NodeJS.Signals): Promise<ExitReport> {
    const { child } = this
    if (child === undefined || child.exitCode !== null) throw new Error('it is not running')
    const closed = once(child, 'close')
    child.kill(name)
    const [code] = (await closed) as [number | null]
    this.child = undefined
    return { code, output: this.text, errors: this.errorText }
  }

  /** Sends a signal that need not end it. */
  send(name: NodeJS.Signals): void {
    if (this.child === undefined || !this.child.kill(name)) throw new Error('it is not running')
  }

  /** Resolves when it has ended by itself, with the signal that did it, where one did. */
  async ended(): Promise<NodeJS.Signals | null> {
    const { child } = this
    if (child === undefined) throw new Error('it is not running')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
    this.child = undefined
    return child.signalCode
  }

  async stop(): Promise<void> {
    const { child } = this
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    // One that stands still would hear of it too late.
    child.kill('SIGCONT')
    await this.signal('SIGTERM')
  }

  private launch(command: string[]): ChildProcess {
    this.text = ''
    this.errorText = ''
    const child = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.text += chunk.toString()))
    }
    child.stderr.on('data', (chunk: Buffer) => (this.errorText += chunk.toString()))
    this.child = child
    return child
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.baseUrl}/readyz`)).ok
    } catch {
      // Nothing listens yet; the caller's deadline bounds the wait.
      return false
    }
  }
}
