import { IsNull, type EntityManager } from 'typeorm'
import type { Crossing, WatchedBalance } from '../follow-balance.js'
import type { PaymentNetwork } from '../types/PaymentKeys.js'
import { BalanceWatchRow, BalanceWatchStartRow, LowBalanceRow } from './balance-watch-row.js'

export interface WatchReference {
  tenantId: string
  network: PaymentNetwork
}

const SEQ_DIGITS = 16

/** Takes down since when these networks are watched, where it is not known. */
export async function startWatching(
  manager: EntityManager,
  networks: readonly PaymentNetwork[],
  startedAt: string,
): Promise<void> {
  const rows = networks.map((network) => ({ network, startedAt }))
  await manager.createQueryBuilder().insert().into(BalanceWatchStartRow).values(rows).orIgnore().execute()
}

export async function readStart(manager: EntityManager, network: PaymentNetwork): Promise<string | undefined> {
  return (await manager.findOneBy(BalanceWatchStartRow, { network }))?.startedAt
}

export async function readWatched(manager: EntityManager, reference: WatchReference): Promise<WatchedBalance> {
  const row = await manager.findOneBy(BalanceWatchRow, { ...reference })
  if (row === null) return { seq: 0, available: 0n, settled: 0n }
  return { seq: Number(row.seq), available: BigInt(row.available), settled: BigInt(row.settled) }
}

/** Goes on from what was read before; false where another process has done so meanwhile. */
export async function advanceWatched(
  manager: EntityManager,
  { tenantId, network }: WatchReference,
  { from, to }: { from: WatchedBalance; to: WatchedBalance },
): Promise<boolean> {
  const first = { tenantId, network, seq: '0', available: '0', settled: '0' }
  if (from.seq === 0) {
    await manager.createQueryBuilder().insert().into(BalanceWatchRow).values(first).orIgnore().execute()
  }
  const { affected } = await manager.update(
    BalanceWatchRow,
    { tenantId, network, seq: String(from.seq) },
    { seq: String(to.seq), available: String(to.available), settled: String(to.settled) },
  )
  return affected === 1
}

/** Their ids are in the order in which the crossings came: of one entry's, the highest threshold first. */
export async function insertLowBalances(
  manager: EntityManager,
  { tenantId, network }: WatchReference,
  crossings: readonly Crossing[],
): Promise<void> {
  const rows = crossings.map(({ threshold, available, seq, createdAt }) => {
    const rank = crossings.filter((other) => other.seq === seq && other.threshold > threshold).length
    const eventId = `${network}-${String(seq).padStart(SEQ_DIGITS, '0')}-${rank}-${threshold}`
    return {
      ...{ tenantId, eventId, network, createdAt, claimedUntil: null, emittedAt: null },
      ...{ threshold: String(threshold), available: String(available) },
    }
  })
  await manager.insert(LowBalanceRow, rows)
}

/** Events that nobody has told, and that nobody is telling; oldest first. */
export async function readWaiting(
  manager: EntityManager,
  { now, limit, tenantId }: { now: string; limit: number; tenantId: string | undefined },
): Promise<LowBalanceRow[]> {
  const query = manager
    .createQueryBuilder(LowBalanceRow, 'event')
    .where('event.emittedAt IS NULL')
    .andWhere('(event.claimedUntil IS NULL OR event.claimedUntil <= :now)', { now })
    .orderBy('event.createdAt')
    .addOrderBy('event.tenantId')
    .addOrderBy('event.eventId')
    .limit(limit)
  if (tenantId !== undefined) query.andWhere('event.tenantId = :tenantId', { tenantId })
  return query.getMany()
}

/** Of several that would tell an event, one gets true. */
export async function claimEvent(manager: EntityManager, row: LowBalanceRow, claimedUntil: string): Promise<boolean> {
  const { tenantId, eventId } = row
  const unchanged = { tenantId, eventId, emittedAt: IsNull(), claimedUntil: row.claimedUntil ?? IsNull() }
  const { affected } = await manager.update(LowBalanceRow, unchanged, { claimedUntil })
  return affected === 1
}

export async function markEmitted(manager: EntityManager, row: LowBalanceRow, emittedAt: string): Promise<void> {
  const { tenantId, eventId } = row
  await manager.update(LowBalanceRow, { tenantId, eventId }, { emittedAt })
}
