import type { EntityManager } from 'typeorm'

/** Knows which plan a customer is on. That of `@veramo-studio/billing-manager` is one. */
export interface PlanDirectory {
  /** The plan that the customer was put on; undefined where it is still on the one that its account was made with. */
  planOf(manager: EntityManager, tenantId: string): Promise<string | undefined>
}
