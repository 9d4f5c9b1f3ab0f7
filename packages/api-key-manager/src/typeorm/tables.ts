import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { ApiKeyRow } from './api-key-row.js'
import { CreateApiKey } from './migrations/1763600000001-create-api-key.js'

/** Tables of the API key manager; give them to `openDatabase`. */
export const Entities: readonly Entity[] = [ApiKeyRow]

/** Make and change those tables; give them to `openDatabase`. */
export const migrations: readonly Migration[] = [CreateApiKey]
