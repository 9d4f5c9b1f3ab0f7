import type { ApiKey, ApiKeyManagerCreateArgs } from './IApiKeyManager.js'

/** A key whose token was made elsewhere. The members that a new key has too mean the same. */
export interface ApiKeyManagerImportArgs extends ApiKeyManagerCreateArgs {
  /** Whose key it is from now on; `operator` for one of the operators' own. */
  customerId: string
  /** What its token begins with: one of those that the service was configured with. */
  prefix: string
  /** SHA-256 of the whole token, prefix included, in hexadecimal. */
  hash: string
}

export interface ApiKeyManagerImportResult {
  /** Its `start` is the prefix, which is all that is known of its token. */
  apiKey: ApiKey
}
