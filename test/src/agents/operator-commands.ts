import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from '@jest/globals'
import { CLI, ROOT } from './environment.js'

/** What a command has left behind. */
export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs commands of `veramo-studio` as a person at a terminal does. */
export class Operator {
  constructor(readonly environment: Record<string, string>) {}

  /** Runs a command to its end. */
  async run(...args: string[]): Promise<Ended> {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout, stderr }
  }

  /** The lines that a command prints for people. */
  async lines(...args: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await this.run(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.trimEnd().split('\n')
  }

  async json<Result>(...args: string[]): Promise<Result> {
    const { code, stdout } = await this.run('--json', ...args)
    expect(code).toBe(0)
    return JSON.parse(stdout) as Result
  }

  /** The one line that a command fails with. */
  async refusal(...args: string[]): Promise<string> {
    const { code, stderr } = await this.run(...args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^[^\n]+\n$/)
    return stderr.trimEnd()
  }
}

/** The values of a record, by their names. */
export function recordOf(lines: readonly string[]): Record<string, string> {
  const members = lines.map((line) => line.split(/ {2,}/)).filter(({ length }) => length === 2)
  return Object.fromEntries(members as [string, string][])
}

/** The cells of a table's rows, without its titles. */
export function rowsOf(lines: readonly string[]): string[][] {
  return lines.slice(1).map((line) => line.trim().split(/ {2,}/))
}
