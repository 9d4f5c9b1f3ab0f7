import { describe, expect, it } from '@jest/globals'
import type { Database } from '@veramo-studio/plugin-kit'
import { schema } from '@veramo/core-types'
import { DataStore, DataStoreORM } from '../index.js'
import { schemaSubset } from '../schema-subset.js'

// The plugins do not touch the database until a method is called.
const database = {} as Database

describe('the schema of a plugin', () => {
  it.each([
    ['DataStore', new DataStore(database), schema.IDataStore],
    ['DataStoreORM', new DataStoreORM(database), schema.IDataStoreORM],
  ] as const)('of %s is Veramo’s, for exactly the methods that it has', (_name, plugin, whole) => {
    const described = plugin.schema.components.methods as Record<string, unknown>
    expect(Object.keys(described)).toEqual(Object.keys(plugin.methods))
    expect(whole.components.methods).toMatchObject(described)
    expect(whole.components.schemas).toMatchObject(plugin.schema.components.schemas as object)
  })

  it('has each type that it refers to, and no other', () => {
    const { components } = schemaSubset(schema.IDataStoreORM, ['dataStoreORMGetIdentifiers'])
    const referred = [...JSON.stringify(components).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(
      ([, name]) => name,
    )
    expect(new Set(Object.keys(components.schemas as object))).toEqual(new Set(referred))
    expect(referred).not.toContain('IMessage')
  })
})
