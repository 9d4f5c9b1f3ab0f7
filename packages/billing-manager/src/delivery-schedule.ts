const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** As Standard Webhooks proposes: about three days in all. */
const DELAYS_MS = [
  ...[5000, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS],
  ...[10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS],
]
/** The first attempt, and one after each delay. */
export const MOST_ATTEMPTS = DELAYS_MS.length + 1
const JITTER = 0.2

/** How long a process has to send an event before another one may. Longer than a fetch may take. */
export const CLAIM_MS = MINUTE_MS

/** How long to wait after an attempt that failed, give or take a fifth; undefined where it was the last. */
export function afterAttempt(attempt: number, random: () => number): number | undefined {
  const delayMs = DELAYS_MS[attempt - 1]
  return delayMs === undefined ? undefined : Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()))
}
