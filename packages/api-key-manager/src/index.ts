export { ApiKeyManager, type ApiKeyManagerOptions } from './api-key-manager.js'
export { API_KEY_TOKEN_PATTERN } from './api-key-token.js'
export { type CustomerGate } from './customer-gate.js'
export { type BindableNetworks } from './dependencies.js'
export { type ClosingCustomer } from './end-customer-keys.js'
export { apiKeyManagerErrorDefinitions, apiKeyManagerErrors } from './errors.js'
export { API_KEY_EVENTS, type ApiKeyEventType } from './events.js'
export { keyCallsOf, type CallAdmission, type KeyCalls } from './key-calls.js'
export { type PepperVersion } from './peppers.js'
export { Entities, migrations } from './typeorm/tables.js'
export type {
  ApiKeyAuditAction,
  ApiKeyAuditActor,
  ApiKeyAuditEntry,
  ApiKeyAuditLogPage,
  ApiKeyAuditValues,
  ApiKeyManagerListAuditLogArgs,
} from './types/ApiKeyAuditLog.js'
export type { ApiKeyBudgetKey } from './types/ApiKeyBudgetKey.js'
export type { ApiKeyManagerImportArgs, ApiKeyManagerImportResult } from './types/ApiKeyImport.js'
export type {
  ApiKeyLeakFinding,
  ApiKeyLeakFindings,
  ApiKeyLeakReport,
  ApiKeyManagerReportLeakArgs,
} from './types/ApiKeyLeak.js'
export type { ApiKeyManagerGetUsageArgs, ApiKeyUsage, ApiKeyUsageItem } from './types/ApiKeyUsage.js'
export type {
  ApiKey,
  ApiKeyDecision,
  ApiKeyEnvironment,
  ApiKeyManagerCreateArgs,
  ApiKeyManagerCreateResult,
  ApiKeyManagerGetArgs,
  ApiKeyManagerListArgs,
  ApiKeyManagerRevokeArgs,
  ApiKeyManagerRotateArgs,
  ApiKeyManagerUpdateArgs,
  ApiKeyManagerVerifyArgs,
  ApiKeyPage,
  ApiKeyPrincipal,
  ApiKeyRateLimit,
  ApiKeyRateLimitState,
  ApiKeyStatus,
  ApiKeyVerdict,
  IApiKeyManager,
} from './types/IApiKeyManager.js'
