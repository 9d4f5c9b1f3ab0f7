import { isPermitted, type Database } from '@veramo-studio/plugin-kit'
import {
  evaluateRateLimits,
  type LimitLevel,
  type LimitToDraw,
  type RateLimitDecision,
} from './evaluate-rate-limits.js'
import type { SharedClock } from './shared-clock.js'
import { holdBudgets, writeLevels, type KeptLevel, type Levels } from './typeorm/budget-store.js'
import type { ApiKeyRateLimit } from './types/IApiKeyManager.js'
import type { VerifiedKey } from './verified-key.js'

export interface RateLimiterOptions {
  database: Database
  clock: SharedClock
  /** Limits of each customer, which all its keys draw on together. */
  customerRateLimits: readonly ApiKeyRateLimit[]
  /** How many calls one of a method counts for. Default 1. */
  callCosts: Readonly<Record<string, number>>
}

/** A limit, and whose budget for it is drawn on. */
interface Drawn {
  limit: ApiKeyRateLimit
  budgetId: string
}

const CUSTOMER_BUDGET = '*'
const NO_LIMITS: RateLimitDecision = { allowed: true, levels: [], states: [], retryAfterMs: 0 }
/** Levels in memory past which those that have drained are looked for. */
const SWEEP_AT = 100_000

/** Draws on the rate limits of keys and customers: all that count a call, or none. */
export class RateLimiter {
  /** Of `local` limits, and what is known of the `strict` ones that were refused last. */
  private readonly levels = new Map<string, Required<KeptLevel>>()
  private sweepAt = SWEEP_AT

  constructor(private readonly options: RateLimiterOptions) {}

  /** Whether any limit counts calls of a method. */
  isLimited({ rateLimits, principal }: VerifiedKey): boolean {
    const { customerRateLimits } = this.options
    return rateLimits.length > 0 || (customerRateLimits.length > 0 && principal.role === 'customer')
  }

  async draw(key: VerifiedKey, method: string): Promise<RateLimitDecision> {
    const drawn = this.limitsOf(key, method)
    if (drawn.length === 0) return NO_LIMITS
    const cost = this.options.callCosts[method] ?? 1
    const local = drawn.filter(({ limit }) => limit.scope === 'local')
    const strict = drawn.filter(({ limit }) => limit.scope === 'strict')
    const known = this.evaluateKnown(key, drawn, cost)
    if (!known.allowed) return known
    const taken = this.evaluateKnown(key, local, cost)
    this.remember(key, local, taken.levels)
    if (strict.length === 0) return taken
    const decision = await this.drawStrict(key, strict, cost)
    if (!decision.allowed) {
      this.giveBack(key, local, cost)
      this.remember(key, strict, decision.levels)
    }
    return inOrder(drawn, [
      [local, taken],
      [strict, decision],
    ])
  }

  private limitsOf({ rateLimits, budgetId, principal }: VerifiedKey, method: string): Drawn[] {
    const own = rateLimits.map((limit) => ({ limit, budgetId }))
    const customers =
      principal.role === 'customer'
        ? this.options.customerRateLimits.map((limit) => ({ limit, budgetId: CUSTOMER_BUDGET }))
        : []
    return [...own, ...customers].filter(({ limit }) => isPermitted(limit.methods, method))
  }

  /** Levels fall with time alone: a strict limit that was too full a moment ago is refused without a write. */
  private evaluateKnown(key: VerifiedKey, drawn: readonly Drawn[], cost: number): RateLimitDecision {
    const draws = drawn.map((each) => ({ limit: each.limit, level: this.levels.get(nameOf(key, each)) }))
    return evaluateRateLimits(draws, cost, this.options.clock.nowMs())
  }

