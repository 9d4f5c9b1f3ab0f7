import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { IAgentPlugin } from '@veramo/core-types'

interface HeardEvent {
  type: string
  data: Record<string, unknown>
}

/** A plugin of a served agent that writes down what it hears, for those outside of its process. */
export class EventJournal implements IAgentPlugin {
  constructor(
    private readonly file: string,
    readonly eventTypes: string[],
  ) {}

  async onEvent({ type, data }: { type: string; data: unknown }): Promise<void> {
    appendFileSync(this.file, `${JSON.stringify({ type, data })}\n`)
  }
}

/** What a journal has in its file, in order. */
export function readJournal(file: string): HeardEvent[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as HeardEvent)
}
