export { type AnswerSeal, type SealPlace } from './answer-seal.js'
export { BillingManager, type BillingManagerOptions, type ReservationArgs } from './billing-manager.js'
export { callBillingOf, type CallBilling } from './call-billing.js'
export { type BillingConfiguration } from './check-configuration.js'
export { type EffectSource } from './effect-source.js'
export { billingManagerErrorDefinitions, billingManagerErrors } from './errors.js'
export { guardReservation } from './guard-reservation.js'
export { type CallEffect, type FreeMethodRule, type MeteredMethodRule, type MethodRule } from './method-rule.js'
export { type CallEnd } from './look-at-call.js'
export { PlanDirectory } from './plan-directory.js'
export { type PlanConfiguration } from './plan.js'
export { type RecoverySummary } from './recover-reservations.js'
export { type MarkedTransaction, type ReservationOutcomes, type TransactionOutcome } from './reservation-outcomes.js'
export { type ReservationReference } from './typeorm/reservation-store.js'
export { Entities, migrations } from './typeorm/tables.js'
export type {
  BillingManagerDeleteKeyBudgetArgs,
  BillingManagerGetKeyBudgetsArgs,
  BillingManagerListReservationsArgs,
  BillingManagerResolveReservationArgs,
  BillingManagerSetKeyBudgetArgs,
  IBillingControls,
  KeyBudget,
  KeyBudgetDeletion,
  KeyBudgetList,
  KeyBudgetRefill,
  Reservation,
  ReservationPage,
  ReservationResolution,
  ReservationTransaction,
} from './types/IBillingControls.js'
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
  SentTransaction,
} from './types/IBillingManager.js'
