import type { Database } from '@veramo-studio/plugin-kit'
import type { CacheFreshness } from './cache-freshness.js'
import type { CustomerGate } from './customer-gate.js'
import type { IdleRule } from './idle-rule.js'
import type { ImportedPrefixes } from './imported-prefixes.js'
import type { KeyCache } from './key-cache.js'
import type { Peppers } from './peppers.js'
import type { PermissionBundles } from './permission-bundles.js'
import type { RateLimiter } from './rate-limiter.js'
import type { SharedClock } from './shared-clock.js'
import type { ApiKeyEnvironment } from './types/IApiKeyManager.js'
import type { UsageRecorder } from './usage-recorder.js'

/** The networks that a key may be bound to, by its environment. */
export type BindableNetworks = Readonly<Record<ApiKeyEnvironment, readonly string[]>>

/** What each method of the plugin works with. */
export interface ApiKeyDependencies {
  database: Database
  peppers: Peppers
  clock: SharedClock
  networks: BindableNetworks
  /** Absent: whoever is named may have keys. */
  customers?: CustomerGate | undefined
  bundles: PermissionBundles
  cache: KeyCache
  freshness: CacheFreshness
  limiter: RateLimiter
  usage: UsageRecorder
  idle: IdleRule
  imported: ImportedPrefixes
}
