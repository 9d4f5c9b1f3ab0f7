import { checkedMethods, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { schema, type IAgentPlugin, type IAgentPluginSchema, type IDataStore } from '@veramo/core-types'
import { deleteCredential } from './delete-credential.js'
import { getCredential } from './get-credential.js'
import { saveCredential } from './save-credential.js'
import { schemaSubset } from './schema-subset.js'

/** The methods of Veramo's `IDataStore` that are about credentials. */
export type CredentialStoreMethods = Pick<
  IDataStore,
  'dataStoreSaveVerifiableCredential' | 'dataStoreGetVerifiableCredential' | 'dataStoreDeleteVerifiableCredential'
>

/**
 * Plugin that saves each tenant's credentials, and reads and deletes them by their hash.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400), `not_found` (404).
 */
export class DataStore implements IAgentPlugin {
  readonly schema: IAgentPluginSchema
  readonly methods: CredentialStoreMethods

  constructor(database: Database, clock: Clock = systemClock) {
    const methods: CredentialStoreMethods = {
      dataStoreSaveVerifiableCredential: (args) => saveCredential({ database, clock }, args),
      dataStoreGetVerifiableCredential: (args) => getCredential(database, args),
      dataStoreDeleteVerifiableCredential: (args) => deleteCredential(database, args),
    }
    this.schema = schemaSubset(schema.IDataStore, Object.keys(methods))
    this.methods = checkedMethods(this.schema, methods)
  }
}
