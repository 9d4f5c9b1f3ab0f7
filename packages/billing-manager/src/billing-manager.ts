import type { IAgent, IAgentPlugin } from '@veramo/core-types'
import type { Ledger } from '@veramo-studio/ledger'
import {
  checkedMethods,
  guardedFetch,
  keepOutOfDebug,
  kitErrors,
  markOperatorOnly,
  systemClock,
  warnOnce,
  type ChainTransaction,
  type Clock,
  type Database,
} from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { Announcer } from './announce-events.js'
import type { AnswerSeal } from './answer-seal.js'
import { billingControls, CONTROLS_WITH_SECRETS, OPERATOR_CONTROLS } from './billing-controls.js'
import { offerCallBilling } from './call-billing.js'
import { checkConfiguration, type BillingConfiguration } from './check-configuration.js'
import type { CustomerGate } from './customer-gate.js'
import type { EffectSource } from './effect-source.js'
import type { CallOutcome } from './decide-call.js'
import { decideCalls, type AskedCall } from './decide-calls.js'
import type { DeliveryDependencies, DeliverySummary } from './deliver-events.js'
import { settleReservation, voidReservation, type EndDependencies } from './end-call.js'
import { endCalls, type AskedEnding, type EndedCall } from './end-calls.js'
import { EventSender } from './event-sender.js'
import { getUsage } from './get-usage.js'
import { grantCredit } from './grant-credit.js'
import { guardReservation } from './guard-reservation.js'
import { BudgetKeys } from './budget-keys.js'
import { lookAtCall, type CallEnd } from './look-at-call.js'
import { LeftOpenCalls } from './left-open-calls.js'
import { listGrants } from './list-grants.js'
import { listPlans } from './list-plans.js'
import { markBroadcast } from './mark-broadcast.js'
import { casesOf } from './method-rule.js'
import { PlanCatalogue } from './plan-catalogue.js'
import { mergedSchema } from './merged-schema.js'
import { ProcessLease } from './process-lease.js'
import { quote } from './quote.js'
import type { RecoverySummary } from './recover-reservations.js'
import { RecoveryWorker } from './recovery-worker.js'
import type { ReservationOutcomes } from './reservation-outcomes.js'
import { reserve, type ReserveDependencies } from './reserve.js'
import type { BroadcastDependencies } from './resolve-broadcasts.js'
import { RetrySchedule } from './retry-schedule.js'
import { setPlan } from './set-plan.js'
import { TenantQueue } from './tenant-queue.js'
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
import type { IBillingControls } from './types/IBillingControls.js'

export interface BillingManagerOptions extends BillingConfiguration {
  /** Opened with the `Entities` and `migrations` of this package and of the ledger. */
  database: Database
  /** In the same database. */
  ledger: Ledger
  /** Tell what calls have stored. Without any, a crashed call counts as one that stored nothing. */
  effects?: readonly EffectSource[]
  /** Says who may be put on a plan. Default: everybody who has an account, where there are accounts. */
  customers?: CustomerGate
  /** Look up what became of the transactions of calls. Without any, such calls stay open for an operator to resolve. */
  outcomes?: readonly ReservationOutcomes[]
  /** How long each of them has to answer, in milliseconds. Default 4,000. */
  outcomeTimeoutMs?: number
  /** What webhooks are sent by. Default: plugin-kit's `guardedFetch`. */
  webhookFetch?: typeof guardedFetch
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

type BillingManagerDependencies = ReserveDependencies & EndDependencies & BroadcastDependencies & DeliveryDependencies

/** An open reservation, for those who have the plugin itself. */
export interface ReservationArgs {
  customerId: string
  reservationId: string
}

const OPERATOR_METHODS = [
  ...['billingManagerSetPlan', 'billingManagerGrantCredit', 'billingManagerVerifyBooks'],
  ...['billingManagerReserve', 'billingManagerSettle', 'billingManagerVoid'],
  ...OPERATOR_CONTROLS,
]
/** Their arguments and results are other methods', or hold them. */
const METHODS_WITH_CALLS = [
  ...['billingManagerQuote', 'billingManagerReserve', 'billingManagerSettle', 'billingManagerVoid'],
]
const WARNING_CODE = 'VERAMO_STUDIO_BILLING'
const DEFAULT_LEASE_MS = 3000
const LEAST_LEASE_MS = 30
const DEFAULT_OUTCOME_TIMEOUT_MS = 4000
const LONGEST_LOOK_UP_DELAY_MS = 60_000

/**
 * {@link IBillingManager}. The constructor throws `plans_invalid` for plans and rules that are not fit, in one line with
 * the JSON pointer of the first bad member; `extensions.pointer` has it too.
 */
export class BillingManager implements IAgentPlugin {
  readonly schema = markOperatorOnly(mergedSchema, OPERATOR_METHODS)
  readonly methods: IBillingManager & IBillingControls
  private readonly deps: BillingManagerDependencies
  private readonly worker: RecoveryWorker
  private readonly sender: EventSender
  private readonly recoversByItself: boolean

