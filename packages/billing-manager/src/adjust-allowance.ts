import type { Ledger } from '@veramo-studio/ledger'
import { randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { allowanceAccount, OUTSIDE_PLAN, unitAsset } from './account-codes.js'
import { billingManagerErrors } from './errors.js'
import { insertAllowance, lockGranted, updateGranted, type AllowanceReference } from './typeorm/allowance-store.js'

const TRANSFER_ID_LENGTH = 24

/**
 * Brings what the plan has given for a period to its limit, and returns what it has given then: more than the limit
 * where units are used or held already that a smaller plan would not give.
 */
export async function adjustAllowance(
  ledger: Ledger,
  manager: EntityManager,
  { limit, ...reference }: AllowanceReference & { limit: bigint },
): Promise<bigint> {
  const granted = await grantedSoFar(manager, reference)
  const taken = limit < granted ? await takeUnits(ledger, manager, { ...reference, units: granted - limit }) : 0n
  if (limit > granted) await giveUnits(ledger, manager, { ...reference, units: limit - granted })
  const adjusted = limit > granted ? limit : granted - taken
  if (adjusted !== granted) await updateGranted(manager, reference, adjusted)
  return adjusted
}

/** Of several processes that begin a period at once, one makes its row. */
async function grantedSoFar(manager: EntityManager, reference: AllowanceReference): Promise<bigint> {
  const known = await lockGranted(manager, reference)
  if (known !== undefined) return known
  if (await insertAllowance(manager, reference, 0n)) return 0n
  const made = await lockGranted(manager, reference)
  if (made === undefined) throw billingManagerErrors.books_broken(`an allowance of ${reference.tenantId} vanished`)
  return made
}

type Units = AllowanceReference & { units: bigint }

async function giveUnits(ledger: Ledger, manager: EntityManager, units: Units): Promise<void> {
  await ledger.post(manager, posting(units, { from: OUTSIDE_PLAN, to: allowanceAccount(units) }))
}

/** Takes what is left of the units, and says how many those were. */
async function takeUnits(ledger: Ledger, manager: EntityManager, units: Units): Promise<bigint> {
  const way = { from: allowanceAccount(units), to: OUTSIDE_PLAN }
  const result = await ledger.post(manager, posting(units, way))
  if (result.outcome === 'posted') return units.units
  const { available } = result
  // The ledger has given this write its turn: nobody else draws in between.
  if (available > 0n) await ledger.post(manager, posting({ ...units, units: available }, way))
  return available
}

function posting({ tenantId, meter, periodStart, units }: Units, way: { from: string; to: string }) {
  return {
    tenantId,
    transferId: randomString(TRANSFER_ID_LENGTH),
    legs: [{ ...way, asset: unitAsset(meter), amount: units }],
    metadata: { for: 'allowance', meter, periodStart },
  }
}
