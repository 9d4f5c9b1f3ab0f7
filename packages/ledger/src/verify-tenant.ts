import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EntityManager } from 'typeorm'
import { MIN_INT64 } from './amount.js'
import { accountKey, type BalanceSheet } from './balance-sheet.js'
import type { ChainKey } from './chain-key.js'
import { isSealed, toTransfer } from './transfer-codec.js'
import { HELD, type LedgerTransfer } from './transfer.js'
import {
  readEntriesBetween,
  readSnapshot,
  readTransfersById,
  readTransfersWithEntries,
  type Snapshot,
} from './typeorm/verify-store.js'
import { EntryVerifier, type EntryFault } from './verify-entries.js'

/** What is wrong with a tenant's books. */
export type BreakReason =
  | EntryFault
  /** There are entries, and no chain row. */
  | 'head_missing'
  /** The chain row names another last entry than there is: entries were taken from the end, or put there. */
  | 'head_wrong'
  /** A transfer's entries are not where it says. */
  | 'entries_missing'
  /** A cached balance is not the sum of the account's entries. */
  | 'cached_balance_wrong'
  /** What is held is not what the pending transfers have set aside. */
  | 'held_not_pending'
  /** An exported head is not in the chain. */
  | 'known_head_missing'

/** The first thing found wrong, as near as it can be named. */
export interface LedgerBreak {
  tenantId: string
  reason: BreakReason
  seq?: number
  transferId?: string
  code?: string
  asset?: string
}

interface TenantVerification {
  chainKey: ChainKey
  tenantId: string
  /** Told after each page of how many entries it had. */
  onPage: (entries: number) => void
}

const PAGE = 500

/**
 * Checks one tenant's books as they were at one instant, page by page. Others may write meanwhile: entries never
 * change, and a transfer says itself which entries started and ended it.
 */
export async function verifyTenant(
  manager: EntityManager,
  verification: TenantVerification,
): Promise<LedgerBreak | undefined> {
  const { chainKey, tenantId } = verification
  const snapshot = await readSnapshot(manager, tenantId)
  if (snapshot.head === null && snapshot.lastSeq !== null) return { tenantId, reason: 'head_missing' }
  const verifier = new EntryVerifier(chainKey)
  return (
    (await verifyEntries(manager, verification, { verifier, upTo: snapshot.head?.seq ?? '0' })) ??
    verifyHead(tenantId, snapshot, verifier) ??
    (await verifyTransfers(manager, verification, verifier)) ??
    verifyCachedBalances(tenantId, snapshot, verifier.sheet)
  )
}

async function verifyEntries(
  manager: EntityManager,
  { tenantId, onPage }: TenantVerification,
  { verifier, upTo }: { verifier: EntryVerifier; upTo: string },
): Promise<LedgerBreak | undefined> {
  // Below all numbers: an entry with a number less than 1 is to be found as well.
  let after = String(MIN_INT64)
  for (;;) {
    const rows = await readEntriesBetween(manager, { tenantId, after, upTo, limit: PAGE })
    // Read after the entries: what ended a transfer is in its row by then.
    const ids = [...new Set(rows.map((row) => row.transferId))]
    const transfers = await readTransfersById(manager, tenantId, ids)
    for (const row of rows) {
      const reason = verifier.check(row, transfers.get(row.transferId))
      if (reason === 'entry_missing') return { tenantId, seq: verifier.head.seq + 1, reason }
      if (reason !== undefined) return { tenantId, seq: Number(row.seq), transferId: row.transferId, reason }
    }
    onPage(rows.length)
    // SQLite answers within the same turn of the event loop: others get theirs between two pages.
    await nextTurn()
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return undefined
    after = last.seq
  }
}

function verifyHead(tenantId: string, { head, lastSeq }: Snapshot, verifier: EntryVerifier): LedgerBreak | undefined {
  const { seq, hash } = verifier.head
  const named = head ?? { seq: '0', hash: '' }
  const isWhole = named.seq === String(seq) && named.hash === hash && (lastSeq ?? '0') === named.seq
  if (!isWhole) return { tenantId, seq: seq + 1, reason: 'head_wrong' }
  const transferId = verifier.unfinished
  return transferId === undefined ? undefined : { tenantId, seq: seq + 1, transferId, reason: 'entries_missing' }
}

async function verifyTransfers(
  manager: EntityManager,
  { chainKey, tenantId }: TenantVerification,
  { head, sheet }: EntryVerifier,
): Promise<LedgerBreak | undefined> {
  const pending = new Map<string, bigint>()
  let after = ''
  for (;;) {
    const rows = await readTransfersWithEntries(manager, { tenantId, after, limit: PAGE })
    for (const { startedBy, endedBy, ...row } of rows) {
      const { transferId } = row
      if (!isSealed(chainKey, row)) return { tenantId, transferId, reason: 'transfer_changed' }
      const transfer = toTransfer(row)
      const isThere = startedBy === transferId && (transfer.endSeq === null || endedBy === transferId)
      if (!isThere) return { tenantId, transferId, reason: 'entries_missing' }
      if (wasPendingAt(transfer, head.seq)) addLegs(pending, transfer)
    }
    await nextTurn()
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return compareHeld(tenantId, sheet, pending)
    after = last.transferId
  }
}

function wasPendingAt({ kind, startSeq, endSeq }: LedgerTransfer, seq: number): boolean {
  return kind === 'hold' && startSeq <= seq && (endSeq === null || endSeq > seq)
}

function addLegs(pending: Map<string, bigint>, { legs }: LedgerTransfer): void {
  for (const { asset, amount } of legs) pending.set(asset, (pending.get(asset) ?? 0n) + amount)
}

function compareHeld(
  tenantId: string,
  sheet: BalanceSheet,
  pending: ReadonlyMap<string, bigint>,
): LedgerBreak | undefined {
  const heldAssets = sheet.accounts().flatMap(({ code, asset }) => (code === HELD ? [asset] : []))
  const wrong = [...new Set([...heldAssets, ...pending.keys()])].find(
    (asset) => sheet.get(HELD, asset) !== (pending.get(asset) ?? 0n),
  )
  return wrong === undefined ? undefined : { tenantId, code: HELD, asset: wrong, reason: 'held_not_pending' }
}

function verifyCachedBalances(tenantId: string, { accounts }: Snapshot, sheet: BalanceSheet): LedgerBreak | undefined {
  const cached = new Map(accounts.map(({ code, asset, balance }) => [accountKey(code, asset), balance]))
  const wrong = [...sheet.accounts(), ...accounts].find(
    ({ code, asset }) => String(sheet.get(code, asset)) !== (cached.get(accountKey(code, asset)) ?? '0'),
  )
  if (wrong === undefined) return undefined
  return { tenantId, code: wrong.code, asset: wrong.asset, reason: 'cached_balance_wrong' }
}