  constructor(options: BillingManagerOptions) {
    const { leaseMs = DEFAULT_LEASE_MS } = options
    this.deps = toDependencies(options, leaseMs)
    const onError = options.onBackgroundError ?? warnOnce('recovery of metered calls', WARNING_CODE)
    this.worker = new RecoveryWorker(this.deps, { intervalMs: leaseMs, onError })
    this.sender = new EventSender(this.deps, {
      intervalMs: leaseMs,
      onError: options.onBackgroundError ?? warnOnce('delivery of billing events', WARNING_CODE),
    })
    this.recoversByItself = options.recovery !== 'manual'
    keepOutOfDebug([...METHODS_WITH_CALLS, ...CONTROLS_WITH_SECRETS])
    this.methods = checkedMethods<IBillingManager & IBillingControls>(this.schema, {
      ...billingControls(this.deps),
      billingManagerListPlans: (args) => listPlans(this.deps, args),
      billingManagerGetUsage: (args, { agent }) => getUsage(this.deps, args, agent),
      billingManagerQuote: (args, { agent }) => quote(this.deps, args, agent),
      billingManagerSetPlan: (args, { agent }) => setPlan(this.deps, args, agent),
      billingManagerGrantCredit: (args, { agent }) => grantCredit(this.deps, args, agent),
      billingManagerListGrants: (args, { agent }) => listGrants(this.deps, args, agent),
      billingManagerReserve: (args, { agent }) => this.reserve(args, agent),
      billingManagerSettle: (args) => this.settle(args),
      billingManagerVoid: (args) => this.void(args),
      billingManagerVerifyBooks: (args) => verifyBooks(this.deps, args),
    })
    offerCallBilling(this.methods, this)
  }

  /** Whether a method is declared free, whatever its arguments: a call of it needs no reservation. */
  isFree(method: string): boolean {
    const rule = this.deps.methods.get(method)
    return rule !== undefined && casesOf(rule).every(({ free }) => free === true)
  }

  /** `billingManagerReserve`, for those who have the plugin itself. */
  async reserve(args: BillingManagerReserveArgs, agent: IAgent): Promise<ReserveDecision> {
    const decision = await reserve(this.deps, args, agent)
    if (this.recoversByItself && decision.decision !== 'free') this.startRecovery()
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

  /**
   * Makes durable that a call is about to send a transaction, which decides from then on. Throws `reservation_ended` where
   * the call has been given up: the transaction must not be sent.
   */
  async markBroadcast({ customerId, reservationId }: ReservationArgs, transaction: ChainTransaction): Promise<void> {
    return markBroadcast(this.deps, { tenantId: customerId, reservationId }, transaction)
  }

  /** Hands a call to recovery of which nobody knows how it ended, such as one whose commit got no answer. */
  async leaveOpen({ customerId, reservationId }: ReservationArgs): Promise<void> {
    await this.worker.leaveOpen({ tenantId: customerId, reservationId })
  }

  /** The same for a call that has marked a transaction; asks at once what became of it, and tells what is known. */
  async leaveToOutcome({ customerId, reservationId }: ReservationArgs): Promise<CallEnd> {
    const reference = { tenantId: customerId, reservationId }
    await this.worker.leaveOpen(reference)
    await this.worker.lookUp()
    return lookAtCall(this.deps.database, reference)
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

  /** Sends what customers are to hear of and is due, and looks for trials that end. */
  async deliverEvents(): Promise<DeliverySummary> {
    return this.sender.send()
  }

  /** Recovers, and sends what customers are to hear of, now and once each lease, until `stop`. */
  startRecovery(): void {
    this.worker.start()
    this.sender.start()
  }

  /** To call when no metered call runs any more: ends what runs in the background, and takes leave of other processes. */
  async stop(): Promise<void> {
    await this.worker.stop()
    await this.sender.stop()
    await this.deps.lease.stop()
  }
}

function toDependencies(options: BillingManagerOptions, leaseMs: number): BillingManagerDependencies {
  const { database, ledger, effects = [], customers, answers, clock = systemClock } = options
  const { outcomes = [], outcomeTimeoutMs = DEFAULT_OUTCOME_TIMEOUT_MS } = options
  if (!Number.isFinite(leaseMs) || leaseMs < LEAST_LEASE_MS) {
    throw kitErrors.setting_invalid(`leaseMs must be at least ${LEAST_LEASE_MS}`)
  }
  const { methods, plans, defaultPlanId } = checkConfiguration(configurationOf(options))
  const deps = {
    ...{ database, ledger, clock, methods, defaultPlanId, effects, customers, answers, outcomes, outcomeTimeoutMs },
    retries: new RetrySchedule({ clock, firstDelayMs: leaseMs, longestDelayMs: LONGEST_LOOK_UP_DELAY_MS }),
    plans: new PlanCatalogue({ database, clock, configured: plans }),
    leftOpen: new LeftOpenCalls(),
    announcer: new Announcer(options.onBackgroundError ?? warnOnce('announcement of billing events', WARNING_CODE)),
    ...{ webhookFetch: options.webhookFetch ?? guardedFetch, random: Math.random },
    budgetKeys: new BudgetKeys(),
    lease: new ProcessLease({
      ...{ database, clock, leaseMs },
      onError: options.onBackgroundError ?? warnOnce('heartbeat of metered calls', WARNING_CODE),
    }),
  }
  const calls = new TenantQueue<AskedCall, CallOutcome>({
    database,
    decide: (manager, group) => decideCalls(deps, manager, group),
  })
  const endings = new TenantQueue<AskedEnding, EndedCall>({
    database,
    decide: (manager, group) => endCalls(deps, manager, group),
  })
  return { ...deps, calls, endings }
}

function configurationOf({ methods, plans, defaultPlan, exposedMethods }: BillingConfiguration): BillingConfiguration {
  return {
    methods,
    plans,
    ...(defaultPlan !== undefined && { defaultPlan }),
    ...(exposedMethods && { exposedMethods }),
  }
}
