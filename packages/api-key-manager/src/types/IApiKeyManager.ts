import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'
import type { ApiKeyAuditLogPage, ApiKeyManagerListAuditLogArgs } from './ApiKeyAuditLog.js'
import type { ApiKeyBudgetKey } from './ApiKeyBudgetKey.js'
import type { ApiKeyManagerImportArgs, ApiKeyManagerImportResult } from './ApiKeyImport.js'
import type { ApiKeyLeakFindings, ApiKeyManagerReportLeakArgs } from './ApiKeyLeak.js'
import type { ApiKeyManagerGetUsageArgs, ApiKeyUsage } from './ApiKeyUsage.js'

/** `live` pays from mainnet balances, `test` from testnet's. */
export type ApiKeyEnvironment = 'live' | 'test'

/** Derived from the record and the clock: revoked before expired before disabled before active. */
export type ApiKeyStatus = 'active' | 'disabled' | 'expired' | 'revoked'

/**
 * `limit` calls of the named methods at once, and one more each `windowMs / limit` milliseconds: who calls steadily, at
 * `limit` a window or less, is never refused (the generic cell rate algorithm, ITU-T I.371).
 */
export interface ApiKeyRateLimit {
  /** 1 to 50 lower-case letters, digits, `-` and `_`; unique in a key. */
  name: string
  /**
   * @minimum 1
   * @asType integer
   */
  limit: number
  /**
   * @minimum 1
   * @asType integer
   */
  windowMs: number
  /**
   * `strict` is exact across processes and restarts, at the price of a write a call. `local` is counted in memory: `n`
   * processes let `n` times the limit through, and a restart begins anew.
   */
  scope: 'strict' | 'local'
  /** Methods or patterns that the limit counts; `["*"]` for all. */
  methods: Array<string>
}

/** An API key as its owner may see it: all but the secret. */
export interface ApiKey {
  /** Public; the middle part of a token of the service's own making. */
  keyId: string
  /** Who the key calls for; `operator` for the operator's own keys. */
  customerId: string
  name: string
  description: string | null
  environment: ApiKeyEnvironment
  /** The only network that the key may spend on; null where it is not bound. */
  network: string | null
  /** The public start of the token, `vs_live_<keyId>`; of a token that was made elsewhere its prefix. */
  start: string
  enabled: boolean
  status: ApiKeyStatus
  /** Agent methods that the key may call, those for operators only with an operator's key: exact names, `didManager*`, or `*`. */
  permissions: Array<string>
  rateLimits: Array<ApiKeyRateLimit>
  /** Addresses and CIDR ranges that calls may come from. Empty: from anywhere. */
  allowedIps: Array<string>
  /** ISO 8601, UTC, as all times. */
  createdAt: string
  expiresAt: string
  lastUsedAt: string | null
  /** The key that this one replaced. */
  rotatedFrom: string | null
}

export interface ApiKeyManagerCreateArgs {
  /** Whose key it is. Customers leave it out; operators name a customer, or `operator`. */
  customerId?: string
  /** 1 to 100 characters. */
  name: string
  /** At most 500 characters. */
  description?: string
  /** Default `live`. A customer's key makes keys of its own environment alone. */
  environment?: ApiKeyEnvironment
  /** The only network that the key may spend on: `mainnet` of a live key, `testnet` of a test key. Default: not bound. */
  network?: string
  /** 1 to 200 method names, starts of one with a `*`, or `*`. Default `["*"]`: every method of the role. Never more than the calling key has. */
  permissions?: Array<string>
  /**
   * ISO 8601 with an offset, in the future. Default one year from now. The key of a customer, or of an operator with
   * less than `*` or bound to a network, makes no key that outlives it: by default the new key then ends with it.
   */
  expiresAt?: string
  /** At most 10; all of them hold at once. Default none. */
  rateLimits?: Array<ApiKeyRateLimit>
  /** At most 100 addresses or CIDR ranges, of IPv4 or IPv6, that calls may come from. Default from anywhere. */
  allowedIps?: Array<string>
}

export interface ApiKeyManagerCreateResult {
  apiKey: ApiKey
  /** The secret. It is never shown again. */
  token: string
}

export interface ApiKeyManagerGetArgs {
  keyId: string
  /** Customers leave it out; where an operator names it, the key must be that customer's. */
  customerId?: string
}

export interface ApiKeyManagerListArgs {
  /** Customers leave it out; operators name a customer, or `operator`. */
  customerId?: string
  status?: ApiKeyStatus
  environment?: ApiKeyEnvironment
  /** Part of the name, in upper or lower case. */
  name?: string
  /**
   * 1 to 100; default 50.
   *
   * @asType integer
   */
  limit?: number
  /** `nextCursor` of the page before. */
  cursor?: string
}

export interface ApiKeyPage {
  /** Oldest first. */
  items: Array<ApiKey>
  /** Absent on the last page. */
  nextCursor?: string
}

/** What is left out stays as it is. */
export interface ApiKeyManagerUpdateArgs {
  keyId: string
  /** Customers leave it out; where an operator names it, the key must be that customer's. */
  customerId?: string
  /** 1 to 100 characters. */
  name?: string
  /** At most 500 characters; null for none. */
  description?: string | null
  /** False: the key is refused until it is true again. */
  enabled?: boolean
  /** Null: not bound to one. */
  network?: string | null
  permissions?: Array<string>
  /** ISO 8601 with an offset, in the future. */
  expiresAt?: string
  rateLimits?: Array<ApiKeyRateLimit>
  allowedIps?: Array<string>
}

