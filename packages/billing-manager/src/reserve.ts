import type { IAgent } from '@veramo/core-types'
import { kitErrors, randomString, type Environment } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { networkOf } from './account-codes.js'
import { agreeTerms, assertVersion, currentStanding, type Terms } from './agree-terms.js'
import { recordEvents, type BillingEvent } from './billing-event.js'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import { billingManagerErrors } from './errors.js'
import { customerOf, firstSubscription, topUpAddress } from './find-customer.js'
import {
  drawBudget,
  exhaustionOf,
  findExhausted,
  type BudgetDraw,
  type DrawnBudget,
  type ExhaustedBudget,
} from './draw-budget.js'
import { holdCharge, type Denied, type HoldDecision } from './hold-charge.js'
import { answerAgain } from './idempotent-answer.js'
import type { BudgetKeys } from './budget-keys.js'
import type { LeftOpenCalls } from './left-open-calls.js'
import { toAmount, toMeterUsage } from './meter-usage.js'
import { isOutcomeUnknown } from './outcome-unknown.js'
import { pendingTransaction } from './pending-transaction.js'
import type { ProcessLease } from './process-lease.js'
import { readLimitCounts, type LimitState } from './read-limits.js'
import { resolveRule, type MeterUse } from './resolve-rule.js'
import { resetOf, toCharge } from './to-charge.js'
import { insertRunning, type IdempotencyRecord } from './typeorm/idempotency-store.js'
import { insertReservation, type ReservationReference } from './typeorm/reservation-store.js'
import { readStanding, type Standing } from './typeorm/standing-store.js'
import { insertSubscription, type Subscription } from './typeorm/subscription-store.js'
import type {
  BillingManagerReserveArgs,
  MeterUsage,
  ReservationIdempotency,
  ReserveDecision,
  ReserveDenial,
} from './types/IBillingManager.js'

export interface ReserveDependencies extends BillingDependencies {
  lease: ProcessLease
  leftOpen: LeftOpenCalls
  budgetKeys: BudgetKeys
}

/** A call that is to be paid for. */
interface Request {
  tenantId: string
  method: string
  /** What it takes. */
  use: MeterUse
  environment: Environment
  keyId: string | null
  idempotency: ReservationIdempotency | undefined
}

type Outcome =
  | { outcome: 'unsubscribed' }
  | { outcome: 'key_unknown' }
  | { outcome: 'repeated'; record: IdempotencyRecord }
  | ({ outcome: 'reserved'; reservationId: string; events: BillingEvent[] } & Terms)
  | ({ outcome: 'denied'; denied: Denied | KeyDenied } & Terms)

/** The budget of the key does not cover it, whatever its customer has. */
type KeyDenied = { decision: 'key_budget_exhausted'; budget: ExhaustedBudget }

/** Both are found out outside of the write, and the call is decided again. */
type Undecided = 'unsubscribed' | 'key_unknown'

const RESERVATION_ID_LENGTH = 24
const MAX_KEY_LENGTH = 255
const ATTEMPTS = 5

/** Another process has taken the idempotency key meanwhile: what this write has done is to be undone. */
class KeyTaken extends Error {}

/** The call is denied after something was set aside for it: that is to be undone. */
class Undone extends Error {
  constructor(readonly outcome: Extract<Outcome, { outcome: 'denied' }>) {
    super('the call is denied')
  }
}

/**
 * Decides whether a call may run, and sets aside what it costs. Throws `method_undeclared` for a method without a rule:
 * nobody decided that it is free.
 */
export async function reserve(
  deps: ReserveDependencies,
  args: BillingManagerReserveArgs,
  agent: IAgent,
): Promise<ReserveDecision> {
  const tenantId = customerOf(deps.database, args.customerId)
  const rule = deps.methods.get(args.method)
  if (rule === undefined) throw billingManagerErrors.method_undeclared(`there is no rule for ${args.method}`)
  const use = resolveRule(rule, args.args)
  if (use === null) return { decision: 'free' }
  deps.announcer.use(agent)
  const { method, environment = 'live', keyId = null, idempotency } = args
  if (idempotency !== undefined) assertLine('idempotency.key', idempotency.key, MAX_KEY_LENGTH)
  const request: Request = { tenantId, method, use, environment, keyId, idempotency }
  await deps.plans.register()
  await deps.lease.start()
  const outcome = await decide(deps, request, agent)
  if (outcome.outcome === 'repeated') return repeated(deps, request, outcome.record)
  if (outcome.outcome === 'reserved') return reserved(deps, tenantId, outcome)
  const usage = await readUsage(deps, tenantId, outcome)
  return { decision: 'denied', usage, denial: await describeDenial(request, outcome, agent) }
}

