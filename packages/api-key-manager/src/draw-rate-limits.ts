import type { IAgent } from '@veramo/core-types'
import type { ApiKeyDependencies } from './dependencies.js'
import { emitLimitReached } from './events.js'
import type { RateLimitDecision } from './evaluate-rate-limits.js'
import type { VerifiedKey } from './verified-key.js'

const UNLIMITED: RateLimitDecision = { allowed: true, levels: [], states: [], retryAfterMs: 0 }

/** Draws on what limits a call, and lets the agent know where nothing is left. */
export async function drawRateLimits(
  { limiter }: ApiKeyDependencies,
  key: VerifiedKey,
  { method, agent }: { method: string; agent: IAgent },
): Promise<RateLimitDecision> {
  if (!limiter.isLimited(key)) return UNLIMITED
  const decision = await limiter.draw(key, method)
  if (!decision.allowed) emitLimitReached(agent, key, { method, decision })
  return decision
}
