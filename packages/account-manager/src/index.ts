export { AccountManager, type AccountManagerOptions } from './account-manager.js'
export { accountManagerErrorDefinitions, accountManagerErrors } from './errors.js'
export { Entities, migrations } from './typeorm/index.js'
export type {
  Account,
  AccountBalances,
  AccountManagerCreateArgs,
  AccountManagerCreditArgs,
  AccountManagerGetArgs,
  AccountManagerGetBalancesArgs,
  AccountManagerListArgs,
  AccountManagerListTransactionsArgs,
  AccountPage,
  AccountStatus,
  Amount,
  Balance,
  BalanceSource,
  IAccountManager,
  PaymentAccount,
  Transaction,
  TransactionPage,
  TransactionType,
} from './types/IAccountManager.js'
export type { PaymentKeyRequest, PaymentKeys, PaymentNetwork } from './types/PaymentKeys.js'
export type { PlanDirectory } from './types/PlanDirectory.js'
