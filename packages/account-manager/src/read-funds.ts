import { HELD, type AccountBalance, type Ledger, type LedgerLeg, type TransferReference } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { isMoneyAsset } from './money-account.js'

export interface Funds {
  /** Balances of all accounts of a customer. */
  accounts: AccountBalance[]
  /** What its pending transfers have set aside, of money and of all else. */
  pendingLegs: LedgerLeg[]
}

const MAX_READS = 5
const PENDING_PAGE = 1000

/**
 * Reads balances and pending transfers as of one instant: again where something was posted between the first and the
 * last statement. A customer that is never quiet gets what the last try has read.
 */
export async function readFunds(ledger: Ledger, manager: EntityManager, tenantId: string): Promise<Funds> {
  for (let reads = 1; ; reads += 1) {
    const before = await ledger.head(manager, tenantId)
    const accounts = await ledger.balances(manager, tenantId)
    if (!accounts.some(holdsMoney)) return { accounts, pendingLegs: [] }
    const pendingLegs = await readPendingLegs(ledger, manager, tenantId)
    const after = await ledger.head(manager, tenantId)
    if (after.seq === before.seq || reads === MAX_READS) return { accounts, pendingLegs }
  }
}

function holdsMoney({ code, asset, balance }: AccountBalance): boolean {
  return code === HELD && balance > 0n && isMoneyAsset(asset)
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
