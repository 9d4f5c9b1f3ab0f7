import { kitErrors, type Clock } from '@veramo-studio/plugin-kit'
import type { Applied } from './balance-sheet.js'
import type { TenantBooks } from './books.js'
import type { ChainKey } from './chain-key.js'
import type { CheckedRequest } from './check-request.js'
import { ledgerErrors } from './errors.js'
import { startMovements } from './movements.js'
import { openTransfer, sealed, toTransfer } from './transfer-codec.js'
import type { LedgerTransfer } from './transfer.js'
import type { TransferRow } from './typeorm/rows.js'

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
export function startTransfer(deps: LedgerDeps, books: TenantBooks, request: CheckedRequest): StartResult {
  const { transferId } = request
  const existing = books.transfer(transferId)
  if (existing !== undefined) return replayed(deps, existing, request)
  if (books.isClosed) throw kitErrors.account_closed('the account is closed')
  const applied = books.apply(startMovements(request.kind, request.legs))
  if (applied.outcome !== 'applied') return refused(applied)
  const createdAt = deps.clock.now().toISOString()
  const row = sealed(deps.chainKey, toRow(request, books.nextSeq, createdAt))
  books.putTransfer(row)
  books.append(deps.chainKey, { transferId, steps: applied.steps, createdAt })
  return { outcome: 'started', transfer: toTransfer(row), replayed: false }
}

function refused(applied: Exclude<Applied, { outcome: 'applied' }>): Insufficient {
  if (applied.outcome === 'insufficient') return applied
  throw ledgerErrors.balance_overflow(`legs[${applied.legIndex}] takes ${applied.code} past 64 bits`)
}

function replayed(deps: LedgerDeps, existing: TransferRow, request: CheckedRequest): StartResult {
  const transfer = openTransfer(deps.chainKey, existing)
  if (existing.digest !== request.digest) {
    throw ledgerErrors.transfer_conflict(`transfer ${request.transferId} exists and is another one`)
  }
  return { outcome: 'started', transfer, replayed: true }
}

function toRow(request: CheckedRequest, startSeq: number, createdAt: string): Omit<TransferRow, 'seal'> {
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
    startSeq: String(startSeq),
    endSeq: null,
  }
}
