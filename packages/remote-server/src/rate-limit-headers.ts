import type { LimitUsage, MeterUsage } from '@veramo-studio/billing-manager'
import { systemClock, type Clock } from '@veramo-studio/plugin-kit'

/** Periods of one length. A month and a year have none, and an account's lifetime ends never. */
const WINDOW_SECONDS: Partial<Record<LimitUsage['per'], number>> = { day: 86_400, week: 604_800 }

/**
 * What a call has left of its meter's limits, as draft-ietf-httpapi-ratelimit-headers-10 says it: each policy's quota `q`
 * and its window `w` in seconds, where that is fixed; what remains of it `r`, and the seconds `t` until it is given anew,
 * where it is.
 */
export function rateLimitHeaders(usage: MeterUsage, clock: Clock = systemClock): Record<string, string> {
  const limits = policiesOf(usage)
  return {
    'RateLimit-Policy': limits.map(({ name, limit, window }) => `${name};q=${limit}${window}`).join(', '),
    RateLimit: limits
      .map(({ name, remaining, resetsAt }) => `${name};r=${remaining}${until(resetsAt, clock)}`)
      .join(', '),
  }
}

interface Policy extends Pick<MeterUsage, 'limit' | 'remaining' | 'resetsAt'> {
  name: string
  window: string
}

/** The plan's main limit has the name of the meter; others say of which period they are. */
function policiesOf({ meter, limits, ...usage }: MeterUsage): Policy[] {
  if (limits === undefined) return [{ ...usage, name: JSON.stringify(meter), window: '' }]
  return limits.map((limit) => {
    const seconds = WINDOW_SECONDS[limit.per]
    const name = JSON.stringify(isMain(limit) ? meter : `${meter}/${limit.per}${limit.hard ? '/max' : ''}`)
    return { ...limit, name, window: seconds === undefined ? '' : `;w=${seconds}` }
  })
}

function isMain({ per, hard }: LimitUsage): boolean {
  return !hard && (per === 'month' || per === 'trial')
}

function until(resetsAt: string | null, clock: Clock): string {
  if (resetsAt === null) return ''
  const seconds = Math.ceil((Date.parse(resetsAt) - clock.now().getTime()) / 1000)
  return `;t=${Math.max(0, seconds)}`
}
