import type { KeyObject } from 'node:crypto'
import { changeRows, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { DataKeys } from './data-keys.js'
import { encodeContext, fromColumn, open, seal } from './envelope.js'
import { keyCustodyErrors } from './errors.js'
import type { KekProvider } from './kek-provider.js'
import type { KeyType } from './key-type.js'
import { openServiceKey } from './service-key.js'
import { DataKeyRow } from './typeorm/data-key-row.js'
import { SealedKeyRow, type KeyPurpose } from './typeorm/sealed-key-row.js'

/** Which key: kids are a tenant's own, and those of one purpose are not those of another. */
export interface SealedKeyId {
  tenantId: string
  purpose: KeyPurpose
  kid: string
}

/** A private key outside its seal. Whoever has it wipes the bytes after use. */
export interface PrivateKey {
  keyType: KeyType
  bytes: Buffer
}

export interface KeyVaultParts {
  database: Database
  kek: KekProvider
  dataKeys: DataKeys
  clock: Clock
}

/** Each creation of a key does this: building the query would take longer than running it. */
const INSERT_SEALED_KEY =
  'INSERT INTO "studio_sealed_key" ("tenantId", "purpose", "kid", "keyType", "dekVersion", "sealed", "createdAt")' +
  ' VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'

/**
 * Keeps private keys sealed, each under its tenant's data key. What a row belongs to is part of its seal: one that was
 * moved to another tenant, kid, key type or purpose rejects with `seal_broken`. Made by `openVault`.
 */
export class KeyVault {
  constructor(private readonly parts: KeyVaultParts) {}

  /** Seals a key inside the caller's write. False where there is a key of that id: it stays as it is. */
  async insert(manager: EntityManager, id: SealedKeyId, { keyType, bytes }: PrivateKey): Promise<boolean> {
    const dataKey = await this.parts.dataKeys.current(manager, id.tenantId)
    const bound = { ...id, keyType, dekVersion: dataKey.version }
    const sealed = seal(dataKey.key, bytes, contextOf(bound)).toString('base64')
    const createdAt = this.parts.clock.now().toISOString()
    const values = [id.tenantId, id.purpose, id.kid, keyType, dataKey.version, sealed, createdAt]
    return (await changeRows(manager, INSERT_SEALED_KEY, values)) === 1
  }

  /** Opens one committed key, where there is one. */
  async open(id: SealedKeyId): Promise<PrivateKey | undefined> {
    const found = await this.parts.database.read(
      async (manager) => {
        const row = await manager.findOneBy(SealedKeyRow, toWhere(id))
        return row === null ? undefined : { row, dataKeys: [await findDataKey(manager, row)] }
      },
      { tenantId: id.tenantId },
    )
    return found && this.unseal(found.row, found.dataKeys)
  }

  /** Opens all committed keys of a tenant that serve a purpose, oldest first. */
  async openAll(tenantId: string, purpose: KeyPurpose): Promise<(PrivateKey & { kid: string })[]> {
    const { rows, dataKeys } = await this.parts.database.read(
      async (manager) => ({
        rows: await manager.find(SealedKeyRow, {
          where: { tenantId, purpose },
          order: { createdAt: 'ASC', kid: 'ASC' },
        }),
        dataKeys: await manager.findBy(DataKeyRow, { tenantId }),
      }),
      { tenantId },
    )
    const keys: (PrivateKey & { kid: string })[] = []
    for (const row of rows) keys.push({ kid: row.kid, ...(await this.unseal(row, dataKeys)) })
    return keys
  }

  /**
   * Seals a text that is kept elsewhere, under the tenant's data key and bound to what it belongs to. Runs inside the
   * caller's write.
   */
  async sealText(manager: EntityManager, { tenantId, context }: SealedTextId, text: string): Promise<string> {
    const { version, key } = await this.parts.dataKeys.current(manager, tenantId)
    const sealed = seal(key, Buffer.from(text, 'utf8'), textContextOf(tenantId, context, version))
    return `${version}:${sealed.toString('base64')}`
  }

  /** Opens what {@link sealText} sealed; `seal_broken` for a text of another tenant or context, or a changed one. */
  async openText(manager: EntityManager, { tenantId, context }: SealedTextId, sealed: string): Promise<string> {
    const [version = '', ciphertext = ''] = sealed.split(':')
    const dataKey = await manager.findOneBy(DataKeyRow, { tenantId, version: Number(version) || 0 })
    const key = await this.dataKeyOf(dataKey)
    return open(key, fromColumn(ciphertext), textContextOf(tenantId, context, Number(version))).toString('utf8')
  }

  /** A key of the service itself, made on first need: 32 bytes that are the same for good. */
  async serviceKey(name: string): Promise<KeyObject> {
    return openServiceKey(this.parts, name)
  }

  /** Destroys a key inside the caller's write; nothing where there is none. */
  async delete(manager: EntityManager, id: SealedKeyId): Promise<void> {
    await manager.delete(SealedKeyRow, toWhere(id))
  }

  private async dataKeyOf(row: DataKeyRow | null | undefined): Promise<KeyObject> {
    if (!row) throw keyCustodyErrors.seal_broken('the data key that a sealed value names is not there')
    return this.parts.dataKeys.unwrap(row)
  }

  private async unseal(row: SealedKeyRow, dataKeys: readonly (DataKeyRow | null)[]): Promise<PrivateKey> {
    const key = await this.dataKeyOf(dataKeys.find((each) => each?.version === row.dekVersion))
    return { keyType: row.keyType, bytes: open(key, fromColumn(row.sealed), contextOf(row)) }
  }
}

/** What a sealed text belongs to. */
export interface SealedTextId {
  tenantId: string
  /** Names the one place that the text is kept at. */
  context: string
}

function textContextOf(tenantId: string, context: string, dekVersion: number): Buffer {
  return encodeContext(['sealed-text', tenantId, context, dekVersion])
}

function findDataKey(manager: EntityManager, row: SealedKeyRow): Promise<DataKeyRow | null> {
  return manager.findOneBy(DataKeyRow, { tenantId: row.tenantId, version: row.dekVersion })
}

/** Member by member: TypeORM takes a missing one for "any". */
function toWhere({ tenantId, purpose, kid }: SealedKeyId): SealedKeyId {
  return { tenantId, purpose, kid }
}

function contextOf(row: Omit<SealedKeyRow, 'sealed' | 'createdAt'>): Buffer {
  return encodeContext(['sealed-key', row.tenantId, row.kid, row.keyType, row.purpose, row.dekVersion])
}
