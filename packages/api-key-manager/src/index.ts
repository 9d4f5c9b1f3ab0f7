export type * from './types/IApiKeyManager.js'
