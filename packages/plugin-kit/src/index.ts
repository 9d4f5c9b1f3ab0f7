export { ArgumentChecker } from './argument-checker.js'
export {
  currentCallId,
  currentContext,
  markBroadcast,
  runAsOperator,
  runAsPrincipal,
  runInTenant,
  type CallContext,
  type ChainTransaction,
  type MeteredCall,
  type Scope,
} from './call-context.js'
export { canonicalJson, isPlainObject } from './canonical-json.js'
export { checkedMethods } from './checked-methods.js'
export { ManualClock, systemClock, type Clock } from './clock.js'
export {
  Database,
  rowsOf,
  type DatabaseWriteOptions,
  type ReadRowsOptions,
  type RowsOptions,
} from './database/database.js'
export { parseDatabaseUrl, type DatabaseEngine } from './database/database-url.js'
export {
  openDatabase,
  type Entity,
  type Migration,
  type Nested,
  type OpenDatabaseOptions,
} from './database/open-database.js'
export {
  changeRows,
  isPostgres,
  preparedStatement,
  searchRows,
  selectRows,
  statementText,
  type SqlParameter,
} from './database/sql.js'
export { isStoreFault, isUniqueViolation } from './database/store-fault.js'
export {
  errorFactory,
  isStudioError,
  StudioError,
  type ErrorDefinition,
  type ErrorExtensions,
  type ErrorFactory,
  type StudioErrorOptions,
} from './errors.js'
export { guardedFetch, isPublicAddress, type GuardedFetchOptions, type GuardedResponse } from './guarded-fetch.js'
export { keepOutOfDebug } from './keep-out-of-debug.js'
export { kitErrorDefinitions, kitErrors } from './kit-errors.js'
export { encodeCursor, parsePageArgs, toPage, type Page, type PageArgs, type PagePosition } from './page.js'
export {
  isActingFor,
  isPermitted,
  OPERATOR_TENANT_ID,
  patternCovers,
  type Environment,
  type Principal,
  type Role,
} from './principal.js'
export { isOperatorOnly, markOperatorOnly } from './operator-only.js'
export { BASE36, BASE62, randomString } from './random-id.js'
export { KEK_FILE, loadSettings, parseSecret, PEPPER_FILE, type Settings } from './settings.js'
export { warnOnce } from './warn-once.js'
