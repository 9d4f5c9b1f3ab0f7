import type { IAgent } from '@veramo/core-types'
import { keyCallsOf, type ApiKeyRateLimitState, type CallAdmission } from '@veramo-studio/api-key-manager'
import { kitErrors, type Principal } from '@veramo-studio/plugin-kit'
import { tenantAgentErrors } from './errors.js'

export interface AdmitOptions {
  /** Told what a call has left of the rate limits that count it, also where it is refused. */
  onRateLimits?: (rateLimits: readonly ApiKeyRateLimitState[]) => void
}

/**
 * Draws on the rate limits of the calling key. Throws `rate_limited`, with `retryAfterMs` and the `rateLimits`, and
 * `permission_denied` for a key that has ended since its caller was authenticated.
 */
export async function admitCall(
  agent: IAgent,
  principal: Principal,
  { method, onRateLimits }: AdmitOptions & { method: string },
): Promise<void> {
  const admission = await keyCallsOf(agent)?.admit(principal, { method, agent })
  if (admission === undefined) return
  if (admission.rateLimits.length > 0) onRateLimits?.(admission.rateLimits)
  if (admission.code === 'valid') return
  if (admission.code !== 'rate_limited') throw kitErrors.permission_denied('the calling key can no longer be used')
  throw rateLimited(admission)
}

/** Counts a call that a key has no permission for. */
export function countDenied(agent: IAgent, principal: Principal, method: string): void {
  keyCallsOf(agent)?.countDenied(principal, method)
}

function rateLimited({ rateLimits, retryAfterMs }: CallAdmission): Error {
  const full = rateLimits.filter(({ remaining }) => remaining === 0).map(({ name }) => name)
  const names = full.length === 0 ? 'its rate limits' : `the rate limit ${full.join(', ')}`
  return tenantAgentErrors.rate_limited(`the key has used up ${names}`, { extensions: { retryAfterMs, rateLimits } })
}
