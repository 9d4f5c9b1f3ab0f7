import { parseAmount } from './amount.js'
import { moneyAccount, OUTSIDE_OPERATOR } from './money-account.js'
import { explained, parseNote, postMoney, type MoneyDeps, type MoneyMove } from './post-money.js'
import type { AccountManagerCreditArgs, Transaction } from './types/Money.js'

export async function creditAccount(deps: MoneyDeps, args: AccountManagerCreditArgs): Promise<Transaction> {
  const move = toMove(deps.database.customerId(args.customerId), args)
  try {
    const posted = await deps.database.write((manager) => postMoney(deps, manager, move), { tenantId: move.tenantId })
    if (posted === undefined) throw new Error('a credit cannot be insufficient')
    return posted.transaction
  } catch (error) {
    throw explained(error, 'credit')
  }
}

function toMove(tenantId: string, args: AccountManagerCreditArgs): MoneyMove {
  const { code, asset } = moneyAccount('credit', args.network)
  const leg = { from: OUTSIDE_OPERATOR, to: code, asset, amount: parseAmount(args.amount) }
  return { action: 'credit', tenantId, leg, note: parseNote(args) }
}
