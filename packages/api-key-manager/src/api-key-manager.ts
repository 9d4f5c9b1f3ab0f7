import type { KeyObject } from 'node:crypto'
import type { IAgentPlugin } from '@veramo/core-types'
import {
  checkedMethods,
  keepOutOfDebug,
  kitErrors,
  markOperatorOnly,
  systemClock,
  type Clock,
  type Database,
} from '@veramo-studio/plugin-kit'
import { createApiKey } from './create-api-key.js'
import type { CustomerGate } from './customer-keys.js'
import type { ApiKeyDependencies, BindableNetworks } from './dependencies.js'
import { getApiKey } from './get-api-key.js'
import { listApiKeys } from './list-api-keys.js'
import { Peppers, type PepperVersion } from './peppers.js'
import { schema } from './plugin.schema.js'
import { revokeApiKey } from './revoke-api-key.js'
import type { IApiKeyManager } from './types/IApiKeyManager.js'
import { verifyApiKey } from './verify-api-key.js'

export interface ApiKeyManagerOptions {
  database: Database
  /** The one pepper that there is; its version is 1. Give either this or `peppers`. */
  pepper?: KeyObject
  /** All peppers in use: the newest for new tokens, the others for the tokens that were made with them. */
  peppers?: readonly PepperVersion[]
  clock?: Clock
  /** The networks that a key may be bound to. Default: `mainnet` for live keys, `testnet` for test keys. */
  networks?: BindableNetworks
  /** Says who may have a new key. Default: everybody who has an account, where there are accounts. */
  customers?: CustomerGate
}

const OPERATOR_METHODS = ['apiKeyManagerVerify']
const METHODS_WITH_TOKENS = ['apiKeyManagerCreate', 'apiKeyManagerVerify']
const DEFAULT_NETWORKS: BindableNetworks = { live: ['mainnet'], test: ['testnet'] }

/**
 * {@link IApiKeyManager}, on a database that has the `Entities` and `migrations` of this package. The constructor
 * throws `setting_invalid` where the peppers are not usable.
 */
export class ApiKeyManager implements IAgentPlugin {
  readonly schema = markOperatorOnly(schema.IApiKeyManager, OPERATOR_METHODS)
  readonly methods: IApiKeyManager

  constructor(options: ApiKeyManagerOptions) {
    const dependencies: ApiKeyDependencies = {
      database: options.database,
      peppers: new Peppers(pepperVersions(options)),
      clock: options.clock ?? systemClock,
      networks: options.networks ?? DEFAULT_NETWORKS,
      customers: options.customers,
    }
    keepOutOfDebug(METHODS_WITH_TOKENS)
    this.methods = checkedMethods<IApiKeyManager>(this.schema, {
      apiKeyManagerCreate: (args, context) => createApiKey(dependencies, args, context.agent),
      apiKeyManagerVerify: (args, context) => verifyApiKey(dependencies, args, context.agent),
      apiKeyManagerList: (args) => listApiKeys(dependencies, args),
      apiKeyManagerGet: (args) => getApiKey(dependencies, args),
      apiKeyManagerRevoke: (args) => revokeApiKey(dependencies, args),
    })
  }
}

function pepperVersions({ pepper, peppers }: ApiKeyManagerOptions): readonly PepperVersion[] {
  if (pepper !== undefined && peppers !== undefined) {
    throw kitErrors.setting_invalid('give API keys either one pepper or a list of peppers')
  }
  return peppers ?? (pepper === undefined ? [] : [{ version: 1, key: pepper }])
}
