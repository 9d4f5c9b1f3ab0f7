import type { KeyObject } from 'node:crypto'
import type { IAgent, IAgentPlugin } from '@veramo/core-types'
import {
  checkedMethods,
  keepOutOfDebug,
  kitErrors,
  markOperatorOnly,
  type Clock,
  type Database,
} from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { CacheFreshness } from './cache-freshness.js'
import { checkRateLimits } from './check-rate-limits.js'
import { createApiKey } from './create-api-key.js'
import type { CustomerGate } from './customer-gate.js'
import type { ApiKeyDependencies, BindableNetworks } from './dependencies.js'
import { endCustomerKeys, type ClosingCustomer } from './end-customer-keys.js'
import { getApiKey } from './get-api-key.js'
import { getBudgetKey } from './get-budget-key.js'
import { getApiKeyUsage } from './get-usage.js'
import { IdleRule } from './idle-rule.js'
import { importApiKey } from './import-api-key.js'
import { ImportedPrefixes } from './imported-prefixes.js'
import { KeyCache } from './key-cache.js'
import { keyCalls, offerKeyCalls } from './key-calls.js'
import { keepHouse } from './keep-house.js'
import { listAuditLog } from './list-audit-log.js'
import { listApiKeys } from './list-api-keys.js'
import { Peppers, type PepperVersion } from './peppers.js'
import { PermissionBundles } from './permission-bundles.js'
import { schema } from './plugin.schema.js'
import { RateLimiter } from './rate-limiter.js'
import { reportLeak } from './report-leak.js'
import { revokeApiKey } from './revoke-api-key.js'
import { rotateApiKey } from './rotate-api-key.js'
import { SharedClock } from './shared-clock.js'
import type { ApiKeyRateLimit, IApiKeyManager } from './types/IApiKeyManager.js'
import { updateApiKey } from './update-api-key.js'
import { UsageRecorder } from './usage-recorder.js'
import { verifyApiKey } from './verify-api-key.js'

export interface ApiKeyManagerOptions {
  database: Database
  /** The one pepper that there is; its version is 1. Give either this or `peppers`. */
  pepper?: KeyObject
  /** All peppers in use: the newest for new tokens, the others for the tokens that were made with them. */
  peppers?: readonly PepperVersion[]
  /** Default: the database's own on Postgres, where several machines meet, and the system's on SQLite. */
  clock?: Clock
  /** What tokens begin with that were made elsewhere and may be imported: `['acme_live_', …]`. Default none. */
  importedPrefixes?: readonly string[]
  /** The networks that a key may be bound to. Default: `mainnet` for live keys, `testnet` for test keys. */
  networks?: BindableNetworks
  /** Says who may have a new key. Default: everybody who has an account, where there are accounts. */
  customers?: CustomerGate
  /** Names that stand for lists of permissions: `{ read: ['didManagerFind', …] }`. Default none. */
  permissionBundles?: Readonly<Record<string, readonly string[]>>
  /** Limits of each customer, which all its keys draw on together, beside their own. Default none. */
  customerRateLimits?: readonly ApiKeyRateLimit[]
  /** How many calls one call of a method counts for, where a rate limit counts it. Default 1. */
  callCosts?: Readonly<Record<string, number>>
  /** Keys that are kept in memory, at about 0.8 KiB each. Default 50,000. */
  cachedKeys?: number
  /** How long usage is kept. Default 400. */
  usageDays?: number
  /** How long keys that were revoked or have expired are kept; their audit log stays. Default 400. */
  retentionDays?: number
  /** A key that nobody has used for so long, or since it was made, has expired. Default: keys need not be used. */
  idleDays?: number
  /** How long before that it is warned of, with the event `apiKeyIdle`. Default 7, and at most half of `idleDays`. */
  idleWarningDays?: number
  /** How long before its end a key is warned of, with the event `apiKeyExpiring`. Default 7. */
  expiryWarningDays?: number
  /** Hears of what fails in the background. Default: a warning of the process. */
  onBackgroundError?: (error: unknown) => void
}

const OPERATOR_METHODS = ['apiKeyManagerImport', 'apiKeyManagerReportLeak', 'apiKeyManagerVerify']
/** All that take or give a token, or the id of a key, in whose place a token is easily given. */
const METHODS_WITH_TOKENS = [
  'apiKeyManagerCreate',
  'apiKeyManagerGet',
  'apiKeyManagerGetBudgetKey',
  'apiKeyManagerGetUsage',
  'apiKeyManagerImport',
  'apiKeyManagerListAuditLog',
  'apiKeyManagerReportLeak',
  'apiKeyManagerRevoke',
  'apiKeyManagerRotate',
  'apiKeyManagerUpdate',
  'apiKeyManagerVerify',
]
const DEFAULT_NETWORKS: BindableNetworks = { live: ['mainnet'], test: ['testnet'] }
const DEFAULT_CACHED_KEYS = 50_000
const DEFAULT_USAGE_DAYS = 400
const DEFAULT_RETENTION_DAYS = 400
const DEFAULT_EXPIRY_WARNING_DAYS = 7

