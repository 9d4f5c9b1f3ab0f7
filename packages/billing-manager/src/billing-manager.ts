import type { IAgent, IAgentPlugin } from '@veramo/core-types'
import type { Ledger } from '@veramo-studio/ledger'
import {
  checkedMethods,
  keepOutOfDebug,
  kitErrors,
  markOperatorOnly,
  systemClock,
  warnOnce,
  type Clock,
  type Database,
} from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { AnswerSeal } from './answer-seal.js'
import { offerCallBilling } from './call-billing.js'
import { checkConfiguration, type BillingConfiguration } from './check-configuration.js'
import type { CustomerGate } from './customer-gate.js'
import type { EffectSource } from './effect-source.js'
import { settleReservation, voidReservation } from './end-reservation.js'
import { getUsage } from './get-usage.js'
import { grantCredit } from './grant-credit.js'
import { guardReservation } from './guard-reservation.js'
import { LeftOpenCalls } from './left-open-calls.js'
import { listPlans } from './list-plans.js'
import { PlanCatalogue } from './plan-catalogue.js'
import { schema } from './plugin.schema.js'
import { ProcessLease } from './process-lease.js'
import { quote } from './quote.js'
import type { RecoverySummary } from './recover-reservations.js'
import { RecoveryWorker } from './recovery-worker.js'
import { reserve, type ReserveDependencies } from './reserve.js'
import { setPlan } from './set-plan.js'
import { verifyBooks, type VerifyBooksOptions } from './verify-books.js'
import type {
  BillingManagerReserveArgs,
  BillingManagerSettleArgs,
  BillingManagerVerifyBooksArgs,
  BillingManagerVoidArgs,
  BooksReport,
  IBillingManager,
  ReservationState,
  ReserveDecision,
} from './types/IBillingManager.js'

export interface BillingManagerOptions extends BillingConfiguration {
  /** Opened with the `Entities` and `migrations` of this package and of the ledger. */
  database: Database
  /** In the same database. */
  ledger: Ledger
  /** Tell what calls have stored. Without any, a crashed call counts as one that stored nothing. */
  effects?: readonly EffectSource[]
  /** Says who may be put on a plan. Default: everybody who has an account, where there are accounts. */
  customers?: CustomerGate
  /** Keeps answers for repeated calls. Without it, a repeated call hears that the answer is withheld. */
  answers?: AnswerSeal
  clock?: Clock
  /** How long a process may be silent before others end its calls. Default 3,000; at least 30. */
  leaseMs?: number
  /** `automatic` (default): recovers from the first metered call on, or from `startRecovery`. `manual`: when asked. */
  recovery?: 'automatic' | 'manual'
  /** Hears of failures in the background, which are tried again. Default: a warning of the process. */
  onBackgroundError?: (error: unknown) => void
}

/** An open reservation, for those who have the plugin itself. */
export interface ReservationArgs {
  customerId: string
  reservationId: string
}

const OPERATOR_METHODS = [
  ...['billingManagerSetPlan', 'billingManagerGrantCredit', 'billingManagerVerifyBooks'],
  ...['billingManagerReserve', 'billingManagerSettle', 'billingManagerVoid'],
]
/** Their arguments and results are other methods', or hold them. */
const METHODS_WITH_CALLS = [
  ...['billingManagerQuote', 'billingManagerReserve', 'billingManagerSettle', 'billingManagerVoid'],
]
const WARNING_CODE = 'VERAMO_STUDIO_BILLING'
const DEFAULT_LEASE_MS = 3000
const LEAST_LEASE_MS = 30

/**
 * {@link IBillingManager}. The constructor throws `plans_invalid` for plans and rules that are not fit, in one line with
 * the JSON pointer of the first bad member; `extensions.pointer` has it too.
 */
export class BillingManager implements IAgentPlugin {
  readonly schema = markOperatorOnly(schema.IBillingManager, OPERATOR_METHODS)
  readonly methods: IBillingManager
  private readonly deps: ReserveDependencies
  private readonly worker: RecoveryWorker
  private readonly recoversByItself: boolean