async function reserved(
  deps: ReserveDependencies,
  tenantId: string,
  { reservationId, events, ...agreed }: Extract<Outcome, { outcome: 'reserved' }>,
): Promise<ReserveDecision> {
  deps.announcer.announce(events)
  try {
    return { decision: 'reserved', reservationId, usage: await readUsage(deps, tenantId, agreed) }
  } catch (error) {
    giveUp(deps, { tenantId, reservationId })
    throw error
  }
}

/** Nobody will ever run the call: what was set aside for it, if it was, is given back by the next recovery. */
function giveUp({ leftOpen }: ReserveDependencies, reference: ReservationReference): void {
  leftOpen.add(reference)
}

/** Whether it was reserved is not known. That the call has not run is: the same call may be sent again. */
function neverRun(deps: ReserveDependencies, reference: ReservationReference, cause: unknown): Error {
  giveUp(deps, reference)
  return kitErrors.store_unavailable('the call could not be reserved, and has not run', { cause })
}

async function decide(
  deps: ReserveDependencies,
  request: Request,
  agent: IAgent,
): Promise<Exclude<Outcome, { outcome: Undecided }>> {
  const { tenantId, keyId } = request
  let first: Subscription | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const reservationId = randomString(RESERVATION_ID_LENGTH)
    const asked = { request, first, reservationId }
    try {
      const outcome = await deps.database.write((manager) => decideOnce(deps, manager, asked), { tenantId })
      // Asked outside of the write: the other managers read for themselves.
      if (outcome.outcome === 'unsubscribed') first = await firstSubscription(deps, agent, tenantId)
      else if (outcome.outcome !== 'key_unknown') return outcome
      else if (keyId !== null) await deps.budgetKeys.learn(agent, { tenantId, keyId })
    } catch (error) {
      if (error instanceof Undone) return error.outcome
      if (isOutcomeUnknown(error)) throw neverRun(deps, { tenantId, reservationId }, error)
      if (!(error instanceof KeyTaken)) throw error
    }
  }
  throw kitErrors.store_unavailable('the idempotency key is used by others again and again')
}

async function decideOnce(
  deps: ReserveDependencies,
  manager: EntityManager,
  { request, first, reservationId }: { request: Request; first: Subscription | undefined; reservationId: string },
): Promise<Outcome> {
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
  deps: ReserveDependencies,
  manager: EntityManager,
  { draw, ...reservation }: Reservation & { draw: BudgetDraw | undefined },
): Promise<Outcome> {
  const { request, agreed, reservationId, now } = reservation
  const held = await hold(deps, manager, reservation)
  if (held.decision !== 'covered') return { outcome: 'denied', denied: held, ...agreed }
  const drawn = draw && (await drawBudget(manager, draw))
  if (drawn?.decision === 'exhausted') throw new Undone(budgetDenial(drawn.budget, agreed))
  const budget = drawn?.decision === 'drawn' ? drawn.drawn : undefined
  await writeReservation(deps, manager, { ...reservation, planUnits: Number(held.planUnits), budget })
  const told = drawn?.decision === 'drawn' ? exhaustionOf(request.tenantId, request.use.meter, drawn) : []
  return { outcome: 'reserved', reservationId, events: await recordEvents(manager, told, now.toISOString()), ...agreed }
}

/** What the call takes of its key's budget. Undefined where no key of the customer has one. */
function drawOf(
  { budgetKeys }: ReserveDependencies,
  { request, standing, now }: { request: Request; standing: Standing; now: Date },
): BudgetDraw | 'key_unknown' | undefined {
  const { tenantId, keyId, use } = request
  if (!standing.hasKeyBudgets || keyId === null) return undefined
  const root = budgetKeys.known({ tenantId, keyId })
  return root === undefined ? 'key_unknown' : { tenantId, keyId: root, meter: use.meter, units: use.units, now }
}

