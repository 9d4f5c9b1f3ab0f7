import type { LedgerOperation } from './apply-operations.js'
import { assertInstant, assertReference, checkRequest, type HoldRequest, type PostRequest } from './check-request.js'
import {
  expireTransfer,
  settleTransfer,
  voidTransfer,
  type ExpireResult,
  type SettleRequest,
  type SettleResult,
  type VoidResult,
} from './end-transfer.js'
import { ledgerErrors } from './errors.js'
import { rescheduleTransfer, type RescheduleRequest, type RescheduleResult } from './reschedule-transfer.js'
import { startTransfer, type Insufficient, type LedgerDeps } from './start-transfer.js'
import type { LedgerTransfer, TransferReference } from './transfer.js'

/** `replayed`: the transfer was there before, perhaps in another state by now, and nothing was changed. */
export type PostResult = { outcome: 'posted'; transfer: LedgerTransfer; replayed: boolean } | Insufficient
/** `replayed`: the transfer was there before, perhaps in another state by now, and nothing was changed. */
export type HoldResult = { outcome: 'held'; transfer: LedgerTransfer; replayed: boolean } | Insufficient

/*
 * What is asked of the ledger, checked. Throw `invalid_argument` and `amount_invalid`.
 */

export function postOperation(deps: LedgerDeps, request: PostRequest): LedgerOperation<PostResult> {
  const checked = checkRequest('post', { ...request, expiresAt: null })
  return {
    ...reference(checked),
    start: checked,
    decide: (books) => {
      const result = startTransfer(deps, present(books), checked)
      return result.outcome === 'started' ? { ...result, outcome: 'posted' } : result
    },
  }
}

export function holdOperation(deps: LedgerDeps, request: HoldRequest): LedgerOperation<HoldResult> {
  const checked = checkRequest('hold', request)
  return {
    ...reference(checked),
    start: checked,
    decide: (books) => {
      const result = startTransfer(deps, present(books), checked)
      return result.outcome === 'started' ? { ...result, outcome: 'held' } : result
    },
  }
}

export function settleOperation(deps: LedgerDeps, request: SettleRequest): LedgerOperation<SettleResult> {
  return { ...reference(request), decide: (books) => settleTransfer(deps, books, request) }
}

export function voidOperation(deps: LedgerDeps, request: TransferReference): LedgerOperation<VoidResult> {
  return { ...reference(request), decide: (books) => voidTransfer(deps, books, request) }
}

export function expireOperation(deps: LedgerDeps, request: TransferReference): LedgerOperation<ExpireResult> {
  return { ...reference(request), decide: (books) => expireTransfer(deps, books, request) }
}

export function rescheduleOperation(deps: LedgerDeps, request: RescheduleRequest): LedgerOperation<RescheduleResult> {
  if (request.expiresAt !== null) assertInstant(request.expiresAt, 'expiresAt')
  return { ...reference(request), decide: (books) => rescheduleTransfer(deps, books, request) }
}

function reference({ tenantId, transferId }: TransferReference): TransferReference {
  assertReference({ tenantId, transferId })
  return { tenantId, transferId }
}

/** An operation that may make a transfer has begun its tenant's books. */
function present<Books>(books: Books | undefined): Books {
  if (books === undefined) throw ledgerErrors.ledger_moved('the journal of a tenant cannot be begun')
  return books
}
