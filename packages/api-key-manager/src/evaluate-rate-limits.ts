import type { ApiKeyRateLimit, ApiKeyRateLimitState } from './types/IApiKeyManager.js'

/**
 * How full a limit was, in calls, at an instant: it drains by `limit` a window. This is the generic cell rate algorithm
 * in its form of a leaky bucket (ITU-T I.371, annex A), which counts whole calls exactly.
 */
export interface LimitLevel {
  calls: number
  atMs: number
}

export interface LimitToDraw {
  limit: ApiKeyRateLimit
  /** Undefined: nothing was drawn yet. */
  level: LimitLevel | undefined
}

/** All limits are drawn on, or none. */
export interface RateLimitDecision {
  allowed: boolean
  /** What is to be kept where it is allowed; in the order of what was given. */
  levels: LimitLevel[]
  states: ApiKeyRateLimitState[]
  /** When the same call would pass. 0 where it does. */
  retryAfterMs: number
}

/** More than rounding can add up to, and less than any part of a call that could matter. */
const TOLERANCE = 1e-6

/** @param cost how many calls this one counts for; no more than a whole limit, which could never be had */
export function evaluateRateLimits(draws: readonly LimitToDraw[], cost: number, nowMs: number): RateLimitDecision {
  const measured = draws.map((draw) => measure(draw, cost, nowMs))
  const allowed = measured.every(({ waitMs }) => waitMs === 0)
  return {
    allowed,
    levels: measured.map(({ calls, drawn, atMs }) => ({ calls: allowed ? calls + drawn : calls, atMs })),
    states: measured.map(({ limit, calls, drawn }) => stateOf(limit, allowed ? calls + drawn : calls)),
    retryAfterMs: Math.max(0, ...measured.map(({ waitMs }) => waitMs)),
  }
}

function measure({ limit, level }: LimitToDraw, cost: number, nowMs: number) {
  // A clock that was set back refills nothing twice.
  const atMs = Math.max(nowMs, level?.atMs ?? 0)
  const callMs = limit.windowMs / limit.limit
  const calls = level === undefined ? 0 : Math.max(0, level.calls - (atMs - level.atMs) / callMs)
  const drawn = Math.min(cost, limit.limit)
  const excess = calls + drawn - limit.limit
  const waitMs = excess <= TOLERANCE ? 0 : Math.max(1, Math.ceil(excess * callMs + (atMs - nowMs)))
  return { limit, calls, drawn, atMs, waitMs }
}

function stateOf({ name, limit, windowMs }: ApiKeyRateLimit, calls: number): ApiKeyRateLimitState {
  return {
    name,
    limit,
    windowMs,
    remaining: Math.max(0, Math.floor(limit - calls + TOLERANCE)),
    resetAfterMs: Math.ceil((calls * windowMs) / limit),
  }
}
