import type { Ledger } from '@veramo-studio/ledger'
import { randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { allowanceAccount, OUTSIDE_PLAN, unitAsset, usedAccount } from './account-codes.js'
import { billingManagerErrors } from './errors.js'
import { foreseeAllowance, type AllowanceQuestion, type ForeseenAllowance } from './foresee-allowance.js'
import {
  insertAllowance,
  lockAllowance,
  updateAllowance,
  type Allowance,
  type AllowanceReference,
} from './typeorm/allowance-store.js'

const TRANSFER_ID_LENGTH = 24

/** A period's row, which this write keeps others from. */
export interface OpenedAllowance {
  question: AllowanceQuestion
  before: Allowance
  isNew: boolean
}

/**
 * Opens the row of a period, which is the first to do for all limits of a call: then the ledger is moved, and whoever
 * waits for its turn there keeps no row that others wait for. Of several processes that begin a period at once, one makes
 * its row.
 */
export async function openAllowance(manager: EntityManager, question: AllowanceQuestion): Promise<OpenedAllowance> {
  const reference = referenceOf(question)
  const known = await lockAllowance(manager, reference)
  if (known !== undefined) return { question, before: known, isNew: false }
  if (await insertAllowance(manager, reference)) return { question, before: NOTHING, isNew: true }
  const made = await lockAllowance(manager, reference)
  if (made === undefined) throw billingManagerErrors.books_broken(`an allowance of ${reference.tenantId} vanished`)
  return { question, before: made, isNew: false }
}

const NOTHING: Allowance = { granted: 0n, rolledOver: 0n }

function referenceOf({ tenantId, window }: AllowanceQuestion): AllowanceReference {
  return { tenantId, meter: window.meter, periodStart: window.periodStart }
}

/**
 * Brings what the plan has given for a period to its limit, and returns what it has given then: more than the limit
 * where units are used or held already that a smaller plan would not give.
 */
export async function adjustAllowance(
  ledger: Ledger,
  manager: EntityManager,
  { question, before, isNew }: OpenedAllowance,
): Promise<Allowance> {
  const reference = referenceOf(question)
  const { granted, rolledOver } = isNew ? await begin(ledger, manager, question) : before
  const target = BigInt(question.window.limit.limit) + rolledOver
  const taken = target < granted ? await takeUnits(ledger, manager, { ...reference, units: granted - target }) : 0n
  if (target > granted) await giveUnits(ledger, manager, { ...reference, units: target - granted })
  const adjusted = { granted: target > granted ? target : granted - taken, rolledOver }
  await updateAllowance(manager, reference, adjusted)
  return adjusted
}

async function begin(ledger: Ledger, manager: EntityManager, question: AllowanceQuestion): Promise<Allowance> {
  const reference = referenceOf(question)
  const foreseen = await foreseeAllowance(ledger, manager, question)
  if (foreseen.countedBefore > 0n) await countUsed(ledger, manager, { ...reference, units: foreseen.countedBefore })
  const rolledOver = await rollOver(ledger, manager, { reference, foreseen })
  return { granted: foreseen.usedBefore + rolledOver, rolledOver }
}

/** Moves what is left of the period before into this one, and adds what the unused periods between have left. */
async function rollOver(
  ledger: Ledger,
  manager: EntityManager,
  { reference, foreseen }: { reference: AllowanceReference; foreseen: ForeseenAllowance },
): Promise<bigint> {
  const { before, fromBefore, rolledOver } = foreseen
  if (rolledOver === 0n) return 0n
  const moved = before === null || fromBefore === 0n ? 0n : await moveUnits(ledger, manager, { reference, foreseen })
  const added = rolledOver - fromBefore
  if (added > 0n) await giveUnits(ledger, manager, { ...reference, units: added })
  return moved + added
}

async function moveUnits(
  ledger: Ledger,
  manager: EntityManager,
  { reference, foreseen }: { reference: AllowanceReference; foreseen: ForeseenAllowance },
): Promise<bigint> {
  const from = allowanceAccount({ ...reference, periodStart: foreseen.before ?? '' })
  const way = { from, to: allowanceAccount(reference) }
  return moveUpTo(ledger, manager, { ...reference, units: foreseen.fromBefore, way })
}

type Units = AllowanceReference & { units: bigint }

async function giveUnits(ledger: Ledger, manager: EntityManager, units: Units): Promise<void> {
  await ledger.post(manager, posting(units, { from: OUTSIDE_PLAN, to: allowanceAccount(units) }))
}

async function countUsed(ledger: Ledger, manager: EntityManager, units: Units): Promise<void> {
  await ledger.post(manager, posting(units, { from: OUTSIDE_PLAN, to: usedAccount(units) }))
}

/** Takes what is left of the units, and says how many those were. */
async function takeUnits(ledger: Ledger, manager: EntityManager, units: Units): Promise<bigint> {
  return moveUpTo(ledger, manager, { ...units, way: { from: allowanceAccount(units), to: OUTSIDE_PLAN } })
}

interface Way {
  from: string
  to: string
}

async function moveUpTo(
  ledger: Ledger,
  manager: EntityManager,
  { way, ...units }: Units & { way: Way },
): Promise<bigint> {
  const result = await ledger.post(manager, posting(units, way))
  if (result.outcome === 'posted') return units.units
  const { available } = result
  // The ledger has given this write its turn: nobody else draws in between.
  if (available > 0n) await ledger.post(manager, posting({ ...units, units: available }, way))
  return available
}

function posting({ tenantId, meter, periodStart, units }: Units, way: Way) {
  return {
    tenantId,
    transferId: randomString(TRANSFER_ID_LENGTH),
    legs: [{ ...way, asset: unitAsset(meter), amount: units }],
    metadata: { for: 'allowance', meter, periodStart },
  }
}