function budgetDenial(budget: ExhaustedBudget, agreed: Terms): Extract<Outcome, { outcome: 'denied' }> {
  return { outcome: 'denied', denied: { decision: 'key_budget_exhausted', budget }, ...agreed }
}

interface Reservation {
  request: Request
  agreed: Terms
  reservationId: string
  now: Date
}

function hold(
  { ledger }: ReserveDependencies,
  manager: EntityManager,
  { request, agreed, reservationId, now }: Reservation,
): Promise<HoldDecision> {
  const { tenantId, method, keyId, environment, use } = request
  const { meter, units } = use
  return holdCharge(ledger, manager, {
    charge: toCharge(agreed, { units: BigInt(units), network: networkOf(environment) }),
    limits: agreed.limits,
    tenantId,
    reservationId,
    metadata: { for: 'call', method, meter, ...(keyId !== null && { keyId }) },
    now,
  })
}

async function writeReservation(
  { lease }: ReserveDependencies,
  manager: EntityManager,
  reservation: Reservation & { planUnits: number; budget: DrawnBudget | undefined },
): Promise<void> {
  const { request, agreed, reservationId, now, planUnits, budget } = reservation
  const { tenantId, method, use, environment, keyId, idempotency } = request
  const { version, period } = agreed
  const createdAt = now.toISOString()
  await insertReservation(manager, {
    ...{ tenantId, reservationId, method, meter: use.meter, units: use.units, planUnits },
    ...{ effect: use.effect, makes: use.makes, environment, keyId },
    ...{ planId: version.plan.planId, planVersion: version.version, periodStart: period.start },
    ...{ processId: lease.processId, state: 'reserved', createdAt, endedAt: null },
    idempotencyKey: idempotency?.key ?? null,
    ...{ budgetKeyId: budget?.budgetKeyId ?? null, budgetEpoch: budget?.budgetEpoch ?? null },
  })
  if (idempotency === undefined) return
  const { key, digest } = idempotency
  const row = { tenantId, method, idempotencyKey: key, digest, reservationId, createdAt }
  if (!(await insertRunning(manager, row))) throw new KeyTaken()
}

async function repeated(
  { answers, database }: ReserveDependencies,
  { tenantId, method, idempotency }: Request,
  record: IdempotencyRecord,
): Promise<ReserveDecision> {
  if (record.state === 'running' && record.digest === idempotency?.digest) {
    const transaction = await pendingTransaction(database, { tenantId, reservationId: record.reservationId })
    if (transaction !== undefined) return { decision: 'refused', refusal: { code: 'outcome_pending', transaction } }
  }
  const { key = '', digest = '' } = idempotency ?? {}
  return answerAgain(answers, { tenantId, method, idempotencyKey: key, digest }, record)
}

/** Read outside of the write, which others wait for: calls that ran meanwhile may show in it. */
function readUsage(
  { database, ledger }: ReserveDependencies,
  tenantId: string,
  { terms, limits }: Terms,
): Promise<MeterUsage> {
  const query = { tenantId, windows: limits }
  const read = async (manager: EntityManager) =>
    toMeterUsage(terms, limits, await readLimitCounts(ledger, manager, query))
  return database.read(read, { tenantId })
}

async function describeDenial(
  { tenantId, environment, use }: Request,
  { denied, limits }: { denied: Denied | KeyDenied; limits: readonly LimitState[] },
  agent: IAgent,
): Promise<ReserveDenial> {
  const network = networkOf(environment)
  const { meter, units } = use
  if (denied.decision === 'key_budget_exhausted') {
    const nothing = { price: null, available: toAmount(0n), missing: null, network, topUpAddress: null }
    return { code: denied.decision, meter, units, ...nothing, ...denied.budget }
  }
  const isPriced = denied.decision === 'balance_insufficient'
  const { costNcheq, availableNcheq } = isPriced ? denied : { costNcheq: 0n, availableNcheq: 0n }
  return {
    code: denied.decision,
    meter,
    units,
    price: isPriced ? toAmount(costNcheq) : null,
    available: toAmount(availableNcheq),
    missing: isPriced ? toAmount(costNcheq - availableNcheq) : null,
    network,
    topUpAddress: await topUpAddress(agent, tenantId, network),
    resetsAt: resetOf(denied.short, limits),
  }
}
