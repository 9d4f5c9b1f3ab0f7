import type { IAgent, IPluginMethod, IPluginMethodMap } from '@veramo/core-types'
import type { Principal } from '@veramo-studio/plugin-kit'
import type { ApiKeyDependencies } from './dependencies.js'
import { drawRateLimits } from './draw-rate-limits.js'
import type {
  ApiKeyDecision,
  ApiKeyManagerVerifyArgs,
  ApiKeyRateLimitState,
  ApiKeyVerdict,
} from './types/IApiKeyManager.js'
import { OWN_PREFIX } from './imported-prefixes.js'
import { findLatestUse, nameToCount, readKey, refusalOf, verifyApiKey } from './verify-api-key.js'
import type { VerifiedKey } from './verified-key.js'

/** Whether a key may make a call now. */
export interface CallAdmission {
  code: Extract<ApiKeyVerdict, 'valid' | 'revoked' | 'expired' | 'disabled' | 'rate_limited'>
  /** Of the limits that count this call. */
  rateLimits: ApiKeyRateLimitState[]
  /** 0 for all but `rate_limited`. */
  retryAfterMs: number
}

/** What those ask who make or serve the calls of a key. */
export interface KeyCalls {
  /** `apiKeyManagerVerify` itself, without what the agent does about it. */
  verify(args: ApiKeyManagerVerifyArgs, agent: IAgent): Promise<ApiKeyDecision>
  /**
   * Looks whether the key of a principal may still be used, draws on its rate limits and counts the call. Undefined where
   * no key that is known here makes the call. Rejects with `store_unavailable` where it cannot be found out.
   */
  admit(principal: Principal, call: { method: string; agent: IAgent }): Promise<CallAdmission | undefined>
  /** What the tokens begin with that are known here: the service's own, and those that may be imported. */
  readonly tokenPrefixes: readonly string[]
  /** Whether a key may spend on a network: a bound one on that alone, a test key on none but those for tests. */
  maySpendOn(principal: Principal, network: string): boolean
  /** Counts a call that the key has no permission for. */
  countDenied(principal: Principal, method: string): void
}

const VERIFY_METHOD = 'apiKeyManagerVerify'
const known = new WeakMap<IPluginMethod, KeyCalls>()

/** Lets the calls of an agent that has these methods be admitted. */
export function offerKeyCalls(methods: IPluginMethodMap, calls: KeyCalls): void {
  const verify = methods[VERIFY_METHOD]
  if (verify !== undefined) known.set(verify, calls)
}

/** The API keys among an agent's plugins, themselves. Undefined for an agent that has none. */
export function keyCallsOf(agent: IAgent): KeyCalls | undefined {
  const { methods } = agent as IAgent & { methods?: IPluginMethodMap }
  const verify = methods?.[VERIFY_METHOD]
  return verify && known.get(verify)
}

export function keyCalls(dependencies: ApiKeyDependencies): KeyCalls {
  const { cache, clock, usage, idle, imported, networks } = dependencies
  return {
    tokenPrefixes: [OWN_PREFIX, ...imported.all],
    verify: (args, agent) => verifyApiKey(dependencies, args, agent),
    admit: async ({ keyId }, { method, agent }) => {
      const key = keyId === undefined ? undefined : await findKey(dependencies, keyId)
      if (key === undefined) return undefined
      if (idle.isIdle(key.usedAtMs, clock.nowMs())) await findLatestUse(dependencies, key)
      const refusal = refusalOf(key, clock.nowMs(), idle)
      if (refusal !== undefined) {
        usage.count(key, { method, outcome: refusal }, clock.nowMs())
        return { code: refusal, rateLimits: [], retryAfterMs: 0 }
      }
      const { allowed, states, retryAfterMs } = await drawRateLimits(dependencies, key, { method, agent })
      if (allowed) key.usedAtMs = clock.nowMs()
      usage.count(key, { method, outcome: allowed ? 'allowed' : 'rate_limited' }, clock.nowMs())
      return { code: allowed ? 'valid' : 'rate_limited', rateLimits: states, retryAfterMs }
    },
    maySpendOn: ({ network: bound, environment }, network) =>
      bound === undefined ? environment === 'live' || networks.test.includes(network) : bound === network,
    countDenied: ({ keyId }, method) => {
      const key = keyId === undefined ? undefined : cache.findByKeyId(keyId)
      if (key === undefined) return
      const denied = { method: nameToCount(method), outcome: 'permission_denied' }
      usage.count(key, denied, clock.nowMs())
    },
  }
}

/** The key of a caller that was authenticated before, as it is now. */
async function findKey(dependencies: ApiKeyDependencies, keyId: string): Promise<VerifiedKey | undefined> {
  const { cache, freshness } = dependencies
  if (cache.findByKeyId(keyId) !== undefined && !freshness.isFresh()) await freshness.confirm()
  return cache.findByKeyId(keyId) ?? readKey(dependencies, keyId)
}
