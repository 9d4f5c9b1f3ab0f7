import { runInTenant } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { isOpen } from './end-reservation.js'
import { endResolved, findMade } from './end-resolved.js'
import type { ProcessLease } from './process-lease.js'
import type { LeftOpenCall, LeftOpenCalls } from './left-open-calls.js'
import { disownReservation } from './typeorm/broadcast-store.js'
import { deleteDeadProcesses, hasDeadProcesses } from './typeorm/process-store.js'
import { lockReservation, readOrphanedReservations, type ReservationReference } from './typeorm/reservation-store.js'

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
/** A process has reservations of many customers. */
const EVERYBODYS = { acrossTenants: true }

/**
 * Brings reservations to their true end whose process is dead, or which this one has left open: those of calls that
 * stored what they make are settled, the others voided. Those of calls that may have sent a transaction are left to
 * `resolveBroadcasts`. Each in a write of its own; one that fails does not keep the
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
    const page = await database.read((manager) => readOrphanedReservations(manager, query), EVERYBODYS)
    yield page
    after = page.at(-1)
    if (page.length < PAGE) return
  }
}

async function forgetDeadProcesses({ database }: RecoveryDependencies, aliveSince: string): Promise<void> {
  if (!(await database.read((manager) => hasDeadProcesses(manager, aliveSince), EVERYBODYS))) return
  await database.write((manager) => deleteDeadProcesses(manager, aliveSince), EVERYBODYS)
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
    if (!isOpen(row.state)) return 'kept'
    if (leftOpen === undefined && !(await deps.lease.isDead(manager, row.processId))) return 'kept'
    if (row.state === 'broadcast') {
      // Its transactions decide: whoever looks them up ends it.
      await disownReservation(manager, reference)
      return 'kept'
    }
    // What is paid by a transaction has sent none: it would have said so before.
    const made = row.effect === 'stored' ? await findMade(deps, manager, row) : []
    const state = made.some(({ kind }) => kind === row.makes) ? 'settled' : 'voided'
    await endResolved(deps, manager, { row, made, state })
    return state
  }
  return runInTenant(tenantId, () => deps.database.write(resolve, { tenantId }))
}
