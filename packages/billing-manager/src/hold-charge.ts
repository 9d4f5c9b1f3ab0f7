import type { HoldRequest, Ledger } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { billingManagerErrors } from './errors.js'
import { planLegs, type Charge, type LegPlan } from './plan-legs.js'
import { readFunds } from './read-funds.js'
import { unitsGiven, type LimitState } from './read-limits.js'

/** A charge, and what the hold for it is known by. */
export interface ChargeHold {
  charge: Charge
  tenantId: string
  reservationId: string
  /** Those of the charge, as they stand. */
  limits: readonly LimitState[]
  metadata: HoldRequest['metadata']
  now: Date
}

export type HoldDecision = Extract<LegPlan, { decision: 'covered' }> | Denied
export type Denied = Exclude<LegPlan, { decision: 'covered' }>

const NOTHING = { grants: [], credit: 0n, deposit: 0n }
/** The first attempt that reaches the ledger gets its turn: the next one sees what nobody else can change. */
const ATTEMPTS = 3

/**
 * Decides who pays, and sets it aside in the ledger. The plan pays for most calls: it is asked without reading any
 * balance, since the ledger refuses what is not there.
 */
export async function holdCharge(ledger: Ledger, manager: EntityManager, hold: ChargeHold): Promise<HoldDecision> {
  const { charge, limits, tenantId, now } = hold
  const mayBeGiven = charge.isGiven && limits.every((limit) => unitsGiven(limit) >= charge.units)
  if (mayBeGiven) {
    const plan = planLegs(charge, { ...NOTHING, left: limits.map(() => charge.units) })
    if (plan.decision === 'covered' && (await tryToHold(ledger, manager, { hold, plan }))) return plan
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const plan = planLegs(charge, await readFunds(ledger, manager, { charge, limits, tenantId, now }))
    if (plan.decision !== 'covered' || (await tryToHold(ledger, manager, { hold, plan }))) return plan
  }
  throw billingManagerErrors.books_broken(`the balances of ${tenantId} changed while they were locked`)
}

async function tryToHold(
  ledger: Ledger,
  manager: EntityManager,
  { hold, plan }: { hold: ChargeHold; plan: Extract<LegPlan, { decision: 'covered' }> },
): Promise<boolean> {
  const { tenantId, reservationId, metadata } = hold
  const request = { tenantId, transferId: reservationId, legs: plan.legs, ...(metadata && { metadata }) }
  return (await ledger.hold(manager, request)).outcome === 'held'
}
