import type { IAgent, IAgentPlugin } from '@veramo/core-types'
import type { Ledger } from '@veramo-studio/ledger'
import {
  checkedMethods,
  kitErrors,
  markOperatorOnly,
  systemClock,
  warnOnce,
  type Clock,
  type Database,
} from '@veramo-studio/plugin-kit'
import { BalanceWatch } from './balance-watch.js'
import { BalanceWatchWorker } from './balance-watch-worker.js'
import { closeAccount } from './close-account.js'
import { correctAccount } from './correct-account.js'
import { createAccount } from './create-account.js'
import { creditAccount } from './credit-account.js'
import { getAccount } from './get-account.js'
import { getBalances } from './get-balances.js'
import { getStatement } from './get-statement.js'
import { listAccounts } from './list-accounts.js'
import { listAuditLog } from './list-audit-log.js'
import { listTransactions } from './list-transactions.js'
import { parseThresholds, type LowBalanceThresholds } from './low-balance-thresholds.js'
import { schema } from './plugin.schema.js'
import { refundCharge } from './refund-charge.js'
import type { AccountCloser } from './types/AccountCloser.js'
import type { IAccountManager } from './types/IAccountManager.js'
import type { PaymentKeys } from './types/PaymentKeys.js'
import type { PlanDirectory } from './types/PlanDirectory.js'
import { updateAccount } from './update-account.js'

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
  /** What ends together with an account, in the same database. Default: nothing else. */
  closers?: readonly AccountCloser[]
  /**
   * Balances, in ncheq, at which the agent emits `accountManager.lowBalance`: one of a network, or several. Default:
   * none. Throws `setting_invalid` where they are not fit.
   */
  lowBalanceThresholds?: LowBalanceThresholds
  /** How often balances are looked at, once `startWatching` was called. Default 5,000; at least 10. */
  watchIntervalMs?: number
  /** Hears of failures in the background, which are tried again. Default: a warning of the process. */
  onBackgroundError?: (error: unknown) => void
  clock?: Clock
}

const OPERATOR_METHODS = [
  ...['accountManagerCreate', 'accountManagerClose', 'accountManagerList'],
  ...['accountManagerCredit', 'accountManagerRefund', 'accountManagerCorrect', 'accountManagerCheckBalances'],
]
const WARNING_CODE = 'VERAMO_STUDIO_ACCOUNTS'
const DEFAULT_WATCH_INTERVAL_MS = 5000
const LEAST_WATCH_INTERVAL_MS = 10

/** Agent plugin: customers, the addresses they pay to, and their money. */
export class AccountManager implements IAgentPlugin {
  readonly schema = markOperatorOnly(schema.IAccountManager, OPERATOR_METHODS)
  readonly methods: IAccountManager
  private readonly worker: BalanceWatchWorker

  constructor(options: AccountManagerOptions) {
    const { database, ledger, defaultPlan = 'trial', closers = [], clock = systemClock } = options
    const deps = { ...options, defaultPlan, closers, clock }
    const watch = new BalanceWatch({
      ...{ database, ledger, clock },
      thresholds: parseThresholds(options.lowBalanceThresholds),
    })
    this.worker = new BalanceWatchWorker(watch, {
      intervalMs: checkInterval(options.watchIntervalMs ?? DEFAULT_WATCH_INTERVAL_MS),
      onError: options.onBackgroundError ?? warnOnce('looking for low balances', WARNING_CODE),
    })
    this.methods = checkedMethods<IAccountManager>(this.schema, {
      accountManagerCreate: (args, { agent }) => createAccount(deps, agent, args),
      accountManagerGet: (args) => getAccount(deps, args),
      accountManagerUpdate: (args) => updateAccount(deps, args),
      accountManagerClose: (args) => closeAccount(deps, args),
      accountManagerList: (args) => listAccounts(deps, args),
      accountManagerCredit: (args) => creditAccount(deps, args),
      accountManagerRefund: (args) => refundCharge(deps, args),
      accountManagerCorrect: (args) => correctAccount(deps, args),
      accountManagerGetBalances: (args) => getBalances(deps, args),
      accountManagerListTransactions: (args) => listTransactions(deps, args),
      accountManagerGetStatement: (args) => getStatement(deps, args),
      accountManagerListAuditLog: (args) => listAuditLog(deps, args),
      accountManagerCheckBalances: ({ customerId }, { agent }) =>
        watch.check(agent, customerId === undefined ? undefined : database.customerId(customerId)),
    })
  }

  /** Looks for low balances now and each interval, until `stop`; the events are those of this agent. */
  startWatching(agent: IAgent): void {
    this.worker.start(agent)
  }

  /** Ends what runs in the background. */
  async stop(): Promise<void> {
    await this.worker.stop()
  }
}

function checkInterval(intervalMs: number): number {
  if (!Number.isFinite(intervalMs) || intervalMs < LEAST_WATCH_INTERVAL_MS) {
    throw kitErrors.setting_invalid(`watchIntervalMs must be at least ${LEAST_WATCH_INTERVAL_MS}`)
  }
  return intervalMs
}
