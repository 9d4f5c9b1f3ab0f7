import type { Environment } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { networkOf } from './account-codes.js'
import { agreeTerms, assertVersion, currentStanding, type Terms } from './agree-terms.js'
import { recordEvents, type BillingEvent } from './billing-event.js'
import type { BillingDependencies } from './dependencies.js'
import {
  drawBudget,
  exhaustionOf,
  findExhausted,
  type BudgetDraw,
  type DrawnBudget,
  type ExhaustedBudget,
} from './draw-budget.js'
import { holdCharge, type Denied, type HoldDecision } from './hold-charge.js'
import type { BudgetKeys } from './budget-keys.js'
import type { ProcessLease } from './process-lease.js'
import type { MeterUse } from './resolve-rule.js'
import { toCharge } from './to-charge.js'
import { insertRunning, type IdempotencyRecord } from './typeorm/idempotency-store.js'
import { insertReservation, type ReservationRow } from './typeorm/reservation-store.js'
import { readStanding, type Standing } from './typeorm/standing-store.js'
import { insertSubscription, type Subscription } from './typeorm/subscription-store.js'
import type { MeterUsage, ReservationIdempotency } from './types/IBillingManager.js'

export interface DecideDependencies extends BillingDependencies {
  lease: ProcessLease
  budgetKeys: BudgetKeys
}

/** A call that is to be paid for. */
export interface CallRequest {
  tenantId: string
  method: string
  /** What it takes. */
  use: MeterUse
  environment: Environment
  keyId: string | null
  idempotency: ReservationIdempotency | undefined
}

export type CallOutcome =
  | { outcome: 'repeated'; record: IdempotencyRecord }
  | ({ outcome: 'reserved'; reservationId: string; events: BillingEvent[] } & CallTerms)
  | DeniedCall

export type DeniedCall = { outcome: 'denied'; denied: Denied | KeyDenied } & CallTerms

/** `usage`: how the meter stands, where the decision has brought it. */
type CallTerms = Terms & { usage?: MeterUsage }

/** The budget of the key does not cover it, whatever its customer has. */
export type KeyDenied = { decision: 'key_budget_exhausted'; budget: ExhaustedBudget }

/** Both are found out outside of the write, and the call is decided again. */
export type Undecided = { outcome: 'unsubscribed' } | { outcome: 'key_unknown' }

/** Another process has taken the idempotency key meanwhile: what this write has done is to be undone. */
export class KeyTaken extends Error {}

/** The call is denied after something was set aside for it: that is to be undone. */
export class Undone extends Error {
  constructor(readonly outcome: DeniedCall) {
    super('the call is denied')
  }
}

/** Decides one call in a write of its own. `first`: the subscription of a customer that had none. */
export async function decideCall(
  deps: DecideDependencies,
  manager: EntityManager,
  { request, first, reservationId }: { request: CallRequest; first: Subscription | undefined; reservationId: string },
): Promise<CallOutcome | Undecided> {
  const { tenantId, method, use, idempotency } = request
  const { meter } = use
  const now = deps.clock.now()
  if (first !== undefined) await insertSubscription(manager, { tenantId, ...first })
  const query = { tenantId, method, meter, idempotencyKey: idempotency?.key ?? null }
  const current = await currentStanding(deps, manager, { query, now })
  if (current === undefined) return { outcome: 'unsubscribed' }
  const { standing, version } = current
  if (standing.record !== null) return { outcome: 'repeated', record: standing.record }
  assertVersion(version, standing.planId)
  const draw = drawOf(deps, { request, standing, now })
  if (draw === 'key_unknown') return { outcome: draw }
  const agreed = await agreeTerms(deps, manager, { tenantId, standing, version, meter, now })
  const exhausted = draw && (await findExhausted(manager, draw))
  const reservation = { request, agreed, reservationId, now, draw }
  const outcome = exhausted === undefined ? await setAside(deps, manager, reservation) : budgetDenial(exhausted, agreed)
  if (outcome.outcome !== 'denied' || idempotency === undefined) return outcome
  // Who took the last unit meanwhile may have been the same call, sent twice: this one is then its repetition.
  const record = (await readStanding(manager, query))?.record
  return record ? { outcome: 'repeated', record } : outcome
}