  constructor(options: BillingManagerOptions) {
    const { leaseMs = DEFAULT_LEASE_MS } = options
    this.deps = toDependencies(options, leaseMs)
    const onError = options.onBackgroundError ?? warnOnce('recovery of metered calls', WARNING_CODE)
    this.worker = new RecoveryWorker(this.deps, { intervalMs: leaseMs, onError })
    this.recoversByItself = options.recovery !== 'manual'
    keepOutOfDebug(METHODS_WITH_CALLS)
    this.methods = checkedMethods<IBillingManager>(this.schema, {
      billingManagerListPlans: (args) => listPlans(this.deps, args),
      billingManagerGetUsage: (args, { agent }) => getUsage(this.deps, args, agent),
      billingManagerQuote: (args, { agent }) => quote(this.deps, args, agent),
      billingManagerSetPlan: (args, { agent }) => setPlan(this.deps, args, agent),
      billingManagerGrantCredit: (args, { agent }) => grantCredit(this.deps, args, agent),
      billingManagerReserve: (args, { agent }) => this.reserve(args, agent),
      billingManagerSettle: (args) => this.settle(args),
      billingManagerVoid: (args) => this.void(args),
      billingManagerVerifyBooks: (args) => verifyBooks(this.deps, args),
    })
    offerCallBilling(this.methods, this)
  }

  /** Whether a method is declared free: a call of it needs no reservation. */
  isFree(method: string): boolean {
    return this.deps.methods.get(method)?.free === true
  }

  /** `billingManagerReserve`, for those who have the plugin itself. */
  async reserve(args: BillingManagerReserveArgs, agent: IAgent): Promise<ReserveDecision> {
    const decision = await reserve(this.deps, args, agent)
    if (this.recoversByItself && decision.decision !== 'free') this.worker.start()
    return decision
  }

  /** `billingManagerSettle`, for those who have the plugin itself. */
  async settle(args: BillingManagerSettleArgs): Promise<ReservationState> {
    return settleReservation(this.deps, args)
  }

  /** `billingManagerVoid`, for those who have the plugin itself. */
  async void(args: BillingManagerVoidArgs): Promise<ReservationState> {
    return voidReservation(this.deps, args)
  }

  /** Throws `reservation_ended` where a call has been given up; to run first in each of the call's writes. */
  async guardWrite(manager: EntityManager, { customerId, reservationId }: ReservationArgs): Promise<void> {
    return guardReservation(manager, { tenantId: customerId, reservationId })
  }

  /** Hands a call to recovery of which nobody knows how it ended, such as one whose commit got no answer. */
  async leaveOpen({ customerId, reservationId }: ReservationArgs): Promise<void> {
    await this.worker.leaveOpen({ tenantId: customerId, reservationId, mayHaveRun: true })
  }

  /** `billingManagerVerifyBooks`, for those who have the plugin itself. */
  async verifyBooks(args: BillingManagerVerifyBooksArgs, options: VerifyBooksOptions = {}): Promise<BooksReport> {
    return verifyBooks(this.deps, args, options)
  }

  /** Where the journal of each customer ends, each a line of JSON: `knownHeads` of a later verification. */
  exportHeads(): AsyncGenerator<string> {
    return this.deps.ledger.exportHeads(this.deps.database)
  }

  /** Ends the reservations of dead processes now. Rejects with an AggregateError where some cannot be ended. */
  async recover(): Promise<RecoverySummary> {
    return this.worker.recover()
  }

  /** Recovers now and once each lease, until `stop`. */
  startRecovery(): void {
    this.worker.start()
  }

  /** To call when no metered call runs any more: ends what runs in the background, and takes leave of other processes. */
  async stop(): Promise<void> {
    await this.worker.stop()
    await this.deps.lease.stop()
  }
}

function toDependencies(options: BillingManagerOptions, leaseMs: number): ReserveDependencies {
  const { database, ledger, effects = [], customers, answers, clock = systemClock } = options
  if (!Number.isFinite(leaseMs) || leaseMs < LEAST_LEASE_MS) {
    throw kitErrors.setting_invalid(`leaseMs must be at least ${LEAST_LEASE_MS}`)
  }
  const { methods, plans, defaultPlanId } = checkConfiguration(configurationOf(options))
  return {
    ...{ database, ledger, clock, methods, defaultPlanId, effects, customers, answers },
    plans: new PlanCatalogue({ database, clock, configured: plans }),
    leftOpen: new LeftOpenCalls(),
    lease: new ProcessLease({
      ...{ database, clock, leaseMs },
      onError: options.onBackgroundError ?? warnOnce('heartbeat of metered calls', WARNING_CODE),
    }),
  }
}

function configurationOf({ methods, plans, defaultPlan, exposedMethods }: BillingConfiguration): BillingConfiguration {
  return {
    methods,
    plans,
    ...(defaultPlan !== undefined && { defaultPlan }),
    ...(exposedMethods && { exposedMethods }),
  }
}
