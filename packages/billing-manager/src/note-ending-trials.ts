import { runInTenant } from '@veramo-studio/plugin-kit'
import { recordEvents, type BillingEvent } from './billing-event.js'
import type { BillingDependencies } from './dependencies.js'
import { trialEnd } from './period.js'
import type { Plan } from './plan.js'
import { readTrials } from './typeorm/event-store.js'

const DAY_MS = 86_400_000
const NOTICE_DAYS = 3
const PAGE = 100

/** Records the end of trials three days before, once each. A trial that is shorter is told of when it begins. */
export async function noteEndingTrials(deps: BillingDependencies): Promise<number> {
  let noted = 0
  for (const plan of deps.plans.configured) {
    if (plan.trialDays !== null) noted += await noteEndingTrialsOf(deps, plan, plan.trialDays)
  }
  return noted
}

async function noteEndingTrialsOf(deps: BillingDependencies, { planId }: Plan, trialDays: number): Promise<number> {
  const { database, clock } = deps
  const now = clock.now()
  const onceKey = `trial:${planId}`
  const before = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString()
  const query = {
    planId,
    beganAfter: before(trialDays),
    beganBy: before(trialDays - NOTICE_DAYS),
    onceKey,
    limit: PAGE,
  }
  const trials = await database.read((manager) => readTrials(manager, query), { acrossTenants: true })
  for (const { tenantId, anchorAt } of trials) {
    const endsAt = trialEnd(anchorAt, trialDays).toISOString()
    const event: BillingEvent = { type: 'trial.ending', onceKey, data: { customerId: tenantId, plan: planId, endsAt } }
    const recorded = await runInTenant(tenantId, () =>
      database.write((manager) => recordEvents(manager, [event], now.toISOString()), { tenantId }),
    )
    deps.announcer.announce(recorded)
  }
  return trials.length
}
