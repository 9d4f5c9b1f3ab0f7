import type { Clock, Database } from '@veramo-studio/plugin-kit'
import type { CustomerGate } from './customer-keys.js'
import type { Peppers } from './peppers.js'
import type { ApiKeyEnvironment } from './types/IApiKeyManager.js'

/** The networks that a key may be bound to, by its environment. */
export type BindableNetworks = Readonly<Record<ApiKeyEnvironment, readonly string[]>>

/** What each method of the plugin works with. */
export interface ApiKeyDependencies {
  database: Database
  peppers: Peppers
  clock: Clock
  networks: BindableNetworks
  /** Absent: whoever is named may have keys. */
  customers?: CustomerGate | undefined
}
