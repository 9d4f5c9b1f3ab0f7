import type { IAgentPlugin } from '@veramo/core-types'
import { checkedMethods, markOperatorOnly, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { createAccount, type CreateAccountDeps } from './create-account.js'
import { getAccount } from './get-account.js'
import { listAccounts } from './list-accounts.js'
import { schema } from './plugin.schema.js'
import type { IAccountManager } from './types/IAccountManager.js'
import type { PaymentKeys } from './types/PaymentKeys.js'

export interface AccountManagerOptions {
  /** Opened with the `Entities` and `migrations` of this package. */
  database: Database
  /** Makes the keys behind payment addresses, in the same database. */
  paymentKeys: PaymentKeys
  /** The plan of accounts that are made without one. Default `trial`. */
  defaultPlan?: string
  clock?: Clock
}

/** Agent plugin: customers, and the addresses they pay to. */
export class AccountManager implements IAgentPlugin {
  readonly schema = markOperatorOnly(schema.IAccountManager, ['accountManagerCreate', 'accountManagerList'])
  readonly methods: IAccountManager

  constructor({ database, paymentKeys, defaultPlan = 'trial', clock = systemClock }: AccountManagerOptions) {
    const deps: CreateAccountDeps = { database, paymentKeys, defaultPlan, clock }
    this.methods = checkedMethods<IAccountManager>(this.schema, {
      accountManagerCreate: (args) => createAccount(deps, args),
      accountManagerGet: (args) => getAccount(deps, args),
      accountManagerList: (args) => listAccounts(deps, args),
    })
  }
}
