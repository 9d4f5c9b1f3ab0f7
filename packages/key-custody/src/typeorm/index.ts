import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { DataKeyRow } from './data-key-row.js'
import { KekCheckRow } from './kek-check-row.js'
import { CreateKeyCustody1763600000003 } from './migrations/1763600000003-create-key-custody.js'
import { SealedKeyRow } from './sealed-key-row.js'
import { ServiceKeyRow } from './service-key-row.js'

/** For `openDatabase`. */
export const Entities: Entity[] = [KekCheckRow, ServiceKeyRow, DataKeyRow, SealedKeyRow]

/** For `openDatabase`; oldest first, and never changed. */
export const migrations: Migration[] = [CreateKeyCustody1763600000003]