/**
 * {@link IApiKeyManager}, on a database that has the `Entities` and `migrations` of this package. The constructor
 * throws `setting_invalid` where the peppers or another option are not usable.
 */
export class ApiKeyManager implements IAgentPlugin {
  readonly schema = markOperatorOnly(schema.IApiKeyManager, OPERATOR_METHODS)
  readonly methods: IApiKeyManager
  /** The agent that uses the plugin: what happens in the background is told to it. */
  private agent: IAgent | undefined
  private readonly cache: KeyCache

  constructor(options: ApiKeyManagerOptions) {
    const dependencies = this.toDependencies(options)
    this.cache = dependencies.cache
    keepOutOfDebug(METHODS_WITH_TOKENS)
    const heard =
      <Args, Result>(work: (dependencies: ApiKeyDependencies, args: Args, agent: IAgent) => Promise<Result>) =>
      (args: Args, { agent }: { agent: IAgent }) => {
        this.agent = agent
        return work(dependencies, args, agent)
      }
    this.methods = checkedMethods<IApiKeyManager>(this.schema, {
      apiKeyManagerCreate: heard(createApiKey),
      apiKeyManagerImport: heard(importApiKey),
      apiKeyManagerVerify: heard(verifyApiKey),
      apiKeyManagerUpdate: heard(updateApiKey),
      apiKeyManagerRotate: heard(rotateApiKey),
      apiKeyManagerRevoke: heard(revokeApiKey),
      apiKeyManagerReportLeak: heard(reportLeak),
      apiKeyManagerGetUsage: heard(getApiKeyUsage),
      apiKeyManagerList: heard(listApiKeys),
      apiKeyManagerListAuditLog: heard(listAuditLog),
      apiKeyManagerGet: heard(getApiKey),
      apiKeyManagerGetBudgetKey: heard(getBudgetKey),
    })
    offerKeyCalls(this.methods, keyCalls(dependencies))
  }

  /** Revokes the keys of a customer whose account is closed, in the write that closes it. */
  async closeAccount(manager: EntityManager, account: ClosingCustomer): Promise<void> {
    return endCustomerKeys(manager, account)
  }

  /** To be called when that write is durable: no key of the customer is good from then on, in this process. */
  accountClosed(tenantId: string): void {
    this.cache.forgetTenant(tenantId)
  }

  private toDependencies(options: ApiKeyManagerOptions): ApiKeyDependencies {
    const { database, customerRateLimits = [], callCosts = {} } = options
    const clock = new SharedClock(database, options.clock)
    const cache = new KeyCache(wholeNumber('cachedKeys', options.cachedKeys ?? DEFAULT_CACHED_KEYS))
    const usageDays = wholeNumber('usageDays', options.usageDays ?? DEFAULT_USAGE_DAYS)
    const retentionDays = wholeNumber('retentionDays', options.retentionDays ?? DEFAULT_RETENTION_DAYS)
    const warningDays = wholeNumber('expiryWarningDays', options.expiryWarningDays ?? DEFAULT_EXPIRY_WARNING_DAYS)
    for (const [method, cost] of Object.entries(callCosts)) wholeNumber(`callCosts.${method}`, cost)
    const dependencies: ApiKeyDependencies = {
      ...{ database, clock, cache },
      peppers: new Peppers(pepperVersions(options)),
      networks: options.networks ?? DEFAULT_NETWORKS,
      customers: options.customers,
      idle: idleRule(options),
      imported: new ImportedPrefixes(options.importedPrefixes),
      bundles: new PermissionBundles(options.permissionBundles),
      freshness: new CacheFreshness(database, cache, clock),
      limiter: new RateLimiter({ database, clock, callCosts, customerRateLimits: customerLimits(customerRateLimits) }),
      usage: new UsageRecorder({
        ...{ database, clock },
        onError: options.onBackgroundError ?? warn,
        onMinute: () => keepHouse(dependencies, { agent: this.agent, usageDays, retentionDays, warningDays }),
      }),
    }
    return dependencies
  }
}

function idleRule({ idleDays, idleWarningDays }: ApiKeyManagerOptions): IdleRule {
  return new IdleRule({
    idleDays: idleDays === undefined ? undefined : wholeNumber('idleDays', idleDays),
    warningDays: idleWarningDays === undefined ? undefined : wholeNumber('idleWarningDays', idleWarningDays),
  })
}

function customerLimits(limits: readonly ApiKeyRateLimit[]): ApiKeyRateLimit[] {
  try {
    return checkRateLimits(limits)
  } catch (cause) {
    throw kitErrors.setting_invalid('customerRateLimits are not rate limits with different names', { cause })
  }
}

function wholeNumber(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value
  throw kitErrors.setting_invalid(`${option} must be a whole number from 1`)
}

function warn(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error)
  process.emitWarning(`in the background: ${text}`, { code: 'VERAMO_STUDIO_API_KEYS' })
}

function pepperVersions({ pepper, peppers }: ApiKeyManagerOptions): readonly PepperVersion[] {
  if (pepper !== undefined && peppers !== undefined) {
    throw kitErrors.setting_invalid('give API keys either one pepper or a list of peppers')
  }
  return peppers ?? (pepper === undefined ? [] : [{ version: 1, key: pepper }])
}
