export { AccountManager, type AccountManagerOptions } from './account-manager.js'
export { LOW_BALANCE_EVENT } from './balance-watch.js'
export { accountManagerErrorDefinitions, accountManagerErrors } from './errors.js'
export { type LowBalanceThresholds } from './low-balance-thresholds.js'
export { OpenAccounts } from './open-accounts.js'
export { Entities, migrations } from './typeorm/index.js'
export type {
  Account,
  AccountManagerCloseArgs,
  AccountManagerCreateArgs,
  AccountManagerGetArgs,
  AccountManagerListArgs,
  AccountManagerUpdateArgs,
  AccountPage,
  AccountStatus,
  PaymentAccount,
} from './types/Account.js'
export type { AccountCloser, ClosingAccount } from './types/AccountCloser.js'
export type {
  AccountManagerListAuditLogArgs,
  AuditAction,
  AuditActor,
  AuditEntry,
  AuditLogPage,
  AuditValues,
} from './types/AuditLog.js'
export type { IAccountManager } from './types/IAccountManager.js'
export type { AccountManagerCheckBalancesArgs, BalanceCheck, LowBalanceEvent } from './types/LowBalance.js'
export type {
  AccountBalances,
  AccountManagerCorrectArgs,
  AccountManagerCreditArgs,
  AccountManagerGetBalancesArgs,
  AccountManagerListTransactionsArgs,
  AccountManagerRefundArgs,
  Amount,
  Balance,
  BalanceSource,
  MoneyDirection,
  Transaction,
  TransactionPage,
  TransactionType,
} from './types/Money.js'
export type { PaymentKeyRequest, PaymentKeys, PaymentNetwork } from './types/PaymentKeys.js'
export type { PlanDirectory } from './types/PlanDirectory.js'
export type {
  AccountManagerGetStatementArgs,
  AccountStatement,
  StatementFormat,
  StatementMovement,
} from './types/Statement.js'
