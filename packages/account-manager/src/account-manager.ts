import type { IAgentPlugin } from '@veramo/core-types'
import type { Ledger } from '@veramo-studio/ledger'
import { checkedMethods, markOperatorOnly, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { createAccount } from './create-account.js'
import { creditAccount } from './credit-account.js'
import { getAccount } from './get-account.js'
import { getBalances } from './get-balances.js'
import { listAccounts } from './list-accounts.js'
import { listTransactions } from './list-transactions.js'
import { schema } from './plugin.schema.js'
import type { IAccountManager } from './types/IAccountManager.js'
import type { PaymentKeys } from './types/PaymentKeys.js'
import type { PlanDirectory } from './types/PlanDirectory.js'

export interface AccountManagerOptions {
  /** Opened with the `Entities` and `migrations` of this package and of `@veramo-studio/ledger`. */
  database: Database
  /** Makes the keys behind payment addresses, in the same database. */
  paymentKeys: PaymentKeys
  /** Where the customers' money is counted, in the same database. */
  ledger: Ledger
  /** Knows who was put on another plan. Default: nobody was. */
  plans?: PlanDirectory
  /** The plan of accounts that are made without one. Default `trial`. */
  defaultPlan?: string
  clock?: Clock
}

const OPERATOR_METHODS = ['accountManagerCreate', 'accountManagerList', 'accountManagerCredit']

/** Agent plugin: customers, the addresses they pay to, and their money. */
export class AccountManager implements IAgentPlugin {
  readonly schema = markOperatorOnly(schema.IAccountManager, OPERATOR_METHODS)
  readonly methods: IAccountManager

  constructor({ defaultPlan = 'trial', clock = systemClock, ...options }: AccountManagerOptions) {
    const deps = { ...options, defaultPlan, clock }
    this.methods = checkedMethods<IAccountManager>(this.schema, {
      accountManagerCreate: (args) => createAccount(deps, args),
      accountManagerGet: (args) => getAccount(deps, args),
      accountManagerList: (args) => listAccounts(deps, args),
      accountManagerCredit: (args) => creditAccount(deps, args),
      accountManagerGetBalances: (args) => getBalances(deps, args),
      accountManagerListTransactions: (args) => listTransactions(deps, args),
    })
  }
}
