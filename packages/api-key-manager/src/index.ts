export { ApiKeyManager, type ApiKeyManagerOptions } from './api-key-manager.js'
export { API_KEY_TOKEN_PATTERN } from './api-key-token.js'
export { CustomerKeys, type CustomerGate } from './customer-keys.js'
export { type BindableNetworks } from './dependencies.js'
export { apiKeyManagerErrorDefinitions, apiKeyManagerErrors } from './errors.js'
export { type PepperVersion } from './peppers.js'
export { Entities, migrations } from './typeorm/tables.js'
export type {
  ApiKey,
  ApiKeyDecision,
  ApiKeyEnvironment,
  ApiKeyManagerCreateArgs,
  ApiKeyManagerCreateResult,
  ApiKeyManagerGetArgs,
  ApiKeyManagerListArgs,
  ApiKeyManagerRevokeArgs,
  ApiKeyManagerVerifyArgs,
  ApiKeyPage,
  ApiKeyPrincipal,
  ApiKeyRateLimit,
  ApiKeyStatus,
  ApiKeyVerdict,
  IApiKeyManager,
} from './types/IApiKeyManager.js'
