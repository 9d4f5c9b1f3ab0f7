import { kitErrors, type Clock } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { BalanceSheet, type Applied } from './balance-sheet.js'
import type { ChainKey } from './chain-key.js'
import type { CheckedRequest } from './check-request.js'
import type { LedgerHead } from './entry.js'
import { ledgerErrors } from './errors.js'
import { startMovements } from './movements.js'
import { openTransfer, sealed, toTransfer } from './transfer-codec.js'
import type { LedgerTransfer } from './transfer.js'
import { readSheet } from './typeorm/account-store.js'
import { lockChain } from './typeorm/chain-store.js'
import type { TransferRow } from './typeorm/rows.js'
import { insertTransfer, readTransfer } from './typeorm/transfer-store.js'
import { writeJournal } from './write-journal.js'

export interface LedgerDeps {
  chainKey: ChainKey
  clock: Clock
}

/** An account has not enough for a leg. Nothing was changed. */
export interface Insufficient {
  outcome: 'insufficient'
  legIndex: number
  /** What the leg's account has left after the legs before it. */
  available: bigint
}

export type StartResult = { outcome: 'started'; transfer: LedgerTransfer; replayed: boolean } | Insufficient

/** Posts or holds, once for each transfer id. */
export async function startTransfer(
  deps: LedgerDeps,
  manager: EntityManager,
  request: CheckedRequest,
): Promise<StartResult> {
  const { tenantId, transferId } = request
  const movements = startMovements(request.kind, request.legs)
  const { head, closedAt } = await lockChain(manager, tenantId)
  if (closedAt !== null) return closed(deps, await readTransfer(manager, request), request)
  const before = await readSheet(manager, tenantId, movements)
  const after = new BalanceSheet(before.accounts())
  const applied = after.apply(movements)
  // Whether the id is taken shows when it is written, or must be asked where nothing will be.
  if (applied.outcome !== 'applied') {
    const existing = await readTransfer(manager, request)
    return existing === undefined ? refused(applied) : replayed(deps, existing, request)
  }
  const createdAt = deps.clock.now().toISOString()
  const row = sealed(deps.chainKey, toRow(request, head, createdAt))
  if (!(await insertTransfer(manager, row))) {
    return replayed(deps, await readTransfer(manager, request), request)
  }
  const { steps } = applied
  await writeJournal(manager, deps.chainKey, { tenantId, transferId, head, steps, before, after, createdAt })
  return { outcome: 'started', transfer: toTransfer(row), replayed: false }
}

/** A transfer that was made in time is there all the same for those who ask again. */
function closed(deps: LedgerDeps, existing: TransferRow | undefined, request: CheckedRequest): StartResult {
  if (existing === undefined) throw kitErrors.account_closed('the account is closed')
  return replayed(deps, existing, request)
}

function refused(applied: Exclude<Applied, { outcome: 'applied' }>): Insufficient {
  if (applied.outcome === 'insufficient') return applied
  throw ledgerErrors.balance_overflow(`legs[${applied.legIndex}] takes ${applied.code} past 64 bits`)
}

function replayed(deps: LedgerDeps, existing: TransferRow | undefined, request: CheckedRequest): StartResult {
  if (existing === undefined) throw ledgerErrors.ledger_moved(`transfer ${request.transferId} vanished`)
  const transfer = openTransfer(deps.chainKey, existing)
  if (existing.digest !== request.digest) {
    throw ledgerErrors.transfer_conflict(`transfer ${request.transferId} exists and is another one`)
  }
  return { outcome: 'started', transfer, replayed: true }
}

function toRow(request: CheckedRequest, head: LedgerHead, createdAt: string): Omit<TransferRow, 'seal'> {
  const { tenantId, transferId, kind, legsText, metadataText, expiresAt, digest } = request
  return {
    tenantId,
    transferId,
    kind,
    state: kind === 'post' ? 'posted' : 'pending',
    legs: legsText,
    settledAmounts: null,
    metadata: metadataText,
    digest,
    createdAt,
    expiresAt,
    endedAt: kind === 'post' ? createdAt : null,
    startSeq: String(head.seq + 1),
    endSeq: null,
  }
}
