import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IKey, ManagedKeyInfo } from '@veramo/core-types'
import { AbstractKeyStore } from '@veramo/key-manager'
import { toKey } from './identifier.js'
import { importKey } from './import-key.js'
import { listedRows } from './listed-rows.js'
import { isStorableName } from './storable-text.js'
import { KeyRow } from './typeorm/key-row.js'

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
    const row = isStorableName(kid)
      ? await this.database.read((manager) => manager.findOneBy(KeyRow, { tenantId, kid }))
      : null
    if (row === null) throw keyNotFound()
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
    const where = listedRows(this.database)
    const order = { tenantId: 'ASC', position: 'ASC', kid: 'ASC' } as const
    const rows = await this.database.read((manager) => manager.find(KeyRow, { where, order }))
    return rows.map(toKey)
  }
}

const keyNotFound = () => kitErrors.not_found('Key not found')
