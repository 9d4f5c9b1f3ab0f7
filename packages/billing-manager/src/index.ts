export { type CustomerGate } from './customer-gate.js'
export { type AnswerSeal, type SealPlace } from './answer-seal.js'
export { BillingManager, type BillingManagerOptions, type ReservationArgs } from './billing-manager.js'
export { billingManagerOf, callBillingOf, type CallBilling } from './call-billing.js'
export { type BillingConfiguration } from './check-configuration.js'
export { type EffectSource } from './effect-source.js'
export { billingManagerErrorDefinitions, billingManagerErrors } from './errors.js'
export { guardReservation } from './guard-reservation.js'
export { type CallEnd } from './look-at-call.js'
export {
  type ArgumentValue,
  type CallEffect,
  type ConditionalMethodRule,
  type FreeMethodRule,
  type MeteredMethodRule,
  type MethodCase,
  type MethodRule,
  type MethodRules,
  type UnitsRule,
} from './method-rule.js'
export { type LimitPeriod, type PeriodAlignment } from './period.js'
export { PlanDirectory } from './plan-directory.js'
export { type LimitConfiguration, type LimitsByPeriod, type PlanConfiguration } from './plan.js'
export { rateCard } from './rate-card.js'
export { type RecoverySummary } from './recover-reservations.js'
export { type MarkedTransaction, type ReservationOutcomes, type TransactionOutcome } from './reservation-outcomes.js'
export { type ReservationReference } from './typeorm/reservation-store.js'
export { Entities, migrations } from './typeorm/tables.js'
export { type DeliverySummary } from './deliver-events.js'
export type {
  BillingEventType,
  BillingManagerDeleteKeyBudgetArgs,
  BillingManagerDeleteWebhookArgs,
  BillingManagerGetKeyBudgetsArgs,
  BillingManagerGetWebhookArgs,
  BillingManagerListReservationsArgs,
  BillingManagerResolveReservationArgs,
  BillingManagerSetKeyBudgetArgs,
  BillingManagerSetWebhookArgs,
  BillingManagerSetWebhookResult,
  BillingWebhook,
  IBillingControls,
  KeyBudget,
  KeyBudgetDeletion,
  KeyBudgetExhausted,
  KeyBudgetList,
  KeyBudgetRefill,
  LimitReached,
  Reservation,
  ReservationPage,
  ReservationResolution,
  ReservationTransaction,
  TrialEnding,
  WebhookDeletion,
} from './types/IBillingControls.js'
export type {
  Amount,
  BillingGrant,
  BillingGrantBalance,
  BillingGrantPage,
  BillingManagerGetUsageArgs,
  BillingManagerGrantCreditArgs,
  BillingManagerListGrantsArgs,
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
  LimitUsage,
  MadeThing,
  MeterOverage,
  MeterUsage,
  NextPlan,
  PlanLimit,
  PlanMeter,
  RecordedAnswer,
  ReservationIdempotency,
  ReservationState,
  ReserveDecision,
  ReserveDenial,
  SentTransaction,
} from './types/IBillingManager.js'
export { type VerifyBooksOptions } from './verify-books.js'
