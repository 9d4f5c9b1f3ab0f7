import type { LedgerLeg, TransferState } from '../index.js'

export interface ModelTransfer {
  transferId: string
  kind: 'post' | 'hold'
  state: TransferState
  legs: LedgerLeg[]
  expiresAtMs: number | null
}

const MAX = 2n ** 63n - 1n
const isOutside = (code: string) => code.startsWith('outside:')

/** What a ledger is to do for one tenant, said as plainly as can be: a map of balances and a list of transfers. */
export class LedgerModel {
  balances = new Map<string, bigint>()
  readonly transfers: ModelTransfer[] = []
  entries = 0

  balance(code: string, asset: string): bigint {
    return this.balances.get(`${code} ${asset}`) ?? 0n
  }

  start(transfer: Omit<ModelTransfer, 'state'>): string {
    const { kind, legs } = transfer
    const outcome = this.atomically(() => {
      for (const { from, to, asset, amount } of legs) this.move(from, kind === 'hold' ? 'held' : to, { asset, amount })
    })
    if (outcome !== 'done') return outcome
    this.transfers.push({ ...transfer, state: kind === 'hold' ? 'pending' : 'posted' })
    return kind === 'hold' ? 'held' : 'posted'
  }

  end(transfer: ModelTransfer, state: 'settled' | 'voided' | 'expired', amounts: bigint[]): string {
    if (transfer.state !== 'pending') return 'not_pending'
    const outcome = this.atomically(() => {
      transfer.legs.forEach(({ from, to, asset, amount }, index) => {
        const settled = state === 'settled' ? amounts[index]! : 0n
        this.move('held', to, { asset, amount: settled })
        this.move('held', from, { asset, amount: amount - settled })
      })
    })
    if (outcome !== 'done') return outcome
    transfer.state = state
    return state
  }

  reschedule(transfer: ModelTransfer, expiresAtMs: number | null): string {
    if (transfer.state !== 'pending') return 'not_pending'
    transfer.expiresAtMs = expiresAtMs
    return 'rescheduled'
  }

  /** Balances as they are now, to be compared with what the ledger says of this time later. */
  snapshot(): ReadonlyMap<string, bigint> {
    return new Map(this.balances)
  }

  private move(from: string, to: string, { asset, amount }: { asset: string; amount: bigint }): void {
    if (amount === 0n) return
    this.balances.set(`${from} ${asset}`, this.balance(from, asset) - amount)
    this.balances.set(`${to} ${asset}`, this.balance(to, asset) + amount)
    this.entries += 1
    if (this.balance(from, asset) < 0n && !isOutside(from)) throw new Refusal('insufficient')
    if (this.balance(from, asset) < -MAX - 1n || this.balance(to, asset) > MAX) throw new Refusal('balance_overflow')
  }

  private atomically(work: () => void): string {
    const before = { balances: new Map(this.balances), entries: this.entries }
    try {
      work()
      return 'done'
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      Object.assign(this, before)
      return error.message
    }
  }
}

class Refusal extends Error {}
