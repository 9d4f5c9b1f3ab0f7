import type { EntityManager } from 'typeorm'

/** Knows which plan a customer is on. The class of this name in `@veramo-studio/billing-manager` is one. */
export interface PlanDirectory {
  /** Undefined where it knows of none: then the plan holds that the account was made with. */
  planOf(manager: EntityManager, tenantId: string): Promise<string | undefined>
  /** The same of many at once, by their ids; those that it does not know are left out. Default: asked one by one. */
  plansOf?(manager: EntityManager, tenantIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}
