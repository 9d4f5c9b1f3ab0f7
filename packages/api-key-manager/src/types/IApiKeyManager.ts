import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'

/** `live` pays from mainnet balances, `test` from testnet's. */
export type ApiKeyEnvironment = 'live' | 'test'

/** Derived from the record and the clock: revoked before expired before disabled before active. */
export type ApiKeyStatus = 'active' | 'disabled' | 'expired' | 'revoked'

/** At most `limit` calls of the named methods in any `windowMs` milliseconds. */
export interface ApiKeyRateLimit {
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
  /** `strict` is exact across processes, `local` is counted in each process. */
  scope: 'strict' | 'local'
  /** Methods or patterns that the limit counts; `["*"]` for all. */
  methods: Array<string>
}

/** An API key as its owner may see it: all but the secret. */
export interface ApiKey {
  /** Public; the middle part of the token. */
  keyId: string
  /** Who the key calls for; `operator` for the operator's own keys. */
  customerId: string
  name: string
  description: string | null
  environment: ApiKeyEnvironment
  /** The only network that the key may spend on; null where it is not bound. */
  network: string | null
  /** The public start of the token, `vs_live_<keyId>`. */
  start: string
  enabled: boolean
  status: ApiKeyStatus
  /** Agent methods that the key may call, those for operators only with an operator's key: exact names, `didManager*`, or `*`. */
  permissions: Array<string>
  rateLimits: Array<ApiKeyRateLimit>
  /** CIDR ranges that calls may come from. Empty: from anywhere. */
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

export interface ApiKeyManagerRevokeArgs {
  keyId: string
  /** Customers leave it out; where an operator names it, the key must be that customer's. */
  customerId?: string
  /** Kept with the key; at most 500 characters. */
  reason?: string
}

export interface ApiKeyManagerVerifyArgs {
  token: string
  /** The agent method that is about to be called; its permission is checked where it is given. */
  method?: string
  /** Where the call comes from. */
  ip?: string
}

/**
 * `valid`, or the first reason why not. `malformed`: mistyped, or not a token at all. `unknown`: not one that this
 * service has made and kept. `permission_denied`: a usable key, but not for the method that was named.
 */
export type ApiKeyVerdict = 'valid' | 'malformed' | 'unknown' | 'revoked' | 'expired' | 'disabled' | 'permission_denied'

/** Who calls with the key; what `tenantAgent` takes. */
export interface ApiKeyPrincipal {
  tenantId: string
  role: 'customer' | 'operator'
  keyId: string
  permissions: Array<string>
  environment: ApiKeyEnvironment
  network?: string
}

/** A decision. `apiKey` and `principal` are there for `valid` and `permission_denied`, when the key may be used. */
export interface ApiKeyDecision {
  valid: boolean
  code: ApiKeyVerdict
  apiKey?: ApiKey
  principal?: ApiKeyPrincipal
}

/**
 * Keys that customers and operators authenticate with. A customer sees and makes its own keys alone.
 *
 * Errors: `invalid_argument` (400), `permission_denied` (403, with the `permission` that is missing where it is one),
 * `not_found` (404), `api_key_revoked` (409), `store_unavailable` (503).
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
   * Decides whether a token is that of a usable key. For operators. Does not throw for a bad token, but does where the
   * database cannot be read.
   */
  apiKeyManagerVerify(args: ApiKeyManagerVerifyArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKeyDecision>

  /**
   * Lists the keys of a customer, revoked ones included, oldest first.
   */
  apiKeyManagerList(args: ApiKeyManagerListArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKeyPage>

  /**
   * Returns one key.
   */
  apiKeyManagerGet(args: ApiKeyManagerGetArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKey>

  /**
   * Ends a key at once and for good. Revoking a revoked key is a conflict.
   */
  apiKeyManagerRevoke(args: ApiKeyManagerRevokeArgs, context: IAgentContext<IPluginMethodMap>): Promise<ApiKey>
}
