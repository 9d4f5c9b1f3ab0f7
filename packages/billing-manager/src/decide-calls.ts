import { HELD, type LedgerLeg, type TenantTurn } from '@veramo-studio/ledger'
import { isStudioError } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { allowanceAccount, unitAsset, usedAccount } from './account-codes.js'
import { standingTerms, type Terms } from './agree-terms.js'
import { recordEvents, type BillingEvent } from './billing-event.js'
import {
  chargeOf,
  drawOf,
  KeyTaken,
  metadataOf,
  reservationRow,
  runningRow,
  type CallOutcome,
  type CallRequest,
  type DecideDependencies,
  type KeyDenied,
  type Reservation,
} from './decide-call.js'
import { exhaustionOf, type BudgetDraw, type DrawnBudget } from './draw-budget.js'
import { BudgetDraws } from './draw-budgets.js'
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
/** A call that is plain: its terms are known, and what it takes of its key's budget, if it has one. */
type PlainCall = Reservation & { draw: BudgetDraw | undefined }
type Held = PlainCall & {
  planUnits: bigint
  budget: DrawnBudget | undefined
  usage: MeterUsage
  /** What the customer is to hear of. */
  told: BillingEvent[]
}

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
  const decided = new Map<number, Decided>()
  const accounts = plain.flatMap(({ call }) => accountsOf(call))
  await deps.ledger.turn(manager, { tenantId, accounts }, async (turn) => {
    const looks = { turn, grants: new Map<string, GrantRow[]>(), budgets: new BudgetDraws(manager) }
    for (const { index, call } of plain) {
      const decision = await decideInTurn(manager, { ...looks, call })
      if (decision !== undefined) decided.set(index, decision)
    }
    await looks.budgets.write()
  })
  await writeReservations(
    deps,
    manager,
    [...decided.values()].filter((each) => 'planUnits' in each),
  )
  for (const [index, each] of decided) {
    const told = 'planUnits' in each ? each.told : []
    outcomes[index] = toOutcome(each, await recordEvents(manager, told, now.toISOString()))
  }
  return outcomes
}

/** What was found of each call: its outcome, its terms, or nothing that is plain. */
async function lookAtCalls(
  deps: DecideDependencies,
  manager: EntityManager,
  { tenantId, asked, now }: { tenantId: string; asked: readonly AskedCall[]; now: Date },
): Promise<(PlainCall | Extract<CallOutcome, { outcome: 'repeated' }> | undefined)[]> {
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
    // Of two calls with one key the second one finds what the first one has left.
    const isSecond = key !== undefined && keys.has(key)
    if (key !== undefined) keys.add(key)
    const draw = standing && drawOf(deps, { request, standing, now })
    if (agreed === undefined || isSecond || draw === 'key_unknown') return undefined
    return { request, reservationId, now, agreed, draw }
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

/** What the keys of these calls were used for before, by the names of `keyOf`. */
async function recordsOf(
  manager: EntityManager,
  tenantId: string,
  asked: readonly AskedCall[],
): Promise<Map<string, IdempotencyRecord>> {
  const keysOf = new Map<string, string[]>()
  for (const { request } of asked) {
    const { method, idempotency } = request
    if (idempotency !== undefined) keysOf.set(method, [...(keysOf.get(method) ?? []), idempotency.key])
  }
  const found = new Map<string, IdempotencyRecord>()
  for (const [method, keys] of keysOf) {
    const records = await readRecords(manager, { tenantId, method }, keys)
    for (const [key, record] of records) found.set(`${method}\n${key}`, record)
  }
  return found
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
  call: PlainCall
  /** By meter, of those that were asked for. */
  grants: Map<string, GrantRow[]>
  budgets: BudgetDraws
}

type Decided = Held | (PlainCall & { denied: Denied | KeyDenied; usage: MeterUsage })

/** What the ledger refuses outright, such as an account that was closed, is said by `decideCall`. */
async function decideInTurn(manager: EntityManager, turnOfCall: TurnOfCall): Promise<Decided | undefined> {
  const { turn, call, budgets } = turnOfCall
  const { request, draw } = call
  const drawing = draw && (await budgets.look(draw))
  const drawn = drawing?.decision.decision === 'drawn' ? drawing.decision : undefined
  if (drawing?.decision.decision === 'exhausted') {
    return deny(turn, call, { decision: 'key_budget_exhausted', budget: drawing.decision.budget })
  }
  const plan = await planInTurn(manager, turnOfCall)
  if (plan.decision !== 'covered') return deny(turn, call, plan)
  await turn.look(plan.legs.flatMap(movedBy))
  try {
    holdIn(turn, call, plan)
  } catch (error) {
    if (isStudioError(error) && error.status < 500) return undefined
    throw error
  }
  drawing?.take()
  const told = drawn ? exhaustionOf(request.tenantId, request.use.meter, drawn) : []
  const usage = usageIn(turn, call.agreed)
  return { ...call, planUnits: plan.planUnits, budget: drawn?.drawn, usage, told }
}

/** With an idempotency key, another process may have run the very same call meanwhile: `decideCall` looks once more. */
function deny(turn: TenantTurn, call: PlainCall, denied: Denied | KeyDenied): Decided | undefined {
  return call.request.idempotency === undefined ? { ...call, denied, usage: usageIn(turn, call.agreed) } : undefined
}

function toOutcome(decided: Decided, events: BillingEvent[]): CallOutcome {
  const { agreed, reservationId, usage } = decided
  return 'denied' in decided
    ? { outcome: 'denied', denied: decided.denied, ...agreed, usage }
    : { outcome: 'reserved', reservationId, events, ...agreed, usage }
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
  const given = grants.get(meter) ?? (await readUnexpiredGrants(manager, { tenantId, meter, now }))
  grants.set(meter, given)
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
