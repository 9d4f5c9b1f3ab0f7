import type { ChainTransaction } from '@veramo-studio/plugin-kit'
import type { MarkedTransaction, ReservationOutcomes, TransactionOutcome } from '../index.js'

export const FEE = { denom: 'ncheq', amount: '5000000' } as const

/** What a node says of a transaction, by its hash; each time the next, and then always the last. */
type Script = (TransactionOutcome | Error)[]

/** A chain whose answers are set down beforehand. It knows nothing of other transactions. */
export class ScriptedChain implements ReservationOutcomes {
  readonly asked: MarkedTransaction[] = []
  private readonly scripts = new Map<string, Script>()

  answer(txHash: string, ...script: Script): void {
    this.scripts.set(txHash, script)
  }

  async outcomeOf(transaction: MarkedTransaction): Promise<TransactionOutcome> {
    this.asked.push(transaction)
    const script = this.scripts.get(transaction.txHash) ?? []
    const next = script.length > 1 ? script.shift() : script[0]
    if (next instanceof Error) throw next
    return next ?? { outcome: 'unknown', reason: 'not found' }
  }
}

export function transaction(txHash: string, more: Partial<ChainTransaction> = {}): ChainTransaction {
  return {
    network: 'testnet',
    txHash,
    sender: 'cheqd1sender',
    sequence: '7',
    timeoutHeight: '100',
    txBytes: '',
    ...more,
  }
}
