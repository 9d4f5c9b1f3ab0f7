import type { IAgent } from '@veramo/core-types'
import type { RateLimitDecision } from './evaluate-rate-limits.js'
import type { ApiKey } from './types/IApiKeyManager.js'
import type { VerifiedKey } from './verified-key.js'

/**
 * What the agent hears of keys (`onEvent` of a plugin with these `eventTypes`). No event carries a token.
 *
 * - `apiKeyCreated`, `apiKeyUpdated`, `apiKeyRevoked`: `{ apiKey }`
 * - `apiKeyRotated`: `{ apiKey, replaced }`, both keys
 * - `apiKeyExpiring`: `{ apiKey }`, once, when its end is near
 * - `apiKeyIdle`: `{ apiKey }`, when it expires soon unless it is used
 * - `apiKeyLimitReached`: `{ keyId, customerId, method, rateLimits, retryAfterMs }`, for each call that is refused
 */
export const API_KEY_EVENTS = [
  'apiKeyCreated',
  'apiKeyUpdated',
  'apiKeyRotated',
  'apiKeyRevoked',
  'apiKeyExpiring',
  'apiKeyIdle',
  'apiKeyLimitReached',
] as const

export type ApiKeyEventType = (typeof API_KEY_EVENTS)[number]

/** Does not wait for those who listen: what they make of it is not the caller's. */
export function emitApiKeyEvent(
  agent: IAgent,
  type: ApiKeyEventType,
  data: { apiKey: ApiKey; replaced?: ApiKey },
): void {
  void agent.emit(type, data)
}

export function emitLimitReached(
  agent: IAgent,
  { keyId, tenantId }: VerifiedKey,
  { method, decision }: { method: string; decision: RateLimitDecision },
): void {
  const { states: rateLimits, retryAfterMs } = decision
  void agent.emit('apiKeyLimitReached', { keyId, customerId: tenantId, method, rateLimits, retryAfterMs })
}
