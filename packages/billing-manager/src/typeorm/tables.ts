import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { BroadcastEntity, ResolutionEntity } from './broadcast-entities.js'
import {
  AllowanceEntity,
  GrantEntity,
  IdempotencyEntity,
  PlanVersionEntity,
  ProcessEntity,
  ReservationEntity,
  SubscriptionEntity,
} from './entities.js'
import { BillingEventEntity, WebhookEntity } from './event-entities.js'
import { KeyBudgetEntity } from './key-budget-entity.js'
import { CreateBilling } from './migrations/1763600000007-create-billing.js'
import { AddPlanTerms } from './migrations/1763600000017-add-plan-terms.js'
import { BroadcastReservations } from './migrations/1763600000037-broadcast-reservations.js'
import { KeyBudgets } from './migrations/1763600000047-key-budgets.js'
import { BillingEvents } from './migrations/1763600000057-billing-events.js'

/** Tables of the billing manager; give them to `openDatabase`, with those of the ledger. */
export const Entities: readonly Entity[] = [
  PlanVersionEntity,
  SubscriptionEntity,
  AllowanceEntity,
  GrantEntity,
  ReservationEntity,
  IdempotencyEntity,
  ProcessEntity,
  BroadcastEntity,
  ResolutionEntity,
  KeyBudgetEntity,
  BillingEventEntity,
  WebhookEntity,
]

/** Make and change those tables; give them to `openDatabase`. Oldest first, and never changed. */
export const migrations: readonly Migration[] = [
  CreateBilling,
  AddPlanTerms,
  BroadcastReservations,
  KeyBudgets,
  BillingEvents,
]
