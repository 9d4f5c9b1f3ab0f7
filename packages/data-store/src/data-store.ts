import { checkedMethods, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { schema, type IAgentPlugin, type IAgentPluginSchema, type IDataStore } from '@veramo/core-types'
import { deleteCredential } from './delete-credential.js'
import { deleteMessage } from './delete-message.js'
import { getCredential } from './get-credential.js'
import { getMessage } from './get-message.js'
import { getPresentation } from './get-presentation.js'
import { saveCredential } from './save-credential.js'
import { saveMessage } from './save-message.js'
import { savePresentation } from './save-presentation.js'
import { storeSchema } from './veramo-schema.js'

/**
 * Plugin that saves each tenant's messages, credentials and presentations, and reads and deletes them by their id or
 * hash.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400), `not_found` (404).
 */
export class DataStore implements IAgentPlugin {
  readonly schema: IAgentPluginSchema = storeSchema(schema.IDataStore)
  readonly methods: IDataStore

  constructor(database: Database, clock: Clock = systemClock) {
    const writing = { database, clock }
    this.methods = checkedMethods<IDataStore>(this.schema, {
      dataStoreSaveMessage: (args) => saveMessage(writing, args),
      dataStoreGetMessage: (args) => getMessage(database, args),
      dataStoreDeleteMessage: (args) => deleteMessage(database, args),
      dataStoreSaveVerifiableCredential: (args) => saveCredential(writing, args),
      dataStoreGetVerifiableCredential: (args) => getCredential(database, args),
      dataStoreDeleteVerifiableCredential: (args) => deleteCredential(database, args),
      dataStoreSaveVerifiablePresentation: (args) => savePresentation(writing, args),
      dataStoreGetVerifiablePresentation: (args) => getPresentation(database, args),
    })
  }
}
