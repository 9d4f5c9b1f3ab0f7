import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IAgentPlugin, IPluginMethodMap } from '@veramo/core-types'
import type { MarkedTransaction, ReservationOutcomes, TransactionOutcome } from '@veramo-studio/billing-manager'
import { markBroadcast } from '@veramo-studio/plugin-kit'

/** A chain in a directory: both its plugin, and what tells the outcomes of its transactions. It begins stalled. */
export class PretendedChain implements IAgentPlugin, ReservationOutcomes {
  readonly methods: IPluginMethodMap = {
    writeToChain: ({ network = 'testnet' }: { network?: string }) => this.write(network),
  }

  constructor(private readonly directory: string) {}

  async outcomeOf({ txHash }: MarkedTransaction): Promise<TransactionOutcome> {
    const file = fileOf(this.directory, txHash)
    writeFileSync(join(this.directory, `${txHash}.asked`), '')
    return existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as TransactionOutcome)
      : { outcome: 'unknown', reason: 'not found' }
  }

  /** Sends one transaction, and waits for its block. */
  private async write(network: string): Promise<{ did: string }> {
    const txHash = randomBytes(32).toString('hex').toUpperCase()
    const marked = { network, sender: 'cheqd1x', sequence: '1', timeoutHeight: '9', txBytes: '' }
    await markBroadcast({ ...marked, txHash })
    writeFileSync(join(this.directory, `${txHash}.sent`), '')
    while (!existsSync(join(this.directory, GOES_ON))) await sleep(20)
    return { did: didOf(txHash) }
  }
}

const GOES_ON = 'goes-on'

/** What a transaction makes. */
export function didOf(txHash: string): string {
  return `did:cheqd:testnet:${txHash}`
}

export function wasSent(directory: string, txHash: string): boolean {
  return existsSync(join(directory, `${txHash}.sent`))
}

/** Whether anybody wanted to know what became of it. */
export function wasAskedFor(directory: string, txHash: string): boolean {
  return existsSync(join(directory, `${txHash}.asked`))
}

/** From now on its outcome is known. */
export function decide(directory: string, txHash: string, outcome: TransactionOutcome): void {
  writeFileSync(fileOf(directory, txHash), JSON.stringify(outcome))
}

/** Blocks are made from now on, or no more. */
export function letChain(directory: string, state: 'go on' | 'stall'): void {
  const file = join(directory, GOES_ON)
  if (state === 'go on') writeFileSync(file, '')
  else rmSync(file, { force: true })
}

function fileOf(directory: string, txHash: string): string {
  return join(directory, `${txHash}.json`)
}