export interface ApiKeyManagerRotateArgs {
  keyId: string
  /** Customers leave it out; where an operator names it, the key must be that customer's. */
  customerId?: string
  /**
   * How long the old token still answers, never past its own end. 0 to 2,592,000 (30 days); default 0.
   *
   * @minimum 0
   * @maximum 2592000
   * @asType integer
   */
  overlapSeconds?: number
}

export interface ApiKeyManagerRevokeArgs {
  keyId: string
  /** Customers leave it out; where an operator names it, the key must be that customer's. */
  customerId?: string
  /** Kept with the key; at most 500 characters. */
  reason?: string
}

export interface ApiKeyManagerVerifyArgs {
  token: string
  /**
   * The agent method that is about to be called: the key's permission for it is checked, its rate limits are drawn on, and
   * the call is counted. Leave it out where `tenantAgent` makes the call, which does the same.
   */
  method?: string
  /** Where the call comes from. A key that is bound to addresses is refused without. */
  ip?: string
}

/**
 * `valid`, or the first reason why not. `malformed`: mistyped, or not a token at all. `unknown`: not one that this
 * service has made and kept. `ip_denied`: a usable key, but not from this address; `permission_denied`: but not for the
 * method that was named; `rate_limited`: but not yet.
 */
export type ApiKeyVerdict =
  | 'valid'
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'expired'
  | 'disabled'
  | 'ip_denied'
  | 'permission_denied'
  | 'rate_limited'

/** What one rate limit has left. */
export interface ApiKeyRateLimitState {
  name: string
  limit: number
  windowMs: number
  /** Whole calls that may be made at once. */
  remaining: number
  /** Until the limit is whole again, where nothing more is called. */
  resetAfterMs: number
}

/** Who calls with the key; what `tenantAgent` takes. */
export interface ApiKeyPrincipal {
  tenantId: string
  role: 'customer' | 'operator'
  keyId: string
  permissions: Array<string>
  environment: ApiKeyEnvironment
  network?: string
  /** The first key of the chain of rotations that this one ends, where it has been rotated: budgets go by it. */
  rootKeyId?: string
}

/**
 * A decision. `apiKey` (as it was when it was last read) and `principal` are there when the key may be used: for `valid`,
 * `permission_denied` and `rate_limited`. They are frozen.
 */
export interface ApiKeyDecision {
  valid: boolean
  code: ApiKeyVerdict
  apiKey?: ApiKey
  principal?: ApiKeyPrincipal
  /** Where a method was named and limits count it: what is left of each. */
  rateLimits?: Array<ApiKeyRateLimitState>
  /** For `rate_limited`: when the same call would pass, if no other came before. */
  retryAfterMs?: number
}

/**
 * Keys that customers and operators authenticate with. A customer sees and makes its own keys alone.
 *
 * Errors: `invalid_argument` (400), `permission_denied` (403, with the `permission` that is missing where it is one),
 * `not_found` (404), `api_key_revoked`, `api_key_rotated` and `conflict` (409), `store_unavailable` (503).
 */
export interface IApiKeyManager extends IPluginMethodMap {
  /**
   * Makes a key and returns its token, which is shown this once. The key may do no more than the one that asks for it.
   */
  apiKeyManagerCreate(
    args: ApiKeyManagerCreateArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ApiKeyManagerCreateResult>

  /**
   * Takes a key over whose token was made elsewhere, by the hash of it. The token stays what it is; the key is like any
   * other. A hash that some key has is a `conflict`. For operators.
   */
  apiKeyManagerImport(
    args: ApiKeyManagerImportArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ApiKeyManagerImportResult>

  /**
   * Decides whether a token is that of a usable key. For operators. Does not throw for a bad token, but does where it
   * cannot be found out whether the key has been revoked.
   */
  apiKeyManagerVerify(args: ApiKeyManagerVerifyArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKeyDecision>

  /**
   * Changes a key, at once in this process and within a second in all others. A key that is revoked cannot be changed.
   */
  apiKeyManagerUpdate(args: ApiKeyManagerUpdateArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKey>

  /**
   * Makes a key that takes the place of another, with a token of its own. It may do what the old one may, lasts as long as
   * that was made to last, and goes on with its rate limits where they stand. A key is rotated once: then its successor is.
   */
  apiKeyManagerRotate(
    args: ApiKeyManagerRotateArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ApiKeyManagerCreateResult>

  /**
   * Tells how often a key was used, by hour or day, method and outcome.
   */
  apiKeyManagerGetUsage(args: ApiKeyManagerGetUsageArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKeyUsage>

  /**
   * Lists the keys of a customer, revoked ones included, oldest first.
   */
  apiKeyManagerList(args: ApiKeyManagerListArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKeyPage>

  /**
   * Returns one key.
   */
  apiKeyManagerGet(args: ApiKeyManagerGetArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKey>

  /**
   * Tells which key's budget of billing a key draws on.
   */
  apiKeyManagerGetBudgetKey(
    args: ApiKeyManagerGetArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ApiKeyBudgetKey>

  /**
   * Ends a key at once and for good. Revoking a revoked key is a conflict.
   */
  apiKeyManagerRevoke(args: ApiKeyManagerRevokeArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKey>

  /**
   * Revokes the keys whose tokens were found in the open, by token or by hash. For operators and scanners of secrets.
   */
  apiKeyManagerReportLeak(
    args: ApiKeyManagerReportLeakArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ApiKeyLeakFindings>

  /**
   * Lists the changes of keys, newest first: who changed what, when and why. The log outlives the keys.
   */
  apiKeyManagerListAuditLog(
    args: ApiKeyManagerListAuditLogArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ApiKeyAuditLogPage>
}
