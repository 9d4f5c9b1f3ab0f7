import { trialEnd } from './period.js'
import type { Plan } from './plan.js'
import type { Subscription } from './typeorm/subscription-store.js'

/**
 * What a subscription has become by an instant: the change that was agreed, or the plan after a trial, whichever came
 * first. Undefined where it stays as it is.
 */
export function dueChange(subscription: Subscription, plan: Plan, now: Date): Subscription | undefined {
  const agreed = agreedChange(subscription)
  const after = changeAfterTrial(subscription, plan)
  const first = agreed !== undefined && (after === undefined || agreed.updatedAt <= after.updatedAt) ? agreed : after
  return first !== undefined && first.updatedAt <= now.toISOString() ? first : undefined
}

/** The change that comes next; undefined where none does. */
export function nextChange(subscription: Subscription, plan: Plan): { plan: string; at: string } | undefined {
  const next = dueChange(subscription, plan, END_OF_TIME)
  return next && { plan: next.planId, at: next.updatedAt }
}

const END_OF_TIME = new Date('9999-12-31T23:59:59.999Z')

function agreedChange(subscription: Subscription): Subscription | undefined {
  const { nextPlanId, nextPlanAt } = subscription
  if (nextPlanId === null || nextPlanAt === null) return undefined
  return { ...subscription, planId: nextPlanId, updatedAt: nextPlanAt, nextPlanId: null, nextPlanAt: null }
}

function changeAfterTrial(subscription: Subscription, { trialDays, then }: Plan): Subscription | undefined {
  if (trialDays === null || then === null) return undefined
  const endedAt = trialEnd(subscription.anchorAt, trialDays).toISOString()
  // A customer that came to the trial when it was over goes on at once.
  const updatedAt = endedAt > subscription.updatedAt ? endedAt : subscription.updatedAt
  return { ...subscription, planId: then, updatedAt }
}
