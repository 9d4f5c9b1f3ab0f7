import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { CredentialRow } from './credential-row.js'
import { DidRow } from './did-row.js'
import { KeyRow } from './key-row.js'
import { CreateDataStore } from './migrations/1763600000004-create-data-store.js'
import { ServiceRow } from './service-row.js'

/** The tables of this package, for `openDatabase`. */
export const Entities: Entity[] = [DidRow, KeyRow, ServiceRow, CredentialRow]

/** What makes them, for `openDatabase`. */
export const migrations: Migration[] = [CreateDataStore]
