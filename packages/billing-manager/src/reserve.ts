import type { IAgent } from '@veramo/core-types'
import { kitErrors, randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { networkOf } from './account-codes.js'
import type { Terms } from './agree-terms.js'
import { assertLine } from './check-text.js'
import {
  decideCall,
  KeyTaken,
  Undone,
  type CallOutcome,
  type CallRequest,
  type DecideDependencies,
  type KeyDenied,
} from './decide-call.js'
import type { AskedCall } from './decide-calls.js'
import { billingManagerErrors } from './errors.js'
import { customerOf, firstSubscription, topUpAddress } from './find-customer.js'
import type { Denied } from './hold-charge.js'
import { answerAgain } from './idempotent-answer.js'
import type { LeftOpenCalls } from './left-open-calls.js'
import { toAmount, toMeterUsage } from './meter-usage.js'
import { isOutcomeUnknown } from './outcome-unknown.js'
import { pendingTransaction } from './pending-transaction.js'
import { readLimitCounts, type LimitState } from './read-limits.js'
import { resolveRule } from './resolve-rule.js'
import type { TenantQueue } from './tenant-queue.js'
import { resetOf } from './to-charge.js'
import type { IdempotencyRecord } from './typeorm/idempotency-store.js'
import type { ReservationReference } from './typeorm/reservation-store.js'
import type { Subscription } from './typeorm/subscription-store.js'
import type { BillingManagerReserveArgs, MeterUsage, ReserveDecision, ReserveDenial } from './types/IBillingManager.js'

export interface ReserveDependencies extends DecideDependencies {
  leftOpen: LeftOpenCalls
  /** Decides the calls of a customer that wait together. */
  calls: Pick<TenantQueue<AskedCall, CallOutcome>, 'ask'>
}

const RESERVATION_ID_LENGTH = 24
const MAX_KEY_LENGTH = 255
const ATTEMPTS = 5

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
  const request: CallRequest = { tenantId, method, use, environment, keyId, idempotency }
  await deps.plans.register()
  await deps.lease.start()
  const outcome = await decide(deps, request, agent)
  if (outcome.outcome === 'repeated') return repeated(deps, request, outcome.record)
  if (outcome.outcome === 'reserved') return reserved(deps, tenantId, outcome)
  const usage = await usageOf(deps, tenantId, outcome)
  return { decision: 'denied', usage, denial: await describeDenial(request, outcome, agent) }
}

async function reserved(
  deps: ReserveDependencies,
  tenantId: string,
  { reservationId, events, ...agreed }: Extract<CallOutcome, { outcome: 'reserved' }>,
): Promise<ReserveDecision> {
  deps.announcer.announce(events)
  try {
    return { decision: 'reserved', reservationId, usage: await usageOf(deps, tenantId, agreed) }
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

async function decide(deps: ReserveDependencies, request: CallRequest, agent: IAgent): Promise<CallOutcome> {
  const { tenantId } = request
  const reservationId = randomString(RESERVATION_ID_LENGTH)
  try {
    const outcome = await deps.calls.ask(tenantId, { request, reservationId })
    if (outcome !== undefined) return outcome
  } catch (error) {
    throw isOutcomeUnknown(error) ? neverRun(deps, { tenantId, reservationId }, error) : error
  }
  return decideAlone(deps, request, agent)
}

async function decideAlone(deps: ReserveDependencies, request: CallRequest, agent: IAgent): Promise<CallOutcome> {
  const { tenantId, keyId } = request
  let first: Subscription | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const reservationId = randomString(RESERVATION_ID_LENGTH)
    const asked = { request, first, reservationId }
    try {
      const outcome = await deps.database.write((manager) => decideCall(deps, manager, asked), { tenantId })
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

async function repeated(
  { answers, database }: ReserveDependencies,
  { tenantId, method, idempotency }: CallRequest,
  record: IdempotencyRecord,
): Promise<ReserveDecision> {
  if (record.state === 'running' && record.digest === idempotency?.digest) {
    const transaction = await pendingTransaction(database, { tenantId, reservationId: record.reservationId })
    if (transaction !== undefined) return { decision: 'refused', refusal: { code: 'outcome_pending', transaction } }
  }
  const { key = '', digest = '' } = idempotency ?? {}
  return answerAgain(answers, { tenantId, method, idempotencyKey: key, digest }, record)
}

/** What the decision has not brought is read outside of its write: calls that ran meanwhile may show in it. */
async function usageOf(
  { database, ledger }: ReserveDependencies,
  tenantId: string,
  { terms, limits, usage }: Terms & { usage?: MeterUsage },
): Promise<MeterUsage> {
  if (usage !== undefined) return usage
  const query = { tenantId, windows: limits }
  const read = async (manager: EntityManager) =>
    toMeterUsage(terms, limits, await readLimitCounts(ledger, manager, query))
  return database.read(read, { tenantId })
}

async function describeDenial(
  { tenantId, environment, use }: CallRequest,
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
