import { runInTenant } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { endResolved, findMade } from './end-resolved.js'
import { judgeOutcome, type Fate } from './judge-outcome.js'
import type { RecoverySummary } from './recover-reservations.js'
import type { MarkedTransaction, ReservationOutcomes, TransactionOutcome } from './reservation-outcomes.js'
import type { RetrySchedule } from './retry-schedule.js'
import {
  readBroadcasts,
  readDisowned,
  updateFate,
  type BroadcastRow,
  type DisownedReservation,
} from './typeorm/broadcast-store.js'
import { lockReservation, type ReservationReference } from './typeorm/reservation-store.js'

export interface BroadcastDependencies extends BillingDependencies {
  /** Are asked what became of transactions. */
  outcomes: readonly ReservationOutcomes[]
  /** How long each has to answer. */
  outcomeTimeoutMs: number
  /** When a reservation is asked for again. */
  retries: RetrySchedule
}

const PAGE = 100

/**
 * Ends reservations as their transactions have ended. One whose end is not certain stays open, is asked for again after
 * ever longer times, and is never given up. What went wrong is thrown at the end, in an AggregateError.
 */
export async function resolveBroadcasts(deps: BroadcastDependencies): Promise<RecoverySummary> {
  const summary: RecoverySummary = { settled: 0, voided: 0 }
  if (deps.outcomes.length === 0) return summary
  const failures: unknown[] = []
  for await (const page of disowned(deps)) {
    const due = page.filter((reservation) => deps.retries.isDue(keyOf(reservation)))
    const ends = await Promise.all(due.map((reservation) => tryToResolve(deps, reservation, failures)))
    for (const end of ends) if (end === 'settled' || end === 'voided') summary[end] += 1
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} transactions cannot be looked up`)
  return summary
}

async function* disowned({ database }: BroadcastDependencies): AsyncGenerator<DisownedReservation[]> {
  let after: ReservationReference | undefined
  for (;;) {
    const query = { after, limit: PAGE }
    const page = await database.read((manager) => readDisowned(manager, query), { acrossTenants: true })
    yield page
    after = page.at(-1)
    if (page.length < PAGE) return
  }
}

async function tryToResolve(
  deps: BroadcastDependencies,
  reservation: DisownedReservation,
  failures: unknown[],
): Promise<keyof RecoverySummary | 'unknown' | 'kept'> {
  const key = keyOf(reservation)
  try {
    const end = await runInTenant(reservation.tenantId, () => resolve(deps, reservation, failures))
    if (end === 'unknown') deps.retries.postpone(key)
    else deps.retries.forget(key)
    return end
  } catch (error) {
    deps.retries.postpone(key)
    failures.push(error)
    return 'unknown'
  }
}

/** `kept` where somebody else was faster. */
async function resolve(
  deps: BroadcastDependencies,
  { method, ...reference }: DisownedReservation,
  failures: unknown[],
): Promise<keyof RecoverySummary | 'unknown' | 'kept'> {
  // All there will be: nobody adds any to a reservation without an owner.
  const broadcasts = await deps.database.read((manager) => readBroadcasts(manager, reference))
  const answers = await Promise.all(broadcasts.map((row) => askAll(deps, toMarked(row, method), failures)))
  const verdict = judgeOutcome(answers)
  if (verdict.verdict === 'unknown') return 'unknown'
  const fates = broadcasts.map((broadcast, index) => ({ broadcast, fate: verdict.fates[index] ?? null }))
  const end = (manager: EntityManager) => endAs(deps, manager, { reference, fates, state: verdict.verdict })
  return (await deps.database.write(end, { tenantId: reference.tenantId })) ? verdict.verdict : 'kept'
}

async function endAs(
  deps: BroadcastDependencies,
  manager: EntityManager,
  ending: {
    reference: ReservationReference
    fates: { broadcast: BroadcastRow; fate: Fate | null }[]
    state: keyof RecoverySummary
  },
): Promise<boolean> {
  const { reference, fates, state } = ending
  const row = await lockReservation(manager, reference)
  if (row?.state !== 'broadcast') return false
  const stored = state === 'settled' ? await findMade(deps, manager, row) : []
  const told = fates.flatMap(({ fate }) => (fate?.outcome === 'settled' ? (fate.made ?? []) : []))
  const made = [...stored, ...told.filter(({ kind, id }) => !stored.some((it) => it.kind === kind && it.id === id))]
  if (!(await endResolved(deps, manager, { row, made, state, units: unitsOf(fates, row.units) }))) return false
  for (const { broadcast, fate } of fates) {
    if (fate === null) continue
    await updateFate(manager, broadcast, {
      outcome: fate.outcome,
      reason: fate.outcome === 'voided' ? fate.reason : null,
      feeNcheq: fate.fee?.amount ?? null,
      made: fate.outcome === 'settled' ? made : null,
    })
  }
  return true
}

/** What the call's transactions have done together; undefined where that is all that was set aside. */
function unitsOf(fates: readonly { fate: Fate | null }[], setAside: number): number | undefined {
  const told = fates.flatMap(({ fate }) => (fate?.outcome === 'settled' ? [fate.units ?? setAside] : []))
  const done = told.reduce((sum, units) => sum + units, 0)
  return done < setAside ? done : undefined
}

/** What all say of a transaction. Those that cannot be asked know nothing, and the failure is told. */
async function askAll(
  { outcomes, outcomeTimeoutMs }: BroadcastDependencies,
  transaction: MarkedTransaction,
  failures: unknown[],
): Promise<TransactionOutcome[]> {
  return Promise.all(
    outcomes.map(async (source): Promise<TransactionOutcome> => {
      const signal = AbortSignal.timeout(outcomeTimeoutMs)
      try {
        return await Promise.race([source.outcomeOf(transaction, signal), rejectAt(signal)])
      } catch (error) {
        failures.push(new Error(`transaction ${transaction.txHash} cannot be looked up`, { cause: error }))
        return { outcome: 'unknown' }
      }
    }),
  )
}

function rejectAt(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

function toMarked(row: BroadcastRow, method: string): MarkedTransaction {
  const { tenantId, reservationId, txHash, network, sender, sequence, timeoutHeight, txBytes, markedAt } = row
  const transaction = { txHash, network, sender, sequence, timeoutHeight, txBytes, markedAt }
  return { customerId: tenantId, reservationId, method, ...transaction }
}

function keyOf({ tenantId, reservationId }: ReservationReference): string {
  return `${tenantId}\n${reservationId}`
}
