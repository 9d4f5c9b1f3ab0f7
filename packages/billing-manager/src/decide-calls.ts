import { HELD, type LedgerLeg, type TenantTurn } from '@veramo-studio/ledger'
import { isStudioError } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { allowanceAccount, unitAsset, usedAccount } from './account-codes.js'
import { standingTerms, type Terms } from './agree-terms.js'
import {
  chargeOf,
  KeyTaken,
  metadataOf,
  reservationRow,
  runningRow,
  type CallOutcome,
  type CallRequest,
  type DecideDependencies,
  type Reservation,
} from './decide-call.js'
import { billingManagerErrors } from './errors.js'
import type { Denied } from './hold-charge.js'
import { toMeterUsage } from './meter-usage.js'
import { planLegs, type LegPlan } from './plan-legs.js'
import { fundAccounts, toFunds } from './read-funds.js'
import { unitsLeft, type LimitCounts } from './read-limits.js'
import type { TenantGroup } from './tenant-queue.js'
import { readUnexpiredGrants, type GrantRow } from './typeorm/grant-store.js'
import { insertRunningRows, readRecords, type IdempotencyRecord } from './typeorm/idempotency-store.js'
import { insertReservations } from './typeorm/reservation-store.js'
import { readStanding, type Standing, type StandingQuery } from './typeorm/standing-store.js'
import type { MeterUsage } from './types/IBillingManager.js'

/** A call, and what its reservation will be known by. */
export interface AskedCall {
  request: CallRequest
  reservationId: string
}

type Covered = Extract<LegPlan, { decision: 'covered' }>
type Held = Reservation & { planUnits: bigint; budget: undefined; usage: MeterUsage }

/**
 * Decides the calls of a customer that wait together, in their order: each sees what those before it have taken. What is
 * read is read once for all of them. Undefined for a call that is not plain, such as the first one of a period: that is
 * decided alone, by `decideCall`.
 */
export async function decideCalls(
  deps: DecideDependencies,
  manager: EntityManager,
  { tenantId, requests }: TenantGroup<AskedCall>,
): Promise<(CallOutcome | undefined)[]> {
  const now = deps.clock.now()
  const group = await lookAtCalls(deps, manager, { tenantId, asked: requests, now })
  const outcomes: (CallOutcome | undefined)[] = group.map((each) =>
    each !== undefined && 'outcome' in each ? each : undefined,
  )
  const plain = group.flatMap((each, index) => (each !== undefined && 'agreed' in each ? [{ index, call: each }] : []))
  if (plain.length === 0) return outcomes
  const held: Held[] = []
  const accounts = plain.flatMap(({ call }) => accountsOf(call))
  await deps.ledger.turn(manager, { tenantId, accounts }, async (turn) => {
    const grants = new Map<string, Promise<GrantRow[]>>()
    for (const { index, call } of plain) {
      const decided = await decideInTurn(manager, { turn, call, grants })
      if (decided !== undefined && 'planUnits' in decided) held.push(decided)
      outcomes[index] = decided && toOutcome(decided)
    }
  })
  await writeReservations(deps, manager, held)
  return outcomes
}

/** What was found of each call: its outcome, its terms, or nothing that is plain. */
async function lookAtCalls(
  deps: DecideDependencies,
  manager: EntityManager,
  { tenantId, asked, now }: { tenantId: string; asked: readonly AskedCall[]; now: Date },
): Promise<(Reservation | Extract<CallOutcome, { outcome: 'repeated' }> | undefined)[]> {
  const meters = new Map<string, MeterLook>()
  for (const { request } of asked) {
    const { meter } = request.use
    // A lone call's key is looked up together with its meter.
    const { method, idempotency } = asked.length === 1 ? request : NO_KEY
    const query = { tenantId, method, meter, idempotencyKey: idempotency?.key ?? null }
    if (!meters.has(meter)) meters.set(meter, await lookAtMeter(deps, manager, { query, now }))
  }
  const records = asked.length === 1 ? new Map<string, IdempotencyRecord>() : await recordsOf(manager, tenantId, asked)
  const keys = new Set<string>()
  return asked.map(({ request, reservationId }) => {
    const { standing, agreed } = meters.get(request.use.meter) ?? {}
    const key = keyOf(request)
    const record = standing?.record ?? (key === undefined ? undefined : records.get(key))
    if (record !== undefined) return { outcome: 'repeated', record }
    const hasBudget = standing?.hasKeyBudgets === true && request.keyId !== null
    // Of two calls with one key the second one finds what the first one has left.
    const isSecond = key !== undefined && keys.has(key)
    if (key !== undefined) keys.add(key)
    return agreed === undefined || hasBudget || isSecond ? undefined : { request, reservationId, now, agreed }
  })
}

const NO_KEY = { method: '', idempotency: undefined }

interface MeterLook {
  standing?: Standing | undefined
  /** Absent where something is to be done before. */
  agreed?: Terms | undefined
}

async function lookAtMeter(
  deps: DecideDependencies,
  manager: EntityManager,
  { query, now }: { query: StandingQuery; now: Date },
): Promise<MeterLook> {
  const { tenantId, meter } = query
  const standing = await readStanding(manager, query)
  const agreed = standing && (await standingTerms(deps, manager, { tenantId, standing, meter, now }))
  return { standing, agreed }
}

