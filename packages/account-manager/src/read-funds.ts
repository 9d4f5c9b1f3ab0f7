import { HELD, type AccountBalance, type Ledger, type LedgerLeg, type TransferReference } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { MONEY_ACCOUNTS, moneyAsset, NETWORKS } from './money-account.js'

export interface Funds {
  /** Of the customer's purses, and of what is held in each asset. */
  accounts: AccountBalance[]
  /** What its pending transfers have set aside, of money and of all else. */
  pendingLegs: LedgerLeg[]
}

const MAX_READS = 5
const PENDING_PAGE = 1000
const NAMED = [
  ...MONEY_ACCOUNTS.map(({ code, asset }) => ({ code, asset })),
  ...NETWORKS.map((network) => ({ code: HELD, asset: moneyAsset(network) })),
]

/**
 * Reads balances and pending transfers as of one instant: again where something was posted between the first and the
 * last statement. A customer that is never quiet gets what the last try has read.
 */
export async function readFunds(ledger: Ledger, manager: EntityManager, tenantId: string): Promise<Funds> {
  for (let reads = 1; ; reads += 1) {
    const before = await ledger.head(manager, tenantId)
    const accounts = await ledger.balances(manager, tenantId, NAMED)
    if (!accounts.some(({ code, balance }) => code === HELD && balance > 0n)) return { accounts, pendingLegs: [] }
    const pendingLegs = await readPendingLegs(ledger, manager, tenantId)
    const after = await ledger.head(manager, tenantId)
    if (after.seq === before.seq || reads === MAX_READS) return { accounts, pendingLegs }
  }
}

async function readPendingLegs(ledger: Ledger, manager: EntityManager, tenantId: string): Promise<LedgerLeg[]> {
  const legs: LedgerLeg[] = []
  let after: TransferReference | undefined
  do {
    const page = await ledger.listPending(manager, { tenantId, limit: PENDING_PAGE, ...(after && { after }) })
    for (const reference of page) {
      const transfer = await ledger.getTransfer(manager, reference)
      // It may have ended since it was listed.
      if (transfer?.state === 'pending') legs.push(...transfer.legs)
    }
    after = page.length < PENDING_PAGE ? undefined : page.at(-1)
  } while (after !== undefined)
  return legs
}
