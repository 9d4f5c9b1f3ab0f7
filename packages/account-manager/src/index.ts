export type * from './types/IAccountManager.js'
