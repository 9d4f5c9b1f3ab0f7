export { type CustomerGate } from './customer-gate.js'
export { type AnswerSeal, type SealPlace } from './answer-seal.js'
export { BillingManager, type BillingManagerOptions, type ReservationArgs } from './billing-manager.js'
export { billingManagerOf, callBillingOf, type CallBilling } from './call-billing.js'
export { type BillingConfiguration } from './check-configuration.js'
export { type EffectSource } from './effect-source.js'
export { billingManagerErrorDefinitions, billingManagerErrors } from './errors.js'
export { guardReservation } from './guard-reservation.js'
export { type CallEffect, type FreeMethodRule, type MeteredMethodRule, type MethodRule } from './method-rule.js'
export { PlanDirectory } from './plan-directory.js'
export { type PlanConfiguration } from './plan.js'
export { type RecoverySummary } from './recover-reservations.js'
export { type ReservationReference } from './typeorm/reservation-store.js'
export { Entities, migrations } from './typeorm/tables.js'
export type {
  Amount,
  BillingGrant,
  BillingManagerGetUsageArgs,
  BillingManagerGrantCreditArgs,
  BillingManagerListPlansArgs,
  BillingManagerQuoteArgs,
  BillingManagerReserveArgs,
  BillingManagerSetPlanArgs,
  BillingManagerSettleArgs,
  BillingManagerVerifyBooksArgs,
  BillingManagerVoidArgs,
  BillingNetwork,
  BillingPeriod,
  BillingPlan,
  BillingPlanList,
  BillingQuote,
  BillingSource,
  BillingUsage,
  BooksBreak,
  BooksReport,
  IBillingManager,
  IdempotencyRefusal,
  MadeThing,
  MeterOverage,
  MeterUsage,
  PlanMeter,
  RecordedAnswer,
  ReservationIdempotency,
  ReservationState,
  ReserveDecision,
  ReserveDenial,
} from './types/IBillingManager.js'
export { type VerifyBooksOptions } from './verify-books.js'
