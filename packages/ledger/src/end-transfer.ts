import type { EntityManager } from 'typeorm'
import { accountKey, BalanceSheet, type Step } from './balance-sheet.js'
import { checkSettledAmounts } from './check-request.js'
import type { AccountBalance } from './entry.js'
import { ledgerErrors } from './errors.js'
import { findPending, type NotPending, type Pending, type UnknownTransfer } from './find-pending.js'
import { endMovements } from './movements.js'
import type { LedgerDeps } from './start-transfer.js'
import { sealed, toTransfer } from './transfer-codec.js'
import type { LedgerTransfer, TransferReference, TransferState } from './transfer.js'
import { readSheet } from './typeorm/account-store.js'
import { updatePendingTransfer } from './typeorm/transfer-store.js'
import { writeJournal } from './write-journal.js'

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

export async function settleTransfer(
  deps: LedgerDeps,
  manager: EntityManager,
  request: SettleRequest,
): Promise<SettleResult> {
  const found = await findPending(deps, manager, request)
  if ('outcome' in found) return found
  const settledAmounts = checkSettledAmounts(found.transfer.legs, request.amounts)
  return applyEnding(deps, manager, { ...found, state: 'settled', settledAmounts })
}

export async function voidTransfer(
  deps: LedgerDeps,
  manager: EntityManager,
  reference: TransferReference,
): Promise<VoidResult> {
  const found = await findPending(deps, manager, reference)
  if ('outcome' in found) return found
  return applyEnding(deps, manager, { ...found, state: 'voided', settledAmounts: null })
}

export async function expireTransfer(
  deps: LedgerDeps,
  manager: EntityManager,
  reference: TransferReference,
): Promise<ExpireResult> {
  const found = await findPending(deps, manager, reference)
  if ('outcome' in found) return found
  const { expiresAt } = found.transfer
  if (expiresAt === null || expiresAt > deps.clock.now().toISOString()) return { outcome: 'not_due', expiresAt }
  return applyEnding(deps, manager, { ...found, state: 'expired', settledAmounts: null })
}

interface Ending<State extends EndState> extends Pending {
  state: State
  settledAmounts: bigint[] | null
}

async function applyEnding<State extends EndState>(
  { chainKey, clock }: LedgerDeps,
  manager: EntityManager,
  { row, transfer, head, state, settledAmounts }: Ending<State>,
): Promise<Ended<State>> {
  const { tenantId, transferId, legs } = transfer
  const movements = endMovements(legs, settledAmounts)
  const before = await readSheet(manager, tenantId, movements)
  const after = new BalanceSheet(before.accounts())
  const applied = after.apply(movements)
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
    endSeq: String(head.seq + 1),
  })
  await updatePendingTransfer(manager, ended)
  const { steps } = applied
  await writeJournal(manager, chainKey, { tenantId, transferId, head, steps, before, after, createdAt })
  return { outcome: state, transfer: toTransfer(ended), balances: balancesAfter(steps) }
}

function balancesAfter(steps: readonly Step[]): AccountBalance[] {
  const balances = new Map<string, AccountBalance>()
  for (const { movement, fromBalance, toBalance } of steps) {
    const { from, to, asset } = movement
    balances.set(accountKey(from, asset), { code: from, asset, balance: fromBalance })
    balances.set(accountKey(to, asset), { code: to, asset, balance: toBalance })
  }
  return [...balances.values()]
}
