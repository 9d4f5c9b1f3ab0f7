import { BalanceSheet, type Step } from './balance-sheet.js'
import type { TenantBooks } from './books.js'
import { checkSettledAmounts } from './check-request.js'
import type { AccountBalance } from './entry.js'
import { ledgerErrors } from './errors.js'
import { findPending, type NotPending, type Pending, type UnknownTransfer } from './find-pending.js'
import { endMovements } from './movements.js'
import type { LedgerDeps } from './start-transfer.js'
import { sealed, toTransfer } from './transfer-codec.js'
import type { LedgerTransfer, TransferReference, TransferState } from './transfer.js'

export interface SettleRequest extends TransferReference {
  /** What of each leg is settled, 0 up to the leg's amount; the rest returns. Default: all of each. */
  amounts?: readonly bigint[]
}

/** The transfer is pending, and its time has not come, or never comes. Nothing was changed. */
export interface NotDue {
  outcome: 'not_due'
  expiresAt: string | null
}

type EndState = Extract<TransferState, 'settled' | 'voided' | 'expired'>
type Ended<State extends EndState> = {
  outcome: State
  transfer: LedgerTransfer
  /** Of the accounts that the ending has moved something to or from, as it leaves them. */
  balances: AccountBalance[]
}

export type SettleResult = Ended<'settled'> | NotPending | UnknownTransfer
export type VoidResult = Ended<'voided'> | NotPending | UnknownTransfer
export type ExpireResult = Ended<'expired'> | NotDue | NotPending | UnknownTransfer

export function settleTransfer(
  deps: LedgerDeps,
  books: TenantBooks | undefined,
  { transferId, amounts }: SettleRequest,
): SettleResult {
  const found = findPending(deps, books, transferId)
  if ('outcome' in found) return found
  const settledAmounts = checkSettledAmounts(found.transfer.legs, amounts)
  return applyEnding(deps, { ...found, state: 'settled', settledAmounts })
}

export function voidTransfer(
  deps: LedgerDeps,
  books: TenantBooks | undefined,
  { transferId }: TransferReference,
): VoidResult {
  const found = findPending(deps, books, transferId)
  if ('outcome' in found) return found
  return applyEnding(deps, { ...found, state: 'voided', settledAmounts: null })
}

export function expireTransfer(
  deps: LedgerDeps,
  books: TenantBooks | undefined,
  { transferId }: TransferReference,
): ExpireResult {
  const found = findPending(deps, books, transferId)
  if ('outcome' in found) return found
  const { expiresAt } = found.transfer
  if (expiresAt === null || expiresAt > deps.clock.now().toISOString()) return { outcome: 'not_due', expiresAt }
  return applyEnding(deps, { ...found, state: 'expired', settledAmounts: null })
}

interface Ending<State extends EndState> extends Pending {
  books: TenantBooks
  state: State
  settledAmounts: bigint[] | null
}

function applyEnding<State extends EndState>(
  { chainKey, clock }: LedgerDeps,
  { books, row, transfer, state, settledAmounts }: Ending<State>,
): Ended<State> {
  const { tenantId, transferId, legs } = transfer
  const applied = books.apply(endMovements(legs, settledAmounts))
  if (applied.outcome === 'insufficient') {
    throw ledgerErrors.ledger_corrupt(`less is held for ${tenantId} than transfer ${transferId} has set aside`)
  }
  if (applied.outcome === 'overflow') {
    throw ledgerErrors.balance_overflow(`legs[${applied.legIndex}] takes ${applied.code} past 64 bits`)
  }
  const createdAt = clock.now().toISOString()
  const ended = sealed(chainKey, {
    ...row,
    state,
    settledAmounts: settledAmounts === null ? null : JSON.stringify(settledAmounts.map(String)),
    endedAt: createdAt,
    endSeq: String(books.nextSeq),
  })
  books.putTransfer(ended)
  books.append(chainKey, { transferId, steps: applied.steps, createdAt })
  return { outcome: state, transfer: toTransfer(ended), balances: balancesAfter(applied.steps) }
}

function balancesAfter(steps: readonly Step[]): AccountBalance[] {
  const moved = steps.flatMap(({ movement: { from, to, asset }, fromBalance, toBalance }) => [
    { code: from, asset, balance: fromBalance },
    { code: to, asset, balance: toBalance },
  ])
  // Of several of one account the last one counts.
  return new BalanceSheet(moved).accounts()
}
