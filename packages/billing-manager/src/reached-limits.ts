import type { LedgerTransfer, SettleResult } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { unitAsset, usedAccount } from './account-codes.js'
import type { BillingEvent } from './billing-event.js'
import type { BillingDependencies } from './dependencies.js'
import { countedAs } from './limit-window.js'
import { termsOf, type MeterLimit } from './plan.js'
import { readAllowance } from './typeorm/allowance-store.js'
import type { EndedReservation } from './typeorm/reservation-store.js'

type Settled = Extract<SettleResult, { outcome: 'settled' }>

/** Units of a limit that calls have used, before and after one of them. */
export interface Progress {
  before: bigint
  after: bigint
  limit: bigint
}

const THRESHOLDS = [50, 80, 100]
const HUNDRED = 100n

/** The thresholds, in per cent, that were not reached before a call and are after it. Pure. */
export function crossedThresholds({ before, after, limit }: Progress): number[] {
  if (limit <= 0n) return []
  const hasReached = (used: bigint, threshold: number) => used * HUNDRED >= limit * BigInt(threshold)
  return THRESHOLDS.filter((threshold) => !hasReached(before, threshold) && hasReached(after, threshold))
}

/** What a customer is to hear of after a call was paid. Reads nothing that the settlement has not brought, mostly. */
export async function reachedLimits(
  { plans }: Pick<BillingDependencies, 'plans'>,
  manager: EntityManager,
  { ended, settled }: { ended: EndedReservation & { tenantId: string }; settled: Settled },
): Promise<BillingEvent[]> {
  const { tenantId, meter, planId, planVersion } = ended
  const { plan } = await plans.version(manager, planId, planVersion)
  const events: BillingEvent[] = []
  for (const limit of termsOf(plan, meter).limits) {
    const counted = countedAs(meter, limit)
    const progress = progressOf(settled, counted)
    if (progress === undefined) continue
    const { periodStart, before, after } = progress
    const given = await unitsGiven(manager, { tenantId, meter: counted, periodStart, limit })
    for (const threshold of crossedThresholds({ before, after, limit: given })) {
      const counts = { threshold, used: Number(after), limit: Number(given), periodStart }
      events.push({
        type: 'limit.reached',
        onceKey: `limit:${usedAccount({ meter: counted, periodStart })}:${threshold}`,
        data: { customerId: tenantId, meter, per: limit.per, hard: limit.isHard, ...counts },
      })
    }
  }
  return events
}

/** What a settlement has moved to the account that counts the units of a limit. */
function progressOf({ transfer, balances }: Settled, counted: string) {
  const asset = unitAsset(counted)
  const prefix = usedAccount({ meter: counted, periodStart: '' })
  const account = balances.find(({ code, asset: its }) => its === asset && code.startsWith(prefix))
  if (account === undefined) return undefined
  const moved = movedTo(transfer, account.code, asset)
  const { balance } = account
  return { periodStart: account.code.slice(prefix.length), before: balance - moved, after: balance }
}

function movedTo({ legs, settledAmounts }: LedgerTransfer, account: string, itsAsset: string): bigint {
  return legs.reduce(
    (sum, { to, asset, amount }, index) =>
      to === account && asset === itsAsset ? sum + (settledAmounts?.[index] ?? amount) : sum,
    0n,
  )
}

/** Only where units go over from one period into the next the plan does not say how many there are. */
async function unitsGiven(
  manager: EntityManager,
  { limit, ...reference }: { tenantId: string; meter: string; periodStart: string; limit: MeterLimit },
): Promise<bigint> {
  if (limit.rollover === 0) return BigInt(limit.limit)
  return (await readAllowance(manager, reference))?.granted ?? BigInt(limit.limit)
}
