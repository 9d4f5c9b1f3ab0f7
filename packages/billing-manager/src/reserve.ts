import type { IAgent } from '@veramo/core-types'
import { kitErrors, randomString, type Environment } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { networkOf } from './account-codes.js'
import { adjustAllowance } from './adjust-allowance.js'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import { billingManagerErrors } from './errors.js'
import { customerOf, firstSubscription, topUpAddress } from './find-customer.js'
import { holdCharge, type Denied, type HoldDecision } from './hold-charge.js'
import { answerAgain } from './idempotent-answer.js'
import type { LeftOpenCalls } from './left-open-calls.js'
import { readMeterCounts, toAmount, toMeterUsage, unitsGiven } from './meter-usage.js'
import { UNITS_PER_CALL, type MeteredMethodRule } from './method-rule.js'
import { isOutcomeUnknown } from './outcome-unknown.js'
import { periodAt, type Period } from './period.js'
import { unknownPlan } from './plan-catalogue.js'
import { termsOf, type MeterTerms, type PlanVersion } from './plan.js'
import type { ProcessLease } from './process-lease.js'
import { readGranted } from './typeorm/allowance-store.js'
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
}

/** A call that is to be paid for. */
interface Request {
  tenantId: string
  method: string
  rule: MeteredMethodRule
  environment: Environment
  keyId: string | null
  idempotency: ReservationIdempotency | undefined
}

/** What a reservation was decided by. */
interface Terms {
  version: PlanVersion
  terms: MeterTerms
  period: Period
  /** Units that the plan has given for the period. */
  granted: bigint
}

type Outcome =
  | { outcome: 'unsubscribed' }
  | { outcome: 'repeated'; record: IdempotencyRecord }
  | ({ outcome: 'reserved'; reservationId: string } & Terms)
  | ({ outcome: 'denied'; denied: Denied } & Terms)

const RESERVATION_ID_LENGTH = 24
const MAX_KEY_LENGTH = 255
const ATTEMPTS = 5

/** Another process has taken the idempotency key meanwhile: what this write has done is to be undone. */
class KeyTaken extends Error {}

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
  if (rule.free) return { decision: 'free' }
  const { method, environment = 'live', keyId = null, idempotency } = args
  if (idempotency !== undefined) assertLine('idempotency.key', idempotency.key, MAX_KEY_LENGTH)
  const request: Request = { tenantId, method, rule, environment, keyId, idempotency }
  await deps.plans.register()
  await deps.lease.start()
  const outcome = await decide(deps, request, agent)
  if (outcome.outcome === 'repeated') return repeated(deps, request, outcome.record)
  if (outcome.outcome === 'reserved') return reserved(deps, tenantId, outcome)
  const usage = await readUsage(deps, tenantId, outcome)
  return { decision: 'denied', usage, denial: await describeDenial(request, { ...outcome, usage }, agent) }
}

async function reserved(
  deps: ReserveDependencies,
  tenantId: string,
  { reservationId, ...agreed }: Extract<Outcome, { outcome: 'reserved' }>,
): Promise<ReserveDecision> {
  try {
    return { decision: 'reserved', reservationId, usage: await readUsage(deps, tenantId, agreed) }
  } catch (error) {
    giveUp(deps, { tenantId, reservationId })
    throw error
  }
}

