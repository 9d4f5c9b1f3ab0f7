import { randomUUID } from 'node:crypto'
import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import {
  AbstractPrivateKeyStore,
  type AbstractSecretBox,
  type ImportablePrivateKey,
  type ManagedPrivateKey,
} from '@veramo/key-manager'
import { dataStoreErrors } from './errors.js'
import { isStorableName, storableName } from './storable-text.js'
import { PrivateKeyRow } from './typeorm/private-key-row.js'
import { upsertRow } from './typeorm/write-rows.js'

type Sealed = Pick<PrivateKeyRow, 'tenantId' | 'alias' | 'type' | 'sealed'>

const SELECT = 'SELECT "tenantId", "alias", "type", "sealed" FROM "studio_private_key" WHERE "tenantId" = ?'

/**
 * Holds each tenant's private keys, for the `KeyManagementSystem` of `@veramo/kms-local`, sealed by a secret box. What a
 * key belongs to is sealed with it: a row that was changed, or moved to another tenant or alias, does not open.
 * (`CustodianKms` of `@veramo-studio/key-custody`, which seals each tenant's keys under a key of its own, needs no store.)
 *
 * Errors: `setting_invalid` (500) without a secret box, `tenant_required` (400), `invalid_argument` (400), `not_found`
 * (404), `conflict` (409), `private_key_unreadable` (500).
 */
export class PrivateKeyStore extends AbstractPrivateKeyStore {
  constructor(
    private readonly database: Database,
    private readonly secretBox: AbstractSecretBox,
  ) {
    super()
    if (!secretBox)
      throw kitErrors.setting_invalid('PrivateKeyStore needs a secret box: keys are never stored in clear')
  }

  override async getKey({ alias }: { alias: string }): Promise<ManagedPrivateKey> {
    const row = await this.find(alias)
    if (row === undefined) throw kitErrors.not_found('Key not found')
    return this.open(row)
  }

  override async deleteKey({ alias }: { alias: string }): Promise<boolean> {
    const tenantId = this.database.tenantId()
    const { affected } = isStorableName(alias)
      ? await this.database.write((manager) => manager.delete(PrivateKeyRow, { tenantId, alias }))
      : { affected: 0 }
    if (affected === 0) throw kitErrors.not_found(`Private Key data not found for alias=${alias}`)
    return true
  }

  /** Importing the same key again changes nothing; another one under its alias is `conflict`. */
  override async importKey({ alias, type, privateKeyHex }: ImportablePrivateKey): Promise<ManagedPrivateKey> {
    const key = {
      alias: storableName('alias', alias || randomUUID()),
      type: storableName('type', type),
      privateKeyHex: storableName('privateKeyHex', privateKeyHex),
    }
    const tenantId = this.database.tenantId()
    const sealed = await this.secretBox.encrypt(contentOf(tenantId, key))
    await this.database.write(async (manager) => {
      await upsertRow(manager, {
        table: 'studio_private_key',
        row: { tenantId, alias: key.alias, type: key.type, sealed },
        key: ['tenantId', 'alias'],
        // Nothing changes in a key that is there.
        replaced: ['alias'],
      })
    })
    const stored = await this.getKey({ alias: key.alias })
    if (stored.privateKeyHex !== key.privateKeyHex) {
      throw kitErrors.conflict(
        'key_already_exists: A key with this alias exists but with different data. Please use a different alias.',
      )
    }
    return stored
  }

  override async listKeys(): Promise<ManagedPrivateKey[]> {
    const rows = await this.database.readRows<Sealed>(`${SELECT} ORDER BY "position", "alias"`, [
      this.database.tenantId(),
    ])
    return Promise.all(rows.map((row) => this.open(row)))
  }

  private async find(alias: string): Promise<Sealed | undefined> {
    const tenantId = this.database.tenantId()
    if (!isStorableName(alias)) return undefined
    const [row] = await this.database.readRows<Sealed>(`${SELECT} AND "alias" = ?`, [tenantId, alias])
    return row
  }

  private async open({ tenantId, alias, type, sealed }: Sealed): Promise<ManagedPrivateKey> {
    const key = { alias, type: type }
    const content = await this.contentOf(sealed)
    const [privateKeyHex = ''] = content.slice(-1)
    if (JSON.stringify(content) !== contentOf(tenantId, { ...key, privateKeyHex })) {
      throw dataStoreErrors.private_key_unreadable(
        'a private key does not open: it was changed, or sealed by another key',
      )
    }
    return { ...key, privateKeyHex }
  }

  private async contentOf(sealed: string): Promise<string[]> {
    try {
      return JSON.parse(await this.secretBox.decrypt(sealed)) as string[]
    } catch (cause) {
      throw dataStoreErrors.private_key_unreadable('a private key does not open', { cause })
    }
  }
}

/** What is sealed: the key, after what it belongs to. */
function contentOf(tenantId: string, { alias, type, privateKeyHex }: ManagedPrivateKey): string {
  return JSON.stringify([tenantId, alias, type, privateKeyHex])
}
