import { checkedMethods, type Database } from '@veramo-studio/plugin-kit'
import { schema, type IAgentPlugin, type IAgentPluginSchema, type IDataStoreORM } from '@veramo/core-types'
import { countCredentialsByClaims, findCredentialsByClaims } from './find-claims.js'
import { countCredentials, findCredentials } from './find-credentials.js'
import { countIdentifiers, findIdentifiers } from './find-identifiers.js'
import { countMessages, findMessages } from './find-messages.js'
import { countPresentations, findPresentations } from './find-presentations.js'
import { storeSchema, withAnyColumn } from './veramo-schema.js'

/**
 * Plugin that finds each tenant's identifiers, messages, credentials and presentations, in Veramo's query language; those
 * of all tenants inside `runAsOperator`.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400).
 */
export class DataStoreORM implements IAgentPlugin {
  readonly schema: IAgentPluginSchema = storeSchema(schema.IDataStoreORM)
  readonly methods: IDataStoreORM

  constructor(database: Database) {
    this.methods = checkedMethods<IDataStoreORM>(withAnyColumn(this.schema), {
      dataStoreORMGetIdentifiers: (args) => findIdentifiers(database, args),
      dataStoreORMGetIdentifiersCount: (args) => countIdentifiers(database, args),
      dataStoreORMGetMessages: (args, context) => findMessages(database, args, context),
      dataStoreORMGetMessagesCount: (args, context) => countMessages(database, args, context),
      dataStoreORMGetVerifiableCredentialsByClaims: (args, context) => findCredentialsByClaims(database, args, context),
      dataStoreORMGetVerifiableCredentialsByClaimsCount: (args, context) =>
        countCredentialsByClaims(database, args, context),
      dataStoreORMGetVerifiableCredentials: (args, context) => findCredentials(database, args, context),
      dataStoreORMGetVerifiableCredentialsCount: (args, context) => countCredentials(database, args, context),
      dataStoreORMGetVerifiablePresentations: (args, context) => findPresentations(database, args, context),
      dataStoreORMGetVerifiablePresentationsCount: (args, context) => countPresentations(database, args, context),
    })
  }
}
