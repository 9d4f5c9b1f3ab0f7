import type { LedgerLeg, LedgerTransfer } from '@veramo-studio/ledger'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { parseAmount, toAmount } from './amount.js'
import { accountManagerErrors } from './errors.js'
import { findCharge } from './find-charge.js'
import { moneyAccount, OUTSIDE_REFUND, REVENUE } from './money-account.js'
import {
  explained,
  parseNote,
  postedTransaction,
  postMoney,
  toTransferId,
  type MoneyDeps,
  type MoneyNote,
} from './post-money.js'
import { requireAccount } from './typeorm/account-store.js'
import { lockRefunded, writeRefunded } from './typeorm/refund-store.js'
import type { AccountManagerRefundArgs, Transaction } from './types/Money.js'

interface RefundRequest {
  tenantId: string
  /** Of the charge. */
  transactionId: string
  /** Undefined: what is left of the charge. */
  amount: bigint | undefined
  note: MoneyNote
}

export async function refundCharge(deps: MoneyDeps, args: AccountManagerRefundArgs): Promise<Transaction> {
  const request: RefundRequest = {
    tenantId: deps.database.customerId(args.customerId),
    transactionId: args.transactionId,
    amount: args.amount && parseAmount(args.amount),
    note: parseNote(args),
  }
  try {
    return await deps.database.write((manager) => refundOnce(deps, manager, request), { tenantId: request.tenantId })
  } catch (error) {
    throw explained(error, 'refund')
  }
}

async function refundOnce(deps: MoneyDeps, manager: EntityManager, request: RefundRequest): Promise<Transaction> {
  const { ledger } = deps
  const { tenantId, transactionId, note } = request
  await requireAccount(manager, tenantId)
  const charge = await findCharge(ledger, manager, request)
  // From here on refunds of this charge have their turn one after another.
  const refunded = await lockRefunded(manager, request)
  const transferId = toTransferId('refund', note.idempotencyKey)
  const earlier = await ledger.getTransfer(manager, { tenantId, transferId })
  if (earlier !== undefined) return again(earlier, request)
  const amount = decideAmount(request.amount, { charged: BigInt(charge.amount.amount), refunded })
  const { code, asset } = moneyAccount(charge.source, charge.network)
  const { method, meter } = charge
  const details = {
    ...{ refundOf: transactionId, asked: askedOf(request) },
    ...(method !== undefined && { method }),
    ...(meter !== undefined && { meter }),
  }
  const move = (from: string) => {
    const leg: LedgerLeg = { from, to: code, asset, amount }
    return postMoney(deps, manager, { action: 'refund', tenantId, leg, note, details })
  }
  const posted = (await move(REVENUE)) ?? (await move(OUTSIDE_REFUND))
  if (posted === undefined) throw new Error('what comes from outside cannot be insufficient')
  if (!posted.replayed) await writeRefunded(manager, request, refunded + amount)
  return posted.transaction
}

/** The same call again gives what it gave, also where nothing is left of the charge by now. */
function again(earlier: LedgerTransfer, request: RefundRequest): Transaction {
  const { refundOf, reason, asked } = earlier.metadata
  const isSame = refundOf === request.transactionId && reason === request.note.reason && asked === askedOf(request)
  if (!isSame) throw kitErrors.conflict('idempotencyKey was used for another refund')
  return postedTransaction(earlier)
}

function askedOf({ amount }: RefundRequest): string {
  return amount === undefined ? 'rest' : String(amount)
}

function decideAmount(asked: bigint | undefined, { charged, refunded }: { charged: bigint; refunded: bigint }): bigint {
  const left = charged - refunded
  const amount = asked ?? left
  if (left > 0n && amount <= left) return amount
  throw accountManagerErrors.refund_exceeds_charge(
    `${charged} ncheq were charged, and ${refunded} of them were given back`,
    { extensions: { charged: toAmount(charged), refunded: toAmount(refunded), refundable: toAmount(left) } },
  )
}
