import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface ChildEnding {
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** What it said on its standard output. The line that a kill cut off is not among them. */
  lines: string[]
}

export interface RunningChild {
  process: ChildProcess
  /** Resolves when it has said something, or has ended without. */
  spoken: Promise<unknown>
  /** Resolves when it is gone and all that it said has been read. */
  ended: Promise<ChildEnding>
}

/** Runs a script in a process of its own, with one JSON argument. */
export function spawnChild(script: URL, argument: object): RunningChild {
  const child = fork(fileURLToPath(script), [JSON.stringify(argument)], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  if (child.stdout === null) throw new Error('the child has no standard output')
  const output = text(child.stdout)
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  const ended = closed.then(async ([exitCode, signal]) => ({
    exitCode,
    signal,
    lines: (await output).split('\n').slice(0, -1),
  }))
  return { process: child, spoken: Promise.race([once(child.stdout, 'data'), ended]), ended }
}