/** All that the call costs, or nothing. */
async function setAside(
  deps: DecideDependencies,
  manager: EntityManager,
  { draw, ...reservation }: Reservation & { draw: BudgetDraw | undefined },
): Promise<CallOutcome> {
  const { request, agreed, reservationId, now } = reservation
  const held = await hold(deps, manager, reservation)
  if (held.decision !== 'covered') return { outcome: 'denied', denied: held, ...agreed }
  const drawn = draw && (await drawBudget(manager, draw))
  if (drawn?.decision === 'exhausted') throw new Undone(budgetDenial(drawn.budget, agreed))
  const budget = drawn?.decision === 'drawn' ? drawn.drawn : undefined
  await writeReservation(deps, manager, { ...reservation, planUnits: held.planUnits, budget })
  const told = drawn?.decision === 'drawn' ? exhaustionOf(request.tenantId, request.use.meter, drawn) : []
  return { outcome: 'reserved', reservationId, events: await recordEvents(manager, told, now.toISOString()), ...agreed }
}

/** What the call takes of its key's budget. Undefined where no key of the customer has one. */
export function drawOf(
  { budgetKeys }: Pick<DecideDependencies, 'budgetKeys'>,
  { request, standing, now }: { request: CallRequest; standing: Pick<Standing, 'hasKeyBudgets'>; now: Date },
): BudgetDraw | 'key_unknown' | undefined {
  const { tenantId, keyId, use } = request
  if (!standing.hasKeyBudgets || keyId === null) return undefined
  const root = budgetKeys.known({ tenantId, keyId })
  return root === undefined ? 'key_unknown' : { tenantId, keyId: root, meter: use.meter, units: use.units, now }
}

function budgetDenial(budget: ExhaustedBudget, agreed: Terms): DeniedCall {
  return { outcome: 'denied', denied: { decision: 'key_budget_exhausted', budget }, ...agreed }
}

/** A call, and the terms that it is decided by. */
export interface Reservation {
  request: CallRequest
  agreed: Terms
  reservationId: string
  now: Date
}

function hold({ ledger }: DecideDependencies, manager: EntityManager, reservation: Reservation): Promise<HoldDecision> {
  const { request, agreed, reservationId, now } = reservation
  return holdCharge(ledger, manager, {
    charge: chargeOf(reservation),
    limits: agreed.limits,
    tenantId: request.tenantId,
    reservationId,
    metadata: metadataOf(request),
    now,
  })
}

export function chargeOf({ request: { use, environment }, agreed }: Pick<Reservation, 'request' | 'agreed'>) {
  return toCharge(agreed, { units: BigInt(use.units), network: networkOf(environment) })
}

/** What the books say of the hold. */
export function metadataOf({ method, use, keyId }: CallRequest) {
  return { for: 'call', method, meter: use.meter, ...(keyId !== null && { keyId }) }
}

type HeldReservation = Reservation & { planUnits: bigint; budget: DrawnBudget | undefined }

async function writeReservation(
  { lease }: DecideDependencies,
  manager: EntityManager,
  held: HeldReservation,
): Promise<void> {
  await insertReservation(manager, reservationRow(lease, held))
  const running = runningRow(held)
  if (running !== undefined && !(await insertRunning(manager, running))) throw new KeyTaken()
}

export function reservationRow({ processId }: Pick<ProcessLease, 'processId'>, held: HeldReservation): ReservationRow {
  const { request, agreed, reservationId, now, planUnits, budget } = held
  const { tenantId, method, use, environment, keyId, idempotency } = request
  const { version, period } = agreed
  return {
    ...{ tenantId, reservationId, method, meter: use.meter, units: use.units, planUnits: Number(planUnits) },
    ...{ effect: use.effect, makes: use.makes, environment, keyId },
    ...{ planId: version.plan.planId, planVersion: version.version, periodStart: period.start },
    ...{ processId, state: 'reserved', createdAt: now.toISOString(), endedAt: null },
    idempotencyKey: idempotency?.key ?? null,
    ...{ budgetKeyId: budget?.budgetKeyId ?? null, budgetEpoch: budget?.budgetEpoch ?? null },
  }
}

/** Undefined for a call without an idempotency key. */
export function runningRow({ request, reservationId, now }: Pick<Reservation, 'request' | 'reservationId' | 'now'>) {
  const { tenantId, method, idempotency } = request
  if (idempotency === undefined) return undefined
  const { key: idempotencyKey, digest } = idempotency
  return { tenantId, method, idempotencyKey, digest, reservationId, createdAt: now.toISOString() }
}
