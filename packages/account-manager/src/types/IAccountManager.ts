import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'
import type {
  Account,
  AccountManagerCloseArgs,
  AccountManagerCreateArgs,
  AccountManagerGetArgs,
  AccountManagerListArgs,
  AccountManagerUpdateArgs,
  AccountPage,
} from './Account.js'
import type { AccountManagerListAuditLogArgs, AuditLogPage } from './AuditLog.js'
import type { AccountManagerCheckBalancesArgs, BalanceCheck } from './LowBalance.js'
import type {
  AccountBalances,
  AccountManagerCorrectArgs,
  AccountManagerCreditArgs,
  AccountManagerGetBalancesArgs,
  AccountManagerListTransactionsArgs,
  AccountManagerRefundArgs,
  Transaction,
  TransactionPage,
} from './Money.js'
import type { AccountManagerGetStatementArgs, AccountStatement } from './Statement.js'

/**
 * Customers, the addresses they pay to, and their money.
 *
 * Errors: `invalid_argument` (400), `not_found` (404), `conflict`, `account_closed`, `account_not_empty`, `email_taken`,
 * `credit_insufficient` and `refund_exceeds_charge` (409).
 */
export interface IAccountManager extends IPluginMethodMap {
  /**
   * Makes a customer and its payment addresses. `plan_unknown` (404) for a plan that the billing manager, where the agent
   * has one, does not know. For operators.
   */
  accountManagerCreate(args: AccountManagerCreateArgs, context: IAgentContext<IPluginMethodMap>): Promise<Account>

  /**
   * Returns one customer: the caller itself, or the one that an operator names.
   */
  accountManagerGet(args: AccountManagerGetArgs, context: IAgentContext<IPluginMethodMap>): Promise<Account>

  /**
   * Changes the name or the e-mail address of a customer: the caller itself, or the one that an operator names.
   */
  accountManagerUpdate(args: AccountManagerUpdateArgs, context: IAgentContext<IPluginMethodMap>): Promise<Account>

  /**
   * Closes an account for good, and returns it: it cannot be changed, be given money or be used, and its API keys are
   * revoked. `account_not_empty` while it has money or a call of it runs. Closing it again changes nothing. For operators.
   */
  accountManagerClose(args: AccountManagerCloseArgs, context: IAgentContext<IPluginMethodMap>): Promise<Account>

  /**
   * Lists the customers, oldest first. For operators.
   */
  accountManagerList(args: AccountManagerListArgs, context: IAgentContext<IPluginMethodMap>): Promise<AccountPage>

  /**
   * Gives a customer money, once for each idempotency key. For operators.
   */
  accountManagerCredit(args: AccountManagerCreditArgs, context: IAgentContext<IPluginMethodMap>): Promise<Transaction>

  /**
   * Gives back a charge, or a part of it, to the balance that paid it, once for each idempotency key.
   * `refund_exceeds_charge` for more than is left of it. For operators.
   */
  accountManagerRefund(args: AccountManagerRefundArgs, context: IAgentContext<IPluginMethodMap>): Promise<Transaction>

  /**
   * Takes back credit that was given by mistake, or returns it, once for each idempotency key. `credit_insufficient`
   * where the customer has less. For operators.
   */
  accountManagerCorrect(args: AccountManagerCorrectArgs, context: IAgentContext<IPluginMethodMap>): Promise<Transaction>

  /**
   * Returns what a customer has to pay with.
   */
  accountManagerGetBalances(
    args: AccountManagerGetBalancesArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<AccountBalances>

  /**
   * Lists the money that has come to a customer and gone from it, newest first. What is only set aside is not on it.
   */
  accountManagerListTransactions(
    args: AccountManagerListTransactionsArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<TransactionPage>

  /**
   * Returns what happened to a customer's money on one network in a period, as members or as CSV.
   */
  accountManagerGetStatement(
    args: AccountManagerGetStatementArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<AccountStatement>

  /**
   * Lists who changed what of an account, newest first.
   */
  accountManagerListAuditLog(
    args: AccountManagerListAuditLogArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<AuditLogPage>

  /**
   * Looks for balances that have fallen to a threshold, and emits `accountManager.lowBalance` for each. A service does
   * so by itself. For operators.
   */
  accountManagerCheckBalances(
    args: AccountManagerCheckBalancesArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BalanceCheck>
}
