export { AccountManager, type AccountManagerOptions } from './account-manager.js'
export { accountManagerErrorDefinitions, accountManagerErrors } from './errors.js'
export { Entities, migrations } from './typeorm/index.js'
export type {
  Account,
  AccountManagerCreateArgs,
  AccountManagerGetArgs,
  AccountManagerListArgs,
  AccountPage,
  AccountStatus,
  IAccountManager,
  PaymentAccount,
} from './types/IAccountManager.js'
export type { PaymentKeyRequest, PaymentKeys, PaymentNetwork } from './types/PaymentKeys.js'
