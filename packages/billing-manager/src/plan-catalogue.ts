import { AsyncResource } from 'node:async_hooks'
import type { Clock, Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { billingManagerErrors } from './errors.js'
import { digestPlan, readPlan, writePlan, type Plan, type PlanVersion } from './plan.js'
import { insertPlanVersion, readLatestPlanVersion, readPlanVersion, type PlanVersionRow } from './typeorm/plan-store.js'

export interface PlanCatalogueOptions {
  database: Database
  clock: Clock
  /** As this process was configured. */
  configured: readonly Plan[]
}

/**
 * The plans, each in versions that never change. A process that starts with another text of a plan adds a version. The
 * newest one is in force, in all processes; also of a plan that is no longer configured, while customers are on it.
 */
export class PlanCatalogue {
  readonly configured: readonly Plan[]
  private readonly database: Database
  private readonly clock: Clock
  private readonly known = new Map<string, PlanVersion>()
  private registration: Promise<void> | undefined
  private isRegistered = false
  // The plans belong to no call: not to the first one either, which adds them.
  private readonly outsideOfCalls = AsyncResource.bind((work: () => Promise<void>) => work())

  constructor({ database, clock, configured }: PlanCatalogueOptions) {
    this.database = database
    this.clock = clock
    this.configured = configured
  }

  /** Adds what this process was configured with, once. A failure is the caller's, and the next caller tries again. */
  register(): Promise<void> {
    this.registration ??= this.outsideOfCalls(() => this.addVersions()).catch((error: unknown) => {
      this.registration = undefined
      throw error
    })
    return this.registration
  }

  isConfigured(planId: string): boolean {
    return this.configured.some((plan) => plan.planId === planId)
  }

  async version(manager: EntityManager, planId: string, version: number): Promise<PlanVersion> {
    const key = `${planId}\n${version}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    const row = await readPlanVersion(manager, planId, version)
    if (row === undefined) throw billingManagerErrors.plan_unknown(`there is no version ${version} of plan ${planId}`)
    const loaded = toVersion(planId, row)
    this.known.set(key, loaded)
    return loaded
  }

  /** Writes nothing: a version that is still to be added is given as it will be. Throws `plan_unknown`. */
  async inForce(manager: EntityManager, planId: string): Promise<PlanVersion> {
    const latest = await readLatestPlanVersion(manager, planId)
    const configured = this.configured.find((plan) => plan.planId === planId)
    if (configured !== undefined && !this.isRegistered && latest?.digest !== digestPlan(configured)) {
      const createdAt = this.clock.now().toISOString()
      return { plan: configured, version: (latest?.version ?? 0) + 1, createdAt }
    }
    return toVersion(planId, latest)
  }

  private async addVersions(): Promise<void> {
    await this.database.write(async (manager) => {
      for (const plan of this.configured) await this.addVersion(manager, plan)
    })
    this.isRegistered = true
  }

  private async addVersion(manager: EntityManager, plan: Plan): Promise<void> {
    const { planId } = plan
    const digest = digestPlan(plan)
    const createdAt = this.clock.now().toISOString()
    for (;;) {
      const latest = await readLatestPlanVersion(manager, planId)
      if (latest?.digest === digest) return
      const version = (latest?.version ?? 0) + 1
      // Where another process was faster, what it has added is looked at.
      if (await insertPlanVersion(manager, { planId, version, body: writePlan(plan), digest, createdAt })) return
    }
  }
}

/** The newest version that is kept. Throws `plan_unknown`. */
export async function latestVersion(manager: EntityManager, planId: string): Promise<PlanVersion> {
  return toVersion(planId, await readLatestPlanVersion(manager, planId))
}

function toVersion(planId: string, row: PlanVersionRow | undefined): PlanVersion {
  if (row === undefined) throw unknownPlan(planId)
  const { body, version, createdAt } = row
  return { plan: readPlan(planId, body), version, createdAt }
}

export function unknownPlan(planId: string) {
  return billingManagerErrors.plan_unknown(`there is no plan ${planId}`)
}
