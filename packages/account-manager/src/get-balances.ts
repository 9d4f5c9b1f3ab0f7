import { toAmount } from './amount.js'
import { MONEY_ACCOUNTS, type MoneyAccount } from './money-account.js'
import type { ReadMoneyDeps } from './post-money.js'
import { readFunds, type Funds } from './read-funds.js'
import { requireAccount } from './typeorm/account-store.js'
import type { AccountBalances, AccountManagerGetBalancesArgs, Balance } from './types/Money.js'

export async function getBalances(
  { database, ledger }: ReadMoneyDeps,
  args: AccountManagerGetBalancesArgs,
): Promise<AccountBalances> {
  const tenantId = database.customerId(args.customerId)
  return database.read(
    async (manager) => {
      await requireAccount(manager, tenantId)
      return { balances: toBalances(await readFunds(ledger, manager, tenantId)) }
    },
    { tenantId },
  )
}

export function toBalances(funds: Funds): Balance[] {
  return MONEY_ACCOUNTS.map((account) => toBalance(account, funds))
}

function toBalance({ network, source, code, asset }: MoneyAccount, { accounts, pendingLegs }: Funds): Balance {
  const own = accounts.find((account) => account.code === code && account.asset === asset)
  const held = pendingLegs.filter((leg) => leg.from === code && leg.asset === asset)
  return {
    network,
    source,
    available: toAmount(own?.balance ?? 0n),
    held: toAmount(held.reduce((sum, { amount }) => sum + amount, 0n)),
  }
}
