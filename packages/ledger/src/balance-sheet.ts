import { MAX_INT64, MIN_INT64 } from './amount.js'
import type { AccountBalance } from './entry.js'
import type { Movement } from './movements.js'
import { OUTSIDE_PREFIX } from './transfer.js'

/** A movement with the balances that it leaves. */
export interface Step {
  movement: Movement
  fromBalance: bigint
  toBalance: bigint
}

export type Applied =
  | { outcome: 'applied'; steps: Step[] }
  | { outcome: 'insufficient'; legIndex: number; available: bigint }
  | { outcome: 'overflow'; legIndex: number; code: string }

/** Names an account of a tenant in one text: neither a code nor an asset has a control character. */
export function accountKey(code: string, asset: string): string {
  return `${code}\n${asset}`
}

/** The balances of some accounts of one tenant. An account that is not on it has 0. */
export class BalanceSheet {
  private readonly balances = new Map<string, AccountBalance>()

  constructor(accounts: readonly AccountBalance[] = []) {
    this.learn(accounts)
  }

  learn(accounts: readonly AccountBalance[]): void {
    for (const account of accounts) this.set(account)
  }

  get(code: string, asset: string): bigint {
    return this.balances.get(accountKey(code, asset))?.balance ?? 0n
  }

  has(code: string, asset: string): boolean {
    return this.balances.has(accountKey(code, asset))
  }

  accounts(): AccountBalance[] {
    return [...this.balances.values()]
  }

  /** Applies movements in their order, all or none of them. */
  apply(movements: readonly Movement[]): Applied {
    const draft = new BalanceSheet()
    const balanceOf = (code: string, asset: string) =>
      draft.has(code, asset) ? draft.get(code, asset) : this.get(code, asset)
    const steps: Step[] = []
    for (const movement of movements) {
      const { legIndex, from, to, asset, amount } = movement
      const available = balanceOf(from, asset)
      const fromBalance = available - amount
      const toBalance = balanceOf(to, asset) + amount
      if (fromBalance < 0n && !from.startsWith(OUTSIDE_PREFIX)) return { outcome: 'insufficient', legIndex, available }
      if (fromBalance < MIN_INT64) return { outcome: 'overflow', legIndex, code: from }
      if (toBalance > MAX_INT64) return { outcome: 'overflow', legIndex, code: to }
      draft.set({ code: from, asset, balance: fromBalance })
      draft.set({ code: to, asset, balance: toBalance })
      steps.push({ movement, fromBalance, toBalance })
    }
    this.learn(draft.accounts())
    return { outcome: 'applied', steps }
  }

  private set(account: AccountBalance): void {
    this.balances.set(accountKey(account.code, account.asset), account)
  }
}