  private async drawStrict(key: VerifiedKey, drawn: readonly Drawn[], cost: number): Promise<RateLimitDecision> {
    const { database, clock } = this.options
    const { tenantId } = key
    const budgetIds = [...new Set(drawn.map(({ budgetId }) => budgetId))]
    return database.write(
      async (manager) => {
        const { levels, databaseTimeMs } = await holdBudgets(manager, { tenantId, budgetIds })
        const nowMs = clock.isDatabases && databaseTimeMs !== undefined ? databaseTimeMs : clock.nowMs()
        const draws: LimitToDraw[] = drawn.map(({ limit, budgetId }) => ({
          limit,
          level: levels.get(budgetId)?.[limit.name],
        }))
        const decision = evaluateRateLimits(draws, cost, nowMs)
        if (!decision.allowed) return decision
        for (const budgetId of budgetIds) {
          const next = nextLevels(levels.get(budgetId) ?? {}, {
            names: this.namesOf(key, budgetId),
            drawn: drawn.map((each, index) => (each.budgetId === budgetId ? decision.levels[index] : undefined)),
            limits: drawn,
            nowMs,
          })
          await writeLevels(manager, { tenantId, budgetId }, next)
        }
        return decision
      },
      { tenantId },
    )
  }

  private namesOf({ rateLimits }: VerifiedKey, budgetId: string): string[] {
    const limits = budgetId === CUSTOMER_BUDGET ? this.options.customerRateLimits : rateLimits
    return limits.map(({ name }) => name)
  }

  private remember(key: VerifiedKey, drawn: readonly Drawn[], levels: readonly LimitLevel[]): void {
    for (const [index, each] of drawn.entries()) {
      this.levels.set(nameOf(key, each), toKept(levels[index] ?? { calls: 0, atMs: 0 }, each.limit))
    }
    if (this.levels.size > this.sweepAt) this.sweep()
  }

  /** What is drained says nothing: it is as if nothing had been drawn. */
  private sweep(): void {
    const nowMs = this.options.clock.nowMs()
    for (const [name, { drainedAtMs }] of this.levels) if (drainedAtMs <= nowMs) this.levels.delete(name)
    this.sweepAt = Math.max(SWEEP_AT, 2 * this.levels.size)
  }

  private giveBack(key: VerifiedKey, drawn: readonly Drawn[], cost: number): void {
    for (const each of drawn) {
      const level = this.levels.get(nameOf(key, each))
      if (level !== undefined) level.calls = Math.max(0, level.calls - Math.min(cost, each.limit.limit))
    }
  }
}

function nameOf({ tenantId }: VerifiedKey, { limit, budgetId }: Drawn): string {
  return `${tenantId} ${budgetId} ${limit.name} ${limit.limit} ${limit.windowMs}`
}

function toKept({ calls, atMs }: LimitLevel, { limit, windowMs }: ApiKeyRateLimit): Required<KeptLevel> {
  return { calls, atMs, drainedAtMs: atMs + (calls * windowMs) / limit }
}

interface NextLevels {
  /** The limits of the key that draws. */
  names: readonly string[]
  drawn: readonly (LimitLevel | undefined)[]
  limits: readonly Drawn[]
  nowMs: number
}

/**
 * What is kept of a budget: the levels of the limits that there are. Those of others, which a key that draws on the same
 * budget has beside, are kept until they are drained.
 */
function nextLevels(before: Levels, { names, drawn, limits, nowMs }: NextLevels): Levels {
  const isKept = ([name, { drainedAtMs = 0 }]: [string, KeptLevel]) => names.includes(name) || drainedAtMs > nowMs
  const next = new Map(Object.entries(before).filter(isKept))
  for (const [index, level] of drawn.entries()) {
    const limit = limits[index]?.limit
    if (level !== undefined && limit !== undefined) next.set(limit.name, toKept(level, limit))
  }
  return Object.fromEntries(next)
}

function inOrder(drawn: readonly Drawn[], parts: readonly [readonly Drawn[], RateLimitDecision][]): RateLimitDecision {
  const find = <T>(each: Drawn, pick: (decision: RateLimitDecision) => readonly T[]): T[] =>
    parts.flatMap(([limits, decision]) => pick(decision).slice(limits.indexOf(each), limits.indexOf(each) + 1 || 0))
  return {
    allowed: parts.every(([, { allowed }]) => allowed),
    levels: drawn.flatMap((each) => find(each, ({ levels }) => levels)),
    states: drawn.flatMap((each) => find(each, ({ states }) => states)),
    retryAfterMs: Math.max(...parts.map(([, { retryAfterMs }]) => retryAfterMs)),
  }
}
