import { runInTenant } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { endReservation } from './end-reservation.js'
import type { ProcessLease } from './process-lease.js'
import type { LeftOpenCall, LeftOpenCalls } from './left-open-calls.js'
import { deleteRecord, updateEnding } from './typeorm/idempotency-store.js'
import { deleteDeadProcesses, hasDeadProcesses } from './typeorm/process-store.js'
import {
  lockReservation,
  readOrphanedReservations,
  type ReservationReference,
  type ReservationRow,
} from './typeorm/reservation-store.js'
import type { MadeThing } from './types/IBillingManager.js'

/** How many reservations a pass has ended. */
export interface RecoverySummary {
  settled: number
  voided: number
}

export interface RecoveryDependencies extends BillingDependencies {
  lease: ProcessLease
  leftOpen: LeftOpenCalls
}

const PAGE = 100

/**
 * Brings reservations to their true end whose process is dead, or which this one has left open: those of calls that
 * stored what they make are settled, the others voided. Each in a write of its own; one that fails does not keep the
 * others from theirs, and is thrown at the end, in an AggregateError.
 */
export async function recoverReservations(deps: RecoveryDependencies): Promise<RecoverySummary> {
  const summary: RecoverySummary = { settled: 0, voided: 0 }
  const failures: unknown[] = []
  const resolve = async (reference: ReservationReference, leftOpen?: LeftOpenCall) => {
    try {
      const end = await resolveReservation(deps, reference, leftOpen)
      if (end === 'settled' || end === 'voided') summary[end] += 1
      if (leftOpen !== undefined) deps.leftOpen.looked(leftOpen, end !== 'missing')
    } catch (error) {
      failures.push(error)
    }
  }
  await Promise.all(deps.leftOpen.all().map((call) => resolve(call, call)))
  const aliveSince = await deps.database.read((manager) => deps.lease.aliveSince(manager))
  // Those of a page share commits.
  for await (const page of orphans(deps, aliveSince)) await Promise.all(page.map((each) => resolve(each)))
  await forgetDeadProcesses(deps, aliveSince)
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} reservations cannot be resolved`)
  return summary
}

async function* orphans(
  { database, lease }: RecoveryDependencies,
  aliveSince: string,
): AsyncGenerator<ReservationReference[]> {
  const { processId } = lease
  let after: ReservationReference | undefined
  for (;;) {
    const query = { processId, aliveSince, after, limit: PAGE }
    const page = await database.read((manager) => readOrphanedReservations(manager, query))
    yield page
    after = page.at(-1)
    if (page.length < PAGE) return
  }
}

async function forgetDeadProcesses({ database }: RecoveryDependencies, aliveSince: string): Promise<void> {
  if (!(await database.read((manager) => hasDeadProcesses(manager, aliveSince)))) return
  await database.write((manager) => deleteDeadProcesses(manager, aliveSince))
}

/** `kept` where there is nothing to end: somebody else was faster, or the process is alive after all. */
async function resolveReservation(
  deps: RecoveryDependencies,
  reference: ReservationReference,
  leftOpen: LeftOpenCall | undefined,
): Promise<keyof RecoverySummary | 'missing' | 'kept'> {
  const { tenantId } = reference
  const resolve = async (manager: EntityManager) => {
    // From here on the call stores nothing more: what it has stored by now is all there will be.
    const row = await lockReservation(manager, reference)
    if (row === undefined) return 'missing'
    if (row.state !== 'reserved') return 'kept'
    if (row.effect === 'ledger' && leftOpen?.mayHaveRun !== false) return 'kept'
    if (leftOpen === undefined && !(await deps.lease.isDead(manager, row.processId))) return 'kept'
    const made = await findMade(deps, manager, row)
    const hasWorked = made.some(({ kind }) => kind === row.makes)
    await endAs(deps, manager, { row, made, state: hasWorked ? 'settled' : 'voided' })
    return hasWorked ? ('settled' as const) : ('voided' as const)
  }
  return runInTenant(tenantId, () => deps.database.write(resolve, { tenantId }))
}

async function findMade(
  { effects }: RecoveryDependencies,
  manager: EntityManager,
  { effect, tenantId, reservationId }: ReservationRow,
): Promise<MadeThing[]> {
  if (effect !== 'stored') return []
  const made: MadeThing[] = []
  for (const source of effects) made.push(...(await source.find(manager, { tenantId, callId: reservationId })))
  return made
}

async function endAs(
  deps: RecoveryDependencies,
  manager: EntityManager,
  { row, made, state }: { row: ReservationRow; made: MadeThing[]; state: keyof RecoverySummary },
): Promise<void> {
  const { tenantId, reservationId } = row
  const ended = await endReservation(deps, manager, { tenantId, reservationId, state })
  if (ended === undefined || ended.idempotencyKey === null) return
  const { method, idempotencyKey, endedAt } = ended
  const reference = { tenantId, method, idempotencyKey }
  if (state === 'voided') return deleteRecord(manager, reference)
  await updateEnding(manager, reference, { state: 'lost', sealedAnswer: null, answerDigest: null, made, endedAt })
}
