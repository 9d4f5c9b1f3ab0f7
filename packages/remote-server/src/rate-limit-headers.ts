import type { MeterUsage } from '@veramo-studio/billing-manager'
import { systemClock, type Clock } from '@veramo-studio/plugin-kit'

/**
 * What a call has left of its meter's limit, as draft-ietf-httpapi-ratelimit-headers-10 says it: the policy's quota `q`,
 * what remains of it `r`, and the seconds `t` until it is given anew, where it is.
 */
export function rateLimitHeaders(usage: MeterUsage, clock: Clock = systemClock): Record<string, string> {
  const { meter, limit, remaining, resetsAt } = usage
  const name = JSON.stringify(meter)
  const seconds = resetsAt === null ? undefined : Math.ceil((Date.parse(resetsAt) - clock.now().getTime()) / 1000)
  const reset = seconds === undefined ? '' : `;t=${Math.max(0, seconds)}`
  return { 'RateLimit-Policy': `${name};q=${limit}`, RateLimit: `${name};r=${remaining}${reset}` }
}