/** Nobody will ever run the call: what was set aside for it, if it was, is given back by the next recovery. */
function giveUp({ leftOpen }: ReserveDependencies, reference: ReservationReference): void {
  leftOpen.add({ ...reference, mayHaveRun: false })
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
): Promise<Exclude<Outcome, { outcome: 'unsubscribed' }>> {
  const { tenantId } = request
  let first: Subscription | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const reservationId = randomString(RESERVATION_ID_LENGTH)
    const asked = { request, first, reservationId }
    try {
      const outcome = await deps.database.write((manager) => decideOnce(deps, manager, asked), { tenantId })
      if (outcome.outcome !== 'unsubscribed') return outcome
      // Asked outside of the write: the account manager reads for itself.
      first = await firstSubscription(deps, agent, tenantId)
    } catch (error) {
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
  const { tenantId, method, rule, idempotency } = request
  const now = deps.clock.now()
  if (first !== undefined) await insertSubscription(manager, { tenantId, ...first, updatedAt: now.toISOString() })
  const query = { tenantId, method, meter: rule.meter, idempotencyKey: idempotency?.key ?? null }
  const standing = await readStanding(manager, query)
  if (standing === undefined) return { outcome: 'unsubscribed' }
  if (standing.record !== null) return { outcome: 'repeated', record: standing.record }
  const agreed = await agreeTerms(deps, manager, { request, standing, now })
  const held = await hold(deps, manager, { request, agreed, reservationId, now })
  if (held.decision !== 'covered') {
    // Who took the last unit meanwhile may have been the same call, sent twice: this one is then its repetition.
    const record = idempotency === undefined ? null : (await readStanding(manager, query))?.record
    return record ? { outcome: 'repeated', record } : { outcome: 'denied', denied: held, ...agreed }
  }
  await writeReservation(deps, manager, { request, agreed, reservationId, now })
  return { outcome: 'reserved', reservationId, ...agreed }
}

/** What the customer's plan says now, after it has given what it gives. */
async function agreeTerms(
  { plans, ledger }: ReserveDependencies,
  manager: EntityManager,
  { request, standing, now }: { request: Request; standing: Standing; now: Date },
): Promise<Terms> {
  const { planId, planVersion, anchorAt, allowance } = standing
  if (planVersion === null) throw unknownPlan(planId)
  const version = await plans.version(manager, planId, planVersion)
  const terms = termsOf(version.plan, request.rule.meter)
  const period = periodAt({ anchorAt, trialDays: version.plan.trialDays, now })
  const reference = { tenantId: request.tenantId, meter: terms.meter, periodStart: period.start }
  const known = allowance?.periodStart === period.start ? allowance.granted : await readGranted(manager, reference)
  const limit = BigInt(terms.limit)
  if (!period.givesUnits || known === limit) return { version, terms, period, granted: known ?? 0n }
  const granted = await adjustAllowance(ledger, manager, { ...reference, limit })
  return { version, terms, period, granted }
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
  const { tenantId, method, keyId, environment } = request
  const { terms, period } = agreed
  const { meter, price } = terms
  return holdCharge(ledger, manager, {
    charge: { meter, periodStart: period.start, units: BigInt(UNITS_PER_CALL), price, network: networkOf(environment) },
    tenantId,
    reservationId,
    givesUnits: unitsGiven(terms, period) > 0,
    metadata: { for: 'call', method, meter, ...(keyId !== null && { keyId }) },
    now,
  })
}

async function writeReservation(
  { lease }: ReserveDependencies,
  manager: EntityManager,
  { request, agreed, reservationId, now }: Reservation,
): Promise<void> {
  const { tenantId, method, rule, environment, keyId, idempotency } = request
  const { version, period } = agreed
  const createdAt = now.toISOString()
  await insertReservation(manager, {
    ...{ tenantId, reservationId, method, meter: rule.meter, units: UNITS_PER_CALL },
    ...{ effect: rule.effect, makes: rule.makes ?? null, environment, keyId },
    ...{ planId: version.plan.planId, planVersion: version.version, periodStart: period.start },
    ...{ processId: lease.processId, state: 'reserved', createdAt, endedAt: null },
    idempotencyKey: idempotency?.key ?? null,
  })
  if (idempotency === undefined) return
  const { key, digest } = idempotency
  const row = { tenantId, method, idempotencyKey: key, digest, reservationId, createdAt }
  if (!(await insertRunning(manager, row))) throw new KeyTaken()
}

function repeated(
  { answers }: ReserveDependencies,
  { tenantId, method, idempotency }: Request,
  record: IdempotencyRecord,
): Promise<ReserveDecision> {
  const { key = '', digest = '' } = idempotency ?? {}
  return answerAgain(answers, { tenantId, method, idempotencyKey: key, digest }, record)
}

/** Read outside of the write, which others wait for: calls that ran meanwhile may show in it. */
function readUsage(
  { database, ledger }: ReserveDependencies,
  tenantId: string,
  { terms, period, granted }: Terms,
): Promise<MeterUsage> {
  const query = { tenantId, meter: terms.meter, periodStart: period.start, granted }
  return database.read(async (manager) => toMeterUsage(terms, period, await readMeterCounts(ledger, manager, query)))
}

async function describeDenial(
  { tenantId, environment }: Request,
  { denied, terms, usage }: { denied: Denied; terms: MeterTerms; usage: MeterUsage },
  agent: IAgent,
): Promise<ReserveDenial> {
  const network = networkOf(environment)
  const isPriced = denied.decision === 'balance_insufficient'
  return {
    code: denied.decision,
    meter: terms.meter,
    units: UNITS_PER_CALL,
    price: isPriced ? toAmount(denied.costNcheq) : null,
    available: toAmount(isPriced ? denied.availableNcheq : 0n),
    network,
    topUpAddress: await topUpAddress(agent, tenantId, network),
    resetsAt: usage.resetsAt,
  }
}
