export { ApiKeyManager, type ApiKeyManagerOptions } from './api-key-manager.js'
export { API_KEY_TOKEN_PATTERN } from './api-key-token.js'
export { CustomerKeys, type CustomerGate } from './customer-keys.js'
export { type BindableNetworks } from './dependencies.js'
export { apiKeyManagerErrorDefinitions, apiKeyManagerErrors } from './errors.js'
export { API_KEY_EVENTS, type ApiKeyEventType } from './events.js'
export { keyCallsOf, type CallAdmission, type KeyCalls } from './key-calls.js'
export { type PepperVersion } from './peppers.js'
export { Entities, migrations } from './typeorm/tables.js'
export type {
  ApiKey,
  ApiKeyDecision,
  ApiKeyEnvironment,
  ApiKeyLeakFinding,
  ApiKeyLeakFindings,
  ApiKeyLeakReport,
  ApiKeyManagerCreateArgs,
  ApiKeyManagerCreateResult,
  ApiKeyManagerGetArgs,
  ApiKeyManagerGetUsageArgs,
  ApiKeyManagerListArgs,
  ApiKeyManagerReportLeakArgs,
  ApiKeyManagerRevokeArgs,
  ApiKeyManagerRotateArgs,
  ApiKeyManagerUpdateArgs,
  ApiKeyManagerVerifyArgs,
  ApiKeyPage,
  ApiKeyPrincipal,
  ApiKeyRateLimit,
  ApiKeyRateLimitState,
  ApiKeyStatus,
  ApiKeyUsage,
  ApiKeyUsageItem,
  ApiKeyVerdict,
  IApiKeyManager,
} from './types/IApiKeyManager.js'
