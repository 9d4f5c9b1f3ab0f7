import { checkedMethods, type Database } from '@veramo-studio/plugin-kit'
import { schema, type IAgentPlugin, type IAgentPluginSchema, type IDataStoreORM } from '@veramo/core-types'
import { countCredentials, findCredentials } from './find-credentials.js'
import { countIdentifiers, findIdentifiers } from './find-identifiers.js'
import { schemaSubset } from './schema-subset.js'

/** The methods of Veramo's `IDataStoreORM` that are about credentials and identifiers. */
export type FindMethods = Pick<
  IDataStoreORM,
  | 'dataStoreORMGetIdentifiers'
  | 'dataStoreORMGetIdentifiersCount'
  | 'dataStoreORMGetVerifiableCredentials'
  | 'dataStoreORMGetVerifiableCredentialsCount'
>

/**
 * Plugin that finds each tenant's credentials and identifiers, in Veramo's query language; those of all tenants inside
 * `runAsOperator`.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400).
 */
export class DataStoreORM implements IAgentPlugin {
  readonly schema: IAgentPluginSchema
  readonly methods: FindMethods

  constructor(database: Database) {
    const methods: FindMethods = {
      dataStoreORMGetIdentifiers: (args) => findIdentifiers(database, args),
      dataStoreORMGetIdentifiersCount: (args) => countIdentifiers(database, args),
      dataStoreORMGetVerifiableCredentials: (args, context) => findCredentials(database, args, context),
      dataStoreORMGetVerifiableCredentialsCount: (args, context) => countCredentials(database, args, context),
    }
    this.schema = schemaSubset(schema.IDataStoreORM, Object.keys(methods))
    this.methods = checkedMethods(withAnyColumn(this.schema), methods)
  }
}

/** Leaves the names of columns to the methods, which refuse wrong ones in Veramo's words. */
function withAnyColumn({ components }: IAgentPluginSchema): IAgentPluginSchema {
  const anyColumn = { TIdentifiersColumns: { type: 'string' }, TCredentialColumns: { type: 'string' } }
  return { components: { ...components, schemas: { ...(components.schemas as object), ...anyColumn } } }
}
