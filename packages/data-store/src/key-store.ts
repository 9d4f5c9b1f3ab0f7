import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IKey, ManagedKeyInfo } from '@veramo/core-types'
import { AbstractKeyStore } from '@veramo/key-manager'
import { toKey } from './identifier.js'
import { importKey } from './import-key.js'
import { listedRows } from './listed-rows.js'
import { isStorableName } from './storable-text.js'
import { KeyRow } from './typeorm/key-row.js'
import type { StoredKey } from './typeorm/select-dids.js'

const SELECT = 'SELECT "kid", "type", "kms", "publicKeyHex", "meta" FROM "studio_key"'
const IN_ORDER = 'ORDER BY "tenantId", "position", "kid"'
const BY_KID = `${SELECT} WHERE "tenantId" = ? AND "kid" = ?`
const OF_TENANT = `${SELECT} WHERE "tenantId" = ? ${IN_ORDER}`
const ALL = `${SELECT} ${IN_ORDER}`

/**
 * Holds what is public of each tenant's keys, for Veramo's `KeyManager`. Private keys are left to the key management
 * systems: where one is handed in, it is dropped.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400), `not_found` (404).
 */
export class KeyStore extends AbstractKeyStore {
  constructor(private readonly database: Database) {
    super()
  }

  /** Returns one key; `not_found` where the tenant has none with this id. */
  async getKey({ kid }: { kid: string }): Promise<IKey> {
    const tenantId = this.database.tenantId()
    const [row] = isStorableName(kid) ? await this.database.readRows<StoredKey>(BY_KID, [tenantId, kid]) : []
    if (row === undefined) throw keyNotFound()
    return toKey(row)
  }

  /** Removes one key; `not_found` where the tenant has none with this id. */
  async deleteKey({ kid }: { kid: string }): Promise<boolean> {
    const tenantId = this.database.tenantId()
    if (!isStorableName(kid)) throw keyNotFound()
    const { affected } = await this.database.write((manager) => manager.delete(KeyRow, { tenantId, kid }))
    if (affected === 0) throw keyNotFound()
    return true
  }

  /** Stores a key, or replaces the one that has its id. */
  async importKey(args: Partial<IKey>): Promise<boolean> {
    return importKey(this.database, args)
  }

  /** Lists the keys, oldest first; those of all tenants inside `runAsOperator`. */
  async listKeys(): Promise<ManagedKeyInfo[]> {
    const { tenantId } = listedRows(this.database)
    const rows = await (tenantId === undefined
      ? this.database.readRows<StoredKey>(ALL, [])
      : this.database.readRows<StoredKey>(OF_TENANT, [tenantId]))
    return rows.map(toKey)
  }
}

const keyNotFound = () => kitErrors.not_found('Key not found')
