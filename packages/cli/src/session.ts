import type { IAgent } from '@veramo/core-types'
import { kitErrors } from '@veramo-studio/plugin-kit'
import { composeForCommand } from './agent-file.js'

/** Calls a method of the agent as the operator's own code, which nothing is asked of and nothing charged for. */
export type Call = <Result>(method: string, args: object) => Promise<Result>

/** What a command works with. */
export interface Session {
  call: Call
  print: Printer
  agentFile: string
  agent: IAgent
}

export interface Printer {
  /** Prints what a method gave: as JSON where that was asked for, else in lines for people. */
  result(result: object, lines: () => string[]): void
  /** Prints a line beside the result, where it does not get into the way of JSON. */
  note(line: string): void
  /** Prints text as it is. */
  text(text: string): void
  /** Shows how far a long run is, where somebody watches; an empty text takes it away. */
  progress(text: string): void
}

/** Runs the work of a command on the agent that the program's options name. */
export type RunCommand = (work: (session: Session) => Promise<void>) => Promise<void>

export interface SessionOptions {
  agentFile: string
  json: boolean
  say: (line: string) => void
  warn: (line: string) => void
  write: (text: string) => void
  progress: (text: string) => void
}

/** Runs a command's work on the agent of the agent file. It may run beside a server of the same file. */
export async function runSession(
  { agentFile, json, say, warn, write, progress }: SessionOptions,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const print: Printer = {
    result: (result, lines) => say(json ? JSON.stringify(result, undefined, 2) : lines().join('\n')),
    note: json ? warn : say,
    text: write,
    progress,
  }
  const { agent, database } = await composeForCommand(agentFile)
  try {
    await work({ call: callOf(agent, agentFile), print, agentFile, agent })
  } finally {
    await database.close()
  }
}

function callOf(agent: IAgent, agentFile: string): Call {
  return async (method, args) => {
    if (!agent.availableMethods().includes(method)) {
      throw kitErrors.setting_invalid(`the agent of ${agentFile} has no plugin with the method ${method}`)
    }
    return agent.execute(method, args)
  }
}
