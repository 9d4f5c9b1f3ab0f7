import type { EntityManager } from 'typeorm'

/** Knows which plan a customer is on. The class of this name in `@veramo-studio/billing-manager` is one. */
export interface PlanDirectory {
  /** Undefined where it knows of none: then the plan holds that the account was made with. */
  planOf(manager: EntityManager, tenantId: string): Promise<string | undefined>
}