async function recordsOf(
  manager: EntityManager,
  tenantId: string,
  asked: readonly AskedCall[],
): Promise<Map<string, IdempotencyRecord>> {
  const keys = asked.flatMap(({ request: { idempotency } }) => (idempotency === undefined ? [] : [idempotency.key]))
  const records = await readRecords(manager, tenantId, keys)
  return new Map(records.map(({ method, idempotencyKey, ...record }) => [`${method}\n${idempotencyKey}`, record]))
}

function keyOf({ method, idempotency }: CallRequest): string | undefined {
  return idempotency && `${method}\n${idempotency.key}`
}

/** Those that tell how the limits stand; a call that the plan pays moves no others, mostly. */
function accountsOf({ agreed: { limits, period, terms } }: Reservation) {
  const meters = [...limits, { meter: terms.meter, periodStart: period.start }]
  return meters.flatMap((each) =>
    [allowanceAccount(each), usedAccount(each), HELD].map((code) => ({ code, asset: unitAsset(each.meter) })),
  )
}

interface TurnOfCall {
  turn: TenantTurn
  call: Reservation
  /** By meter, of those that were asked for. */
  grants: Map<string, Promise<GrantRow[]>>
}

type Decided = Held | (Reservation & { denied: Denied; usage: MeterUsage })

/** What the ledger refuses outright, such as an account that was closed, is said by `decideCall`. */
async function decideInTurn(manager: EntityManager, turnOfCall: TurnOfCall): Promise<Decided | undefined> {
  const { turn, call } = turnOfCall
  const plan = await planInTurn(manager, turnOfCall)
  if (plan.decision !== 'covered') {
    // With a key, another process may have run the very same call meanwhile: `decideCall` looks once more.
    return call.request.idempotency === undefined
      ? { ...call, denied: plan, usage: usageIn(turn, call.agreed) }
      : undefined
  }
  await turn.look(plan.legs.flatMap(movedBy))
  try {
    holdIn(turn, call, plan)
  } catch (error) {
    if (isStudioError(error) && error.status < 500) return undefined
    throw error
  }
  return { ...call, planUnits: plan.planUnits, budget: undefined, usage: usageIn(turn, call.agreed) }
}

function toOutcome(decided: Decided): CallOutcome {
  const { agreed, reservationId, usage } = decided
  return 'denied' in decided
    ? { outcome: 'denied', denied: decided.denied, ...agreed, usage }
    : { outcome: 'reserved', reservationId, events: [], ...agreed, usage }
}

/** The plan pays for most calls: what else there is to pay with is looked at only where it does not. */
async function planInTurn(manager: EntityManager, { turn, call, grants }: TurnOfCall): Promise<LegPlan> {
  const { request, agreed, now } = call
  const { tenantId } = request
  const charge = chargeOf(call)
  const { meter, network } = charge
  const left = agreed.limits.map((limit) =>
    unitsLeft(limit, { allowance: turn.balance({ code: allowanceAccount(limit), asset: unitAsset(limit.meter) }) }),
  )
  const plan = planLegs(charge, { left, grants: [], credit: 0n, deposit: 0n })
  if (plan.decision === 'covered') return plan
  const unexpired = grants.get(meter) ?? readUnexpiredGrants(manager, { tenantId, meter, now })
  grants.set(meter, unexpired)
  const given = await unexpired
  await turn.look(fundAccounts({ meter, network, grants: given }))
  return planLegs(charge, { left, ...toFunds({ meter, network, grants: given }, (account) => turn.balance(account)) })
}

function movedBy({ from, to, asset }: LedgerLeg) {
  return [from, to, HELD].map((code) => ({ code, asset }))
}

function holdIn(turn: TenantTurn, { request, reservationId }: Reservation, { legs }: Covered): void {
  const { tenantId } = request
  const { outcome } = turn.hold({ tenantId, transferId: reservationId, legs, metadata: metadataOf(request) })
  if (outcome === 'held') return
  throw billingManagerErrors.books_broken(`the balances of ${tenantId} changed while they were locked`)
}

/** As it stands after the call: nobody else changes the balances before the write ends. */
function usageIn(turn: TenantTurn, { terms, limits }: Terms): MeterUsage {
  const counts = limits.map((limit): LimitCounts => {
    const [allowance = 0n, used = 0n, held = 0n] = [allowanceAccount(limit), usedAccount(limit), HELD].map((code) =>
      turn.balance({ code, asset: unitAsset(limit.meter) }),
    )
    return { allowance, used, held }
  })
  return toMeterUsage(terms, limits, counts)
}

async function writeReservations(
  { lease }: DecideDependencies,
  manager: EntityManager,
  held: readonly Held[],
): Promise<void> {
  await insertReservations(
    manager,
    held.map((each) => reservationRow(lease, each)),
  )
  const running = held.flatMap((each) => runningRow(each) ?? [])
  if ((await insertRunningRows(manager, running)) !== running.length) throw new KeyTaken()
}
