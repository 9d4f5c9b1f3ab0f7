import type { EntityManager } from 'typeorm'
import { parseAmount, toAmount } from './amount.js'
import { accountManagerErrors } from './errors.js'
import { moneyAccount, OUTSIDE_CORRECTION } from './money-account.js'
import { explained, parseNote, postMoney, type MoneyDeps, type MoneyMove } from './post-money.js'
import type { AccountManagerCorrectArgs, Transaction } from './types/Money.js'

/** What was given stays in the journal: a correction is an entry the other way. */
export async function correctAccount(deps: MoneyDeps, args: AccountManagerCorrectArgs): Promise<Transaction> {
  const move = toMove(deps.database.customerId(args.customerId), args)
  try {
    return await deps.database.write((manager) => correctOnce(deps, manager, move), { tenantId: move.tenantId })
  } catch (error) {
    throw explained(error, 'correction')
  }
}

async function correctOnce(deps: MoneyDeps, manager: EntityManager, move: MoneyMove): Promise<Transaction> {
  const posted = await postMoney(deps, manager, move)
  if (posted !== undefined) return posted.transaction
  const { tenantId, leg } = move
  const available = toAmount(await deps.ledger.balance(manager, { tenantId, code: leg.from, asset: leg.asset }))
  throw accountManagerErrors.credit_insufficient(`the customer has ${available.amount} ncheq of credit`, {
    extensions: { available },
  })
}

function toMove(tenantId: string, args: AccountManagerCorrectArgs): MoneyMove {
  const { code, asset } = moneyAccount('credit', args.network)
  const amount = parseAmount(args.amount)
  const [from, to] = args.direction === 'out' ? [code, OUTSIDE_CORRECTION] : [OUTSIDE_CORRECTION, code]
  return { action: 'correct', tenantId, leg: { from, to, asset, amount }, note: parseNote(args) }
}
